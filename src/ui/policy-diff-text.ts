import type { CellChange, Comparison } from "../access/compare.ts"
import { display } from "../kernel/display.ts"
import { table } from "./table.ts"

const MARK = { wider: "+ wider", narrower: "- narrower", conditions: "~ conditions" } as const
const STATEMENT = { added: "+", removed: "-", changed: "~" } as const
const WORD: Readonly<Record<CellChange["before"], string>> = {
  absent: "absent",
  allowed: "allowed",
  depends: "depends",
  "implicit-deny": "denied",
  "explicit-deny": "denied by a statement",
}

/** What changed between two worlds, what opened first. */
export function policyDiffText({
  before,
  after,
  statements,
  cells,
  wider,
  narrower,
  same,
  assumes,
}: Comparison): string {
  const order = { wider: 0, conditions: 1, narrower: 2 } as const
  const sorted = cells.toSorted((a, b) => order[a.change] - order[b.change])
  return [
    `${display(before)} -> ${display(after)}`,
    ...assumes.map((each) => `  assumed: ${display(each)}`),
    ...statements.map(
      ({ change, statement, elements }) =>
        `${STATEMENT[change]} statement ${display(statement)} ${change}${elements.length === 0 ? "" : `: ${elements.join(", ")}`}`,
    ),
    ...(sorted.length === 0
      ? []
      : [
          table(
            ["", "PRINCIPAL", "ACTION", "RESOURCE", "ANSWER"],
            sorted.map((each) => [
              MARK[each.change],
              each.principal,
              each.action,
              each.resource,
              `${WORD[each.before]} -> ${WORD[each.after]}`,
            ]),
          ),
        ]),
    same
      ? "✓ same: no statement and no answer differs"
      : `${cells.length === 1 ? "1 answer differs" : `${cells.length} answers differ`}: ${wider} wider, ${narrower} narrower, ${cells.length - wider - narrower} on other conditions`,
  ].join("\n")
}
