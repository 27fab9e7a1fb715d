import { display } from "../kernel/display.ts"

/** An aligned table; every cell passes `display()`. Columns grow with their content, the last one is not padded. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => display(cell)))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)))
  return cells.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - [...cell].length))).join("  ")).join("\n")
}
