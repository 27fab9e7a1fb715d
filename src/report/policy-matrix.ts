import type { Matrix, MatrixRow } from "../access/matrix.ts"
import { csv } from "./csv.ts"
import { cell, table } from "./markdown.ts"

const WORD = { allowed: "✓", depends: "?", "implicit-deny": "–", "explicit-deny": "✕" } as const

/** One line a cell: what spreadsheets and scripts can filter. */
export function matrixCsv(matrix: Matrix): string {
  return csv(["principal", "label", "key", "alias", "region", "action", "verdict"], cells(matrix))
}

function* cells({ rows, actions, principals, keys }: Matrix): Generator<readonly string[]> {
  const labels = new Map(principals.map(({ arn, label }) => [arn, label ?? ""]))
  const known = new Map(keys.map((key) => [key.arn, key]))
  for (const { principal, key, verdicts } of rows) {
    const { aliases = [], region = "" } = known.get(key) ?? {}
    for (const [at, action] of actions.entries())
      yield [principal, labels.get(principal) ?? "", key, aliases.join(" "), region, action, verdicts[at] ?? ""]
  }
}

/** A table for each key: actions down, principals across. */
export function matrixMarkdown(matrix: Matrix): string {
  const { source, takenAt, keys, principals, facts } = matrix
  const given = Object.keys(facts)
  const byKey = groups(matrix.rows)
  return [
    `# Access matrix: ${cell(source)}${takenAt === undefined ? "" : `, as of ${takenAt}`}`,
    `✓ allowed, ? depends on what the call brings${given.length === 0 ? "" : ` (given: ${cell(given.join(", "))})`}, – not allowed, ✕ denied by a statement.`,
    ...keys.map(({ arn, aliases, region }) =>
      [
        `## ${cell(aliases[0] ?? arn)} (${cell(region)})`,
        cell(arn),
        table(["action", ...principals.map(nameOf).map(cell)], actionRows(matrix, byKey.get(arn) ?? [])),
      ].join("\n\n"),
    ),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n")
}

/** A label may stand for several: the name tells them apart. */
function nameOf({ arn, label }: Matrix["principals"][number]): string {
  const name = arn.slice(arn.lastIndexOf("/") + 1)
  return label === undefined || label === name ? name : `${label}: ${name}`
}

const actionRows = ({ actions }: Matrix, rows: readonly MatrixRow[]): string[][] =>
  actions.map((action, at) => [action, ...rows.map(({ verdicts }) => WORD[verdicts[at] ?? "depends"])])

function groups(rows: readonly MatrixRow[]): ReadonlyMap<string, readonly MatrixRow[]> {
  const found = new Map<string, MatrixRow[]>()
  for (const row of rows) {
    const group = found.get(row.key)
    if (group === undefined) found.set(row.key, [row])
    else group.push(row)
  }
  return found
}
