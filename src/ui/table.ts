import { display } from "../kernel/display.ts"
import { padTo, textWidth } from "./width.ts"

/** An aligned table; every cell passes `display()`. Columns grow with their content, the last one is not padded. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  return columns([head, ...rows]).join("\n")
}

/** The same as lines, for what stands between them. The first row says how many columns there are. */
export function columns(rows: ReadonlyArray<readonly string[]>): string[] {
  const [head = []] = rows
  const cells = rows.map((row) => head.map((_, column) => display(row[column] ?? "")))
  const widths = head.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, textWidth(row[column] ?? "")), 0),
  )
  return cells.map((row) =>
    row
      .map((cell, column) => padTo(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  )
}
