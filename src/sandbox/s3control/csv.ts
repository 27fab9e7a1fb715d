/** Rows of a CSV text: quoted fields with doubled quotes, either kind of line end, no header. Empty lines are none. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let field = ""
  let quoted = false
  const endField = (): void => {
    row.push(field)
    field = ""
  }
  const endRow = (): void => {
    endField()
    if (row.length > 1 || row[0] !== "") rows.push(row)
    row = []
  }
  for (let at = 0; at < text.length; at++) {
    const c = text[at]
    if (quoted) {
      if (c !== '"') field += c
      else if (text[at + 1] === '"') {
        field += '"'
        at++
      } else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ",") endField()
    else if (c === "\n") endRow()
    else if (c !== "\r") field += c
  }
  endRow()
  return rows
}

export const csvRow = (fields: readonly string[]): string =>
  `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",")}\n`
