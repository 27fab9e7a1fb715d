import { display } from "../kernel/display.ts"

/**
 * RFC 4180, lines ended by CRLF. Names come from strangers and spreadsheets run what begins like a formula: such a cell
 * gets an apostrophe in front, as spreadsheets themselves mark text.
 */
export function csv(head: readonly string[], rows: Iterable<readonly string[]>): string {
  const lines = [head.map(cell).join(",")]
  for (const row of rows) lines.push(row.map(cell).join(","))
  return lines.join("\r\n")
}

function cell(text: string): string {
  const shown = display(text, 2000)
  const safe = /^\s*[=+\-@]/.test(shown) ? `'${shown}` : shown
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
