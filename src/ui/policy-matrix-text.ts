import type { Matrix } from "../access/matrix.ts"
import { display } from "../kernel/display.ts"
import { table } from "./table.ts"

const MARK = { allowed: "✓", depends: "?", "implicit-deny": "-", "explicit-deny": "✕" } as const

/** A table for each key: actions down, principals across by number, so that it fits a terminal. */
export function matrixText({ source, takenAt, principals, keys, actions, rows, facts }: Matrix): string {
  const given = Object.keys(facts)
  return [
    `access by ${display(source)}${takenAt === undefined ? "" : ` as of ${takenAt}`}`,
    `✓ allowed  ? depends on what the call brings${given.length === 0 ? "" : ` (given: ${display(given.join(", "))})`}  - not allowed  ✕ denied by a statement`,
    "",
    table(
      ["", "PRINCIPAL", "LABEL"],
      principals.map(({ arn, label }, at) => [String(at + 1), arn, label ?? ""]),
    ),
    ...keys.map(({ arn, aliases, region }) => {
      const own = rows.filter(({ key }) => key === arn)
      return [
        "",
        `${display(aliases[0] ?? arn)} ${region}${aliases.length === 0 ? "" : `  ${display(arn)}`}`,
        table(
          ["ACTION", ...own.map((_, at) => String(at + 1))],
          actions.map((action, at) => [action, ...own.map(({ verdicts }) => MARK[verdicts[at] ?? "depends"])]),
        ),
      ].join("\n")
    }),
  ].join("\n")
}
