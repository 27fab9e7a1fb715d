import { display } from "../kernel/display.ts"
import type { PolicyState } from "../keys/policy/compare.ts"
import type { RenderedPolicy } from "../keys/policy/rendered.ts"
import { table } from "./table.ts"

/** Each policy under a line that says what it is; for a pipe, `--json` or `--out` are better. */
export function renderedText(rendered: readonly RenderedPolicy[]): string {
  return rendered
    .map(
      ({ path, template, subject, sizeBytes, limitBytes, document }) =>
        `# ${path}  ${template} of ${subject}  ${sizeBytes} of ${limitBytes} bytes\n${JSON.stringify(document, undefined, 2)}`,
    )
    .join("\n\n")
}

const MARK = { current: "✓", differs: "✕", missing: "✕", unreadable: "?" } as const

export function policyStatesText(states: readonly PolicyState[]): string {
  const rows = states.map(({ path, state, absent, foreign, why }) => [
    `${MARK[state]} ${state}`,
    path,
    [
      ...(absent.length === 0 ? [] : [`not there: ${absent.map((each) => display(each)).join(", ")}`]),
      ...(foreign.length === 0 ? [] : [`not rendered: ${foreign.map((each) => display(each)).join(", ")}`]),
      ...(why === undefined ? [] : [display(why)]),
    ].join("; "),
  ])
  return table(["STATE", "POLICY", "WHAT"], rows)
}
