import { actionStatus } from "./catalog/actions.ts"
import { conditionKeyStatus } from "./catalog/condition-keys.ts"

/** Policy variables: `${aws:PrincipalTag/team, 'default'}` in Resource and in condition values of version 2012-10-17. */

export type Piece = string | Variable

interface Variable {
  /** Condition key, lower case; empty for a character that is written literally. */
  readonly key: string
  readonly fallback?: string
}

/** Characters that a variable writes literally. */
const LITERAL: ReadonlySet<string> = new Set(["*", "?", "$"])

/** What stands in `${…}` or `{{…}}` and is no variable of IAM: a template that nobody rendered. */
export function unrenderedIn(text: string): string | undefined {
  if (text.includes("{{") && text.indexOf("}}", text.indexOf("{{")) > 0) {
    const from = text.indexOf("{{")
    return text.slice(from, text.indexOf("}}", from) + 2)
  }
  for (let at = text.indexOf("${"); at >= 0;) {
    const end = text.indexOf("}", at)
    if (end < 0) return text.slice(at)
    if (pieceOf(text.slice(at + 2, end)) === undefined) return text.slice(at, end + 1)
    at = text.indexOf("${", end)
  }
  return undefined
}

export const hasVariable = (text: string): boolean => text.includes("${")

/** Of a text in which nothing is left unrendered. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (let at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
    const end = text.indexOf("}", at)
    const piece = end < 0 ? undefined : pieceOf(text.slice(at + 2, end))
    if (piece === undefined) break
    if (at > from) pieces.push(text.slice(from, at))
    pieces.push(piece)
    from = end + 1
  }
  if (from < text.length) pieces.push(text.slice(from))
  return pieces
}

/** Condition keys that the variables of a text name, as written. */
export function keysIn(text: string): readonly string[] {
  return piecesOf(text).flatMap((piece) => (typeof piece === "string" || piece.key === "" ? [] : [piece.key]))
}

/** Undefined = no variable. */
function pieceOf(inner: string): Variable | undefined {
  if (LITERAL.has(inner)) return { key: "", fallback: inner }
  const comma = inner.indexOf(",")
  const key = (comma < 0 ? inner : inner.slice(0, comma)).trim()
  if (!isKey(key)) return undefined
  if (comma < 0) return { key: key.toLowerCase() }
  const quoted = inner.slice(comma + 1).trim()
  const fallback = quoted.slice(1, -1)
  if (quoted.length < 2 || !quoted.startsWith("'") || !quoted.endsWith("'") || fallback.includes("'")) return undefined
  return { key: key.toLowerCase(), fallback }
}

/**
 * A condition key of a service that exists, known or misspelt. `${AWS::AccountId}` and `${env:KEY}` look like one: they
 * belong to CloudFormation and to other tools.
 */
function isKey(key: string): boolean {
  const colon = key.indexOf(":")
  if (colon <= 0 || key.length > 256 || key[colon + 1] === ":" || key[colon + 1] === undefined) return false
  const prefix = key.slice(0, colon).toLowerCase()
  if (prefix === "aws") return true
  if (prefix.includes(".")) return conditionKeyStatus(key).kind !== "unknown"
  return /^[a-z0-9-]+$/.test(prefix) && actionStatus(`${prefix}:x`).kind !== "unknown-service"
}
