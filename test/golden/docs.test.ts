import { expect, it } from "vitest"
import { EVENT_HELP } from "../../src/kernel/events.ts"
import { EXIT_MEANINGS } from "../../src/kernel/exit-codes.ts"
import { expectGolden } from "../support/golden.ts"
import { ROOT } from "../support/stripped-config.ts"

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")

it("docs/exit-codes.md says what the program says", () => {
  const rows = EXIT_MEANINGS.map(([exit, meaning]) => [`**${exit}**`, meaning])
  expectGolden(
    `${ROOT}/docs/exit-codes.md`,
    `# Exit codes

Generated from \`src/kernel/exit-codes.ts\`; do not edit. They are the same with and without \`--json\`, where \`exit\` repeats them.

${tableOf(["exit", "meaning"], rows)}

For a scheduler: 0 is good, 3 needs a person, 75 may be tried again, everything else failed. Wrong usage is 64 and never 2, so that
a mistyped drift job does not read as "changes pending".
`,
  )
})

it("docs/events.md names every event", () => {
  const rows = Object.entries(EVENT_HELP).map(([type, help]) => [`\`${type}\``, help])
  expectGolden(
    `${ROOT}/docs/events.md`,
    `# Events

Generated from \`src/kernel/events.ts\`; do not edit. \`--events FILE\` appends them as NDJSON; the journal in the state folder holds the
same lines, each with \`previous\`, the SHA-256 of the line before. Every event has \`type\`, \`at\` (UTC), \`mono\` (milliseconds since the
run began, on a clock that nobody can set), \`run\`, \`seq\` (0, 1, 2 … without a gap) and \`data\`. Types and fields are only ever added.

${tableOf(["event", "meaning"], rows)}
`,
  )
  expect(rows.every(([, help]) => help?.endsWith("."))).toBe(true)
})
