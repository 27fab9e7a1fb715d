import { compareKeys } from "../../kernel/byte-order.ts"
import { Cursor, type Keyed, type Sorted } from "./cursor.ts"

/** At most in one page of what is merged. */
const PAGE = 1_000

/**
 * Several sorted streams as one. No key may be in two of them.
 * @throws DrError E_JOIN_ORDER as a reader of the result, for a key that two have
 */
export async function* merge<T extends Keyed>(
  streams: ReadonlyArray<{ readonly name: string; readonly entries: Sorted<T> }>,
): AsyncGenerator<readonly T[], void, void> {
  const cursors = streams.map(({ name, entries }) => new Cursor(name, entries))
  try {
    for (;;) {
      await Promise.all(cursors.map((cursor) => cursor.fill()))
      const page = mergeReady(cursors)
      if (page.length === 0) return
      yield page
    }
  } finally {
    for (const cursor of cursors) cursor.close()
  }
}

function mergeReady<T extends Keyed>(cursors: ReadonlyArray<Cursor<T>>): readonly T[] {
  const page: T[] = []
  while (page.length < PAGE && cursors.every((cursor) => cursor.ready)) {
    let least: Cursor<T> | undefined
    for (const cursor of cursors) if (isBelow(cursor.head, least?.head)) least = cursor
    if (least?.head === undefined) break
    page.push(least.head)
    least.step()
  }
  return page
}

const isBelow = (one: Keyed | undefined, other: Keyed | undefined): boolean =>
  one !== undefined && (other === undefined || compareKeys(one.key, other.key) < 0)
