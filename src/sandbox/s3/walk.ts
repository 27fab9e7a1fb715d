import { compareKeys } from "../../kernel/byte-order.ts"
import type { KeyIndex } from "./key-index.ts"

export type Item<T> =
  | { readonly kind: "entry"; readonly entry: T }
  | { readonly kind: "prefix"; readonly prefix: string }

export interface WalkQuery {
  readonly prefix: string
  readonly delimiter: string
  /** Entries and common prefixes up to and including this text are left out; "" = from the start. */
  readonly after: string
  /** Also gives the entry that is exactly `after`: a version listing goes on in the middle of a key. */
  readonly inclusive?: boolean
}

/** Keys and common prefixes in byte order; prefix and delimiter apply before paging. */
export function* walk<T extends { readonly key: string }>(index: KeyIndex<T>, query: WalkQuery): Generator<Item<T>> {
  const { prefix, delimiter, after } = query
  const start = compareKeys(after, prefix) > 0 ? after : prefix
  let last: string | undefined
  for (let at = index.lowerBound(start); ; at++) {
    const entry = index.at(at)
    if (entry === undefined || !entry.key.startsWith(prefix)) return
    if (entry.key === after && after !== "" && query.inclusive !== true) continue
    const cut = delimiter === "" ? -1 : entry.key.indexOf(delimiter, prefix.length)
    if (cut < 0) {
      yield { kind: "entry", entry }
      continue
    }
    const common = entry.key.slice(0, cut + delimiter.length)
    // A page that ended with this common prefix has told all below it.
    if (common === last || common === after || (after !== "" && after.startsWith(common))) continue
    last = common
    yield { kind: "prefix", prefix: common }
  }
}
