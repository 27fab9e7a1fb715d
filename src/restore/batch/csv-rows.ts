/** Rows of a CSV text that comes in chunks: quoted fields with doubled quotes, either kind of line end. Empty lines are none. */
export async function* csvRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  let rest = ""
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    const { rows, end } = wholeRows(rest)
    yield* rows
    rest = rest.slice(end)
  }
  rest += decoder.decode()
  yield* wholeRows(`${rest}\n`).rows
}

/** The rows that end in this text, and where the first that does not begins. */
function wholeRows(text: string): { readonly rows: readonly string[][]; readonly end: number } {
  const rows: string[][] = []
  let [row, field, quoted, end]: [string[], string, boolean, number] = [[], "", false, 0]
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (quoted) {
      if (sign !== '"') field += sign
      else if (text[at + 1] === '"') field += text[at++]
      else quoted = false
    } else if (sign === '"') quoted = true
    else if (sign === ",") {
      row.push(field)
      field = ""
    } else if (sign === "\n") {
      row.push(field.endsWith("\r") ? field.slice(0, -1) : field)
      if (row.length > 1 || row[0] !== "") rows.push(row)
      ;[row, field, end] = [[], "", at + 1]
    } else field += sign
  }
  return { rows, end }
}
