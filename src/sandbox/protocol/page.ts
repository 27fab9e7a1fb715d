import { createHash } from "node:crypto"
import type { ServiceError } from "../core/exchange.ts"

export interface Page<T> {
  readonly items: readonly T[]
  /** The token of the next page; undefined = this was the last. */
  readonly next?: string
}

export interface PageRequest<T> {
  /** What is listed, for whom: a token of another list is refused. */
  readonly subject: string
  /** Unique, and the order of the list. */
  readonly nameOf: (item: T) => string
  readonly token: string | undefined
  readonly size: number
  readonly invalid: () => ServiceError
  /** The first page is empty and carries a token, as Organizations may answer. */
  readonly emptyFirst?: boolean
}

/**
 * One page. The token says after which name it goes on, so that a list that changes meanwhile neither repeats nor
 * loses an item.
 */
export function pageOf<T>(items: readonly T[], request: PageRequest<T>): Page<T> {
  const { nameOf, size, emptyFirst } = request
  const subject = createHash("sha256").update(request.subject).digest("hex").slice(0, 16)
  const tokenAfter = (name: string): string => Buffer.from(JSON.stringify([subject, name])).toString("base64url")
  const after = request.token === undefined ? undefined : readToken(request.token, subject)
  if (request.token !== undefined && after === undefined) throw request.invalid()
  if (after === undefined && emptyFirst === true) return { items: [], next: tokenAfter("") }
  const sorted = [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const rest = after === undefined ? sorted : sorted.filter((item) => nameOf(item) > after)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  return rest.length > size && last !== undefined ? { items: page, next: tokenAfter(nameOf(last)) } : { items: page }
}

function readToken(token: string, subject: string): string | undefined {
  try {
    const [bound, after]: unknown[] = JSON.parse(Buffer.from(token, "base64url").toString("utf8"))
    return bound === subject && typeof after === "string" ? after : undefined
  } catch {
    return undefined
  }
}
