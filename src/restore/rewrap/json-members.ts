/** One member of a JSON object as it stands in the text: what is carried through is not written anew. */
export interface Member {
  readonly name: string
  /** Where the member begins, with its name. */
  readonly from: number
  readonly valueFrom: number
  /** Exclusive. */
  readonly to: number
}

const BLANK = new Set([" ", "\t", "\n", "\r"])

/**
 * The members of one object, in order. Re-written from parsed values, numbers above 2^53 would come out as others. `text` must
 * be what JSON.parse took as an object.
 */
export function membersOf(text: string): readonly Member[] {
  const members: Member[] = []
  let at = skipBlanks(text, text.indexOf("{") + 1)
  while (text[at] === '"') {
    const from = at
    const nameTo = endOfString(text, at)
    const valueFrom = skipBlanks(text, skipBlanks(text, nameTo) + 1) // behind the colon
    const to = endOfValue(text, valueFrom)
    members.push({ name: JSON.parse(text.slice(from, nameTo)) as string, from, valueFrom, to })
    at = skipBlanks(text, to)
    if (text[at] === ",") at = skipBlanks(text, at + 1)
  }
  return members
}

function skipBlanks(text: string, at: number): number {
  while (BLANK.has(text[at] ?? "")) at++
  return at
}

/** Behind the closing quote. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; ; at++) {
    if (text[at] === "\\") at++
    else if (text[at] === '"') return at + 1
  }
}

function endOfValue(text: string, from: number): number {
  if (text[from] === '"') return endOfString(text, from)
  if (text[from] === "{" || text[from] === "[") return endOfNested(text, from)
  const length = /[,}\]\s]/.exec(text.slice(from))?.index
  return length === undefined ? text.length : from + length
}

function endOfNested(text: string, from: number): number {
  let depth = 0
  for (let at = from; ; at++) {
    const sign = text[at]
    if (sign === '"') at = endOfString(text, at) - 1
    else if (sign === "{" || sign === "[") depth++
    else if ((sign === "}" || sign === "]") && --depth === 0) return at + 1
  }
}
