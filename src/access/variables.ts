/** Policy variables: `${aws:PrincipalTag/team, 'default'}` in Resource and in condition values of version 2012-10-17. */

export type Piece = string | Variable

export interface Variable {
  /** Condition key, lower case. */
  readonly key: string
  readonly fallback?: string
}

/** Characters that a variable writes literally. */
const LITERAL: ReadonlySet<string> = new Set(["*", "?", "$"])

const VARIABLE = /\$\{([^}]*)\}/g
const KEYED = /^\s*([A-Za-z0-9._-]+(?::|\/)[^,}]*?)\s*(?:,\s*'([^']*)'\s*)?$/

/** What stands in `${…}` and is no variable of IAM: a template that nobody rendered. */
export function unrenderedIn(text: string): string | undefined {
  for (const match of text.matchAll(VARIABLE)) {
    const inner = match[1] ?? ""
    if (!LITERAL.has(inner) && !isVariable(inner)) return match[0]
  }
  const open = text.lastIndexOf("${")
  return open >= 0 && !text.slice(open).includes("}") ? text.slice(open) : undefined
}

const isVariable = (inner: string): boolean => KEYED.test(inner) && inner.includes(":")

export const hasVariable = (text: string): boolean => text.includes("${")

export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > from) pieces.push(text.slice(from, match.index))
    from = match.index + match[0].length
    pieces.push(pieceOf(match[1] ?? ""))
  }
  if (from < text.length) pieces.push(text.slice(from))
  return pieces
}

function pieceOf(inner: string): Piece {
  if (LITERAL.has(inner)) return { key: "", fallback: inner }
  const [, key = "", fallback] = KEYED.exec(inner) ?? []
  return { key: key.toLowerCase(), ...(fallback === undefined ? {} : { fallback }) }
}
