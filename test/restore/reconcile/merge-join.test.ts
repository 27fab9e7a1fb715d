import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Keyed } from "../../../src/restore/reconcile/cursor.ts"
import { merge } from "../../../src/restore/reconcile/merge.ts"
import { mergeJoin } from "../../../src/restore/reconcile/merge-join.ts"
import { inBytes, inPages, readAll } from "./reconcile-world.ts"

const anyKey = fc.string({ unit: "binary", maxLength: 6 })
/** Short keys of the units that a comparison gets wrong most easily: they meet and share beginnings. */
const tightKey = fc.string({
  unit: fc.constantFrom("a", "/", "\0", "\u{d7ff}", "\u{e000}", "\u{ffff}", "😀"),
  maxLength: 3,
})
const keySet = fc.uniqueArray(fc.oneof(anyKey, tightKey), { maxLength: 40 }).map(inBytes)
const pageSizes = fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }).filter((sizes) => sizes.some((size) => size > 0))
const keyed = (keys: readonly string[]): readonly Keyed[] => keys.map((key) => ({ key }))

async function join(left: readonly string[], right: readonly string[], sizes = [2]) {
  const pairs = await readAll(mergeJoin(inPages(keyed(left), sizes), inPages(keyed(right), sizes.toReversed())))
  return pairs.map((pair) => [pair.key, pair.left?.key, pair.right?.key])
}

describe("the merge-join", () => {
  it("says what a comparison of two sets of keys says (I2)", async () => {
    await fc.assert(
      fc.asyncProperty(keySet, keySet, pageSizes, async (left, right, sizes) => {
        const [a, b] = [new Set(left), new Set(right)]
        const expected = inBytes([...new Set([...left, ...right])]).map((key) => [
          key,
          a.has(key) ? key : undefined,
          b.has(key) ? key : undefined,
        ])
        expect(await join(left, right, sizes)).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  it("refuses a side that is out of order or has a key twice, wherever that is", async () => {
    await fc.assert(
      fc.asyncProperty(
        keySet.filter((keys) => keys.length > 1),
        keySet,
        fc.nat(),
        fc.boolean(),
        async (keys, other, seed, twice) => {
          const at = 1 + (seed % (keys.length - 1))
          const wrong = twice ? keys.toSpliced(at, 0, keys[at - 1] ?? "") : swapped(keys, at)
          await expect(join(wrong, other)).rejects.toMatchObject({ code: "E_JOIN_ORDER" })
          await expect(join(other, wrong)).rejects.toMatchObject({ code: "E_JOIN_ORDER" })
        },
      ),
      { numRuns: 60 },
    )
  })

  it("names the side and both keys", async () => {
    const right = inPages(keyed(["k/2", "k/1"]), [1])
    const joined = mergeJoin(inPages(keyed([]), [1]), right, { left: "the plan", right: "the listing of s3://b/k/" })
    await expect(readAll(joined)).rejects.toThrow(
      'the listing of s3://b/k/ cannot be compared: it is out of byte order: "k/1" behind "k/2"',
    )
  })

  it("closes both sides when nobody reads on", async () => {
    const closed: string[] = []
    async function* side(name: string) {
      try {
        for (let at = 0; ; at++) yield keyed([`${at}`.padStart(9, "0")])
      } finally {
        closed.push(name)
      }
    }
    for await (const pairs of mergeJoin(side("left"), side("right"))) if (pairs.length > 0) break
    expect(closed.toSorted()).toEqual(["left", "right"])
  })

  it("throws what a side throws, and stops the other", async () => {
    async function* broken() {
      yield keyed(["a"])
      throw new Error("the wire broke")
    }
    await expect(readAll(mergeJoin(broken(), inPages(keyed(["a", "b"]), [1])))).rejects.toThrow("the wire broke")
  })
})

describe("the merge of several streams", () => {
  it("is their union in byte order", async () => {
    await fc.assert(
      fc.asyncProperty(
        keySet,
        fc.array(fc.nat(2), { minLength: 40, maxLength: 40 }),
        pageSizes,
        async (keys, whose, sizes) => {
          const streams = [0, 1, 2].map((own) => {
            const entries = keyed(keys.filter((_, at) => whose[at] === own))
            return { name: `${own}`, entries: inPages(entries, sizes) }
          })
          expect((await readAll(merge(streams))).map(({ key }) => key)).toEqual(keys)
        },
      ),
      { numRuns: 80 },
    )
  })

  it("lets no key through twice, when it is joined", async () => {
    const twice = merge(
      [keyed(["a", "b"]), keyed(["b", "c"])].map((entries) => ({ name: "", entries: inPages(entries, [1]) })),
    )
    await expect(readAll(mergeJoin(twice, inPages(keyed([]), [1])))).rejects.toMatchObject({ code: "E_JOIN_ORDER" })
  })
})

function swapped(keys: readonly string[], at: number): readonly string[] {
  return keys.with(at, keys[at - 1] ?? "").with(at - 1, keys[at] ?? "")
}
