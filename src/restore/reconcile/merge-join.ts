import { compareKeys } from "../../kernel/byte-order.ts"
import { Cursor, type Keyed, type Sorted } from "./cursor.ts"

/** What two sides have under one key; one of them may have nothing. */
export interface Pair<L extends Keyed, R extends Keyed> extends Keyed {
  readonly left: L | undefined
  readonly right: R | undefined
}

/** What errors call the two sides. */
export interface SideNames {
  readonly left: string
  readonly right: string
}

/**
 * Joins two streams by key in one pass: each key of either side comes once, in byte order. Kept in memory: a page of each.
 * As pairs have a key and are in order, a join can be joined again.
 *
 * @throws DrError E_JOIN_ORDER for a side out of byte order or with a key twice; what the sides throw
 */
export async function* mergeJoin<L extends Keyed, R extends Keyed>(
  left: Sorted<L>,
  right: Sorted<R>,
  names: SideNames = { left: "the left side", right: "the right side" },
): AsyncGenerator<ReadonlyArray<Pair<L, R>>, void, void> {
  const [a, b] = [new Cursor(names.left, left), new Cursor(names.right, right)]
  try {
    for (;;) {
      await Promise.all([a.fill(), b.fill()])
      const pairs = joinReady(a, b)
      if (pairs.length === 0) return
      yield pairs
    }
  } finally {
    a.close()
    b.close()
  }
}

/** Until one side must read its next page. */
function joinReady<L extends Keyed, R extends Keyed>(a: Cursor<L>, b: Cursor<R>): ReadonlyArray<Pair<L, R>> {
  const pairs: Array<Pair<L, R>> = []
  while (a.ready && b.ready) {
    const [left, right] = [a.head, b.head]
    if (left !== undefined && (right === undefined || compareKeys(left.key, right.key) < 0)) {
      pairs.push({ key: left.key, left, right: undefined })
      a.step()
    } else if (right !== undefined && (left === undefined || left.key !== right.key)) {
      pairs.push({ key: right.key, left: undefined, right })
      b.step()
    } else if (left !== undefined && right !== undefined) {
      pairs.push({ key: left.key, left, right })
      a.step()
      b.step()
    } else break
  }
  return pairs
}
