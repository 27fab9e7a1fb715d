import type { KeyArn } from "../../kernel/brands.ts"
import { membersOf, type Member } from "./json-members.ts"
import type { Context } from "./ports.ts"

/** One wrapped data key of the input. */
export interface Entry {
  readonly kind: "entry"
  /** From 1. */
  readonly line: number
  /** Its own, or the number of its line. */
  readonly id: string
  readonly ciphertext: string
  readonly context: Context
  readonly text: string
}

/** A line that is none, by its number. */
export interface BadLine {
  readonly kind: "bad"
  readonly line: number
  readonly id: string
  readonly code: LineProblem
  readonly message: string
  /** Kept only of an object, to be carried into the file of failures. */
  readonly text?: string
}

export type LineProblem = "LINE_TOO_LONG" | "NOT_UTF8" | "NOT_JSON" | "NOT_AN_OBJECT" | "BAD_FIELD"

/** KMS takes no more [KMS API, ReEncrypt, CiphertextBlob]. */
const MOST_CIPHERTEXT_BYTES = 6_144

/** What `dr` adds to an entry that failed; taken out again when the file of failures is itself the input. */
const FAILURE = "rewrapFailure"

export interface Failure {
  readonly line: number
  readonly result: "failed" | "unknown"
  /** AWS's name, or one of ours. */
  readonly code: string
  readonly message: string
}

export function readEntry(text: string, line: number): Entry | BadLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not the parser's own words: they quote the line.
    return { kind: "bad", line, id: String(line), code: "NOT_JSON", message: "the line is no JSON" }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { kind: "bad", line, id: String(line), code: "NOT_AN_OBJECT", message: "the line is no JSON object" }
  const fields = value as Readonly<Record<string, unknown>>
  const own = (name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined)
  const id = own("id") ?? line
  const ciphertext = own("ciphertext")
  const context = own("context") ?? {}
  const problem = problemOf(id, ciphertext, context) ?? doubled(text)
  const name = typeof id === "string" || typeof id === "number" ? String(id) : String(line)
  if (problem !== undefined) return { kind: "bad", line, id: name, code: "BAD_FIELD", message: problem, text }
  return { kind: "entry", line, id: name, ciphertext: ciphertext as string, context: context as Context, text }
}

function problemOf(id: unknown, ciphertext: unknown, context: unknown): string | undefined {
  if (typeof id !== "string" && typeof id !== "number") return "id: expected a string or a number"
  if (ciphertext === undefined) return "ciphertext is missing"
  if (typeof ciphertext !== "string" || !isBase64(ciphertext)) return "ciphertext: expected base64"
  if (ciphertext.length > Math.ceil(MOST_CIPHERTEXT_BYTES / 3) * 4)
    return `ciphertext: KMS takes at most ${MOST_CIPHERTEXT_BYTES} bytes`
  if (typeof context !== "object" || context === null || Array.isArray(context)) return "context: expected an object"
  const [name] = Object.entries(context).find(([, value]) => typeof value !== "string") ?? []
  return name === undefined ? undefined : `context: the value of ${JSON.stringify(name)} is no string`
}

export const isBase64 = (text: string): boolean =>
  text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)

/** Of two fields with one name only the last is parsed: which one was meant cannot be told. */
function doubled(text: string): string | undefined {
  const names = membersOf(text).map(({ name }) => name)
  const twice = ["id", "ciphertext", "context"].find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  return twice === undefined ? undefined : `${twice} stands there twice`
}

/** The entry under the new key: everything else as it was. */
export function rewrappedLine({ text }: Entry, ciphertext: string, keyArn: KeyArn): string {
  return withMembers(text, [
    ["ciphertext", ciphertext],
    ["keyArn", keyArn],
  ])
}

/** As it was read, with why it failed: the file of failures can be the next input. */
export function failedLine(entry: Entry | BadLine, failure: Failure): string {
  return withMembers(entry.text ?? "{}", [[FAILURE, failure]])
}

function withMembers(text: string, replaced: ReadonlyArray<readonly [name: string, value: unknown]>): string {
  const parts: string[] = []
  const open = new Map(replaced)
  for (const member of membersOf(text)) {
    if (member.name === FAILURE && !open.has(FAILURE)) continue
    if (replaced.some(([name]) => name === member.name)) {
      if (!open.has(member.name)) continue
      parts.push(renewed(text, member, open.get(member.name)))
      open.delete(member.name)
    } else parts.push(text.slice(member.from, member.to))
  }
  for (const [name, value] of open) parts.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${parts.join(",")}}\n`
}

const renewed = (text: string, { from, valueFrom }: Member, value: unknown): string =>
  `${text.slice(from, valueFrom)}${JSON.stringify(value)}`
