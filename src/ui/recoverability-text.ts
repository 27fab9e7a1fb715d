import type { Incident, KeyRecoverability, RecoverabilityCell, RecoveryClass } from "../keys/status/recoverability.ts"
import { display } from "../kernel/display.ts"
import { padTo, textWidth } from "./width.ts"
import { wrapped } from "./wrap.ts"

/** In the order of a row's cells. */
const HEAD: Readonly<Record<Incident, string>> = {
  disabled: "DISABLED",
  "pending-deletion": "DELETION",
  deleted: "DELETED",
  "material-lost": "MATERIAL",
  "policy-lock-out": "LOCK-OUT",
  "region-lost": "REGION",
  "account-hostile": "ACCOUNT",
}

const WORD: Readonly<Record<RecoveryClass, string>> = {
  instant: "instant",
  minutes: "minutes",
  "from-copy": "from-copy",
  "support-case": "support",
  unrecoverable: "LOST",
  "cannot-happen": "-",
}

/** Worst first: what is read at three in the morning before the screen is full. */
const TOLD = ["unrecoverable", "support-case", "from-copy"] as const

const TITLE: Readonly<Record<(typeof TOLD)[number], string>> = {
  unrecoverable: "UNRECOVERABLE",
  "support-case": "SUPPORT CASE",
  "from-copy": "FROM COPY",
}

const LEGEND =
  "LOST = unrecoverable · support = AWS Support case · from-copy = read elsewhere or copied again, ? = no drill has read the copies · ! = it is so now · - = cannot happen"

/**
 * The table and why, in words and never by colour alone. A name that is too wide for its column stands on a line of its
 * own. `width`: columns at most, not below 80. `brief`: leaves out why something comes from a copy.
 */
export function recoverabilityTable(
  rows: readonly KeyRecoverability[],
  { width = 100, brief = false }: { readonly width?: number; readonly brief?: boolean } = {},
): string {
  const columns = Object.values(HEAD).map((head, at) => {
    const words = [head, ...rows.map((row) => wordOf(row, row.cells[at]))]
    return { words, width: Math.max(...words.map(textWidth)) }
  })
  const labels = ["KEY", ...rows.map((row, at) => labelOf(row, rows[at - 1]))]
  const spare = width - columns.reduce((sum, column) => sum + column.width + 1, 0)
  const label = Math.min(Math.max(...labels.map(textWidth)) + 1, spare)
  const lines = labels.flatMap((name, at) => {
    const cells = columns.map((column) => padTo(column.words[at] ?? "", column.width)).join(" ")
    const fits = textWidth(name) <= label
    return [...(fits ? [] : [name]), `${padTo(fits ? name : "", label)} ${cells}`.trimEnd()]
  })
  return [
    ...lines,
    ...wrapped(LEGEND, width),
    ...happening(rows, width),
    ...TOLD.filter((kind) => !brief || kind !== "from-copy").flatMap((kind) => reasons(rows, kind, width)),
  ].join("\n")
}

function wordOf(row: KeyRecoverability, cell: RecoverabilityCell | undefined): string {
  if (cell === undefined) return ""
  const mark = cell.current === undefined ? "" : "!"
  return `${WORD[cell.class]}${restsOnFaith(row, cell) ? "?" : ""}${mark}`
}

/** That the copies are there was read; that they open, only a drill can say. A recovery key's are made again from the source. */
export const restsOnFaith = ({ side }: Pick<KeyRecoverability, "side">, cell: RecoverabilityCell): boolean =>
  side === "workload" && cell.class === "from-copy" && cell.proof === undefined

/** A recovery key right below its workload key need not repeat the name. */
function labelOf({ key, side }: KeyRecoverability, above: KeyRecoverability | undefined): string {
  if (side === "workload") return display(key)
  return above?.key === key && above.side === "workload" ? "  its recovery key" : display(`${key} recovery key`)
}

function reasons(rows: readonly KeyRecoverability[], kind: (typeof TOLD)[number], width: number): string[] {
  const told = rows.flatMap((row) => row.cells.filter((each) => each.class === kind).map((each) => ({ row, each })))
  if (told.length === 0) return []
  return [
    "",
    TITLE[kind],
    ...told.flatMap(({ row, each }) => [
      ...wrapped(`${nameOf(row)}, ${each.incident}: ${display(each.reason, 2_048)}`, width, "  ", "    "),
      ...wrapped(proofText(each), width, "    ", "    "),
    ]),
  ]
}

/** The state that AWS tells now, with its clock: before all that only might happen. */
function happening(rows: readonly KeyRecoverability[], width: number): string[] {
  const now = rows.flatMap((row) =>
    row.cells.flatMap(({ incident, current, needs }) =>
      current === undefined ? [] : [{ line: `${nameOf(row)}, ${incident}: ${display(current)}`, needs }],
    ),
  )
  if (now.length === 0) return []
  return [
    "",
    "IT IS SO NOW",
    ...now.flatMap(({ line, needs }) => [
      ...wrapped(line, width, "  ", "    "),
      ...needs.flatMap((need) => wrapped(`needs ${display(need)}`, width, "    ", "      ")),
    ]),
  ]
}

const nameOf = ({ key, side }: KeyRecoverability): string => display(`${key} (${side} key)`)

const proofText = ({ proof }: RecoverabilityCell): string =>
  proof === undefined
    ? ""
    : `last proof ${proof.at}, run ${display(proof.run)}${proof.simulated ? " (SIMULATED: not evidence)" : ""}`
