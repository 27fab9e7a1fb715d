import { display } from "../kernel/display.ts"
import { padTo, textWidth } from "./width.ts"

/** An aligned table; every cell passes `display()`. Columns grow with their content, the last one is not padded. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const cells = [head, ...rows].map((row) => head.map((_, column) => display(row[column] ?? "")))
  const widths = head.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, textWidth(row[column] ?? "")), 0),
  )
  return cells
    .map((row) =>
      row
        .map((cell, column) => padTo(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
