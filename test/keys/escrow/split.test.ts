import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { sha256 } from "../../../src/keys/escrow/secret-bytes.ts"
import { combineShares, splitSecret } from "../../../src/keys/escrow/split.ts"
import { codeOf } from "./custodians.ts"

/** The layer below age: what combining must never do is to answer with a wrong secret. */
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes))
const shape = fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 2, max: 9 })).filter(([n, m]) => m <= n)
const commitmentOf = (bytes: Uint8Array): string => Buffer.from(sha256(bytes)).toString("hex")
const pick = <T>(list: readonly T[], count: number, seed: number): T[] =>
  list
    .map((each, at) => ({ each, at: (Math.imul(at + 1, 2_654_435_761) ^ Math.imul(seed, 40_503)) >>> 0 }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ each }) => each)

describe("a secret split m of n", () => {
  it("comes back from any m shares, in any order, and from more", async () => {
    await fc.assert(
      fc.asyncProperty(secret, shape, fc.nat(), fc.nat(), async (whole, [n, m], seed, extra) => {
        const shares = await splitSecret(whole, n, m)
        expect(shares).toHaveLength(n)
        const some = pick(shares, m + (extra % (n - m + 1)), seed)
        expect(await combineShares(some, { threshold: m, commitment: commitmentOf(whole) })).toEqual(whole)
      }),
      { numRuns: 1000 },
    )
  })
  it("is refused below m, even when the threshold is told to be lower", async () => {
    await fc.assert(
      fc.asyncProperty(secret, shape, fc.nat(), async (whole, [n, m], seed) => {
        const commitment = commitmentOf(whole)
        const few = pick(await splitSecret(whole, n, m), m - 1, seed)
        expect(await codeOf(combineShares(few, { threshold: m, commitment }))).toBe("E_ESCROW_QUORUM")
        if (few.length < 2) return
        expect(await codeOf(combineShares(few, { threshold: 2, commitment }))).toBe("E_ESCROW_COMMITMENT")
      }),
      { numRuns: 1000 },
    )
  })
  it("is never wrong with a share altered at any bit, its point included", async () => {
    await fc.assert(
      fc.asyncProperty(secret, shape, fc.nat(32), fc.nat(7), fc.nat(), async (whole, [n, m], at, bit, seed) => {
        const some = pick(await splitSecret(whole, n, m), m, seed)
        const altered = some[seed % m] as Uint8Array
        altered[at] = (altered[at] ?? 0) ^ (1 << bit)
        const code = await codeOf(combineShares(some, { threshold: m, commitment: commitmentOf(whole) }))
        expect(["E_ESCROW_COMMITMENT", "E_ESCROW_DUPLICATE", "E_ESCROW_SHARE"]).toContain(code)
      }),
      { numRuns: 1000 },
    )
  })
  it("is never wrong with a share of another set", async () => {
    await fc.assert(
      fc.asyncProperty(secret, secret, shape, fc.nat(), async (whole, other, [n, m], seed) => {
        const some = pick(await splitSecret(whole, n, m), m, seed)
        const [stranger] = pick(await splitSecret(other, n, m), 1, seed)
        const mixed = [...some.slice(1), stranger as (typeof some)[number]]
        const code = await codeOf(combineShares(mixed, { threshold: m, commitment: commitmentOf(whole) }))
        expect(["E_ESCROW_COMMITMENT", "E_ESCROW_DUPLICATE"]).toContain(code)
      }),
      { numRuns: 1000 },
    )
  })
  it("counts a share once", async () => {
    const whole = new Uint8Array(32).fill(7)
    const [one, two] = await splitSecret(whole, 3, 2)
    const twice = [one, two, one] as Uint8Array<ArrayBuffer>[]
    expect(await codeOf(combineShares(twice, { threshold: 2, commitment: commitmentOf(whole) }))).toBe(
      "E_ESCROW_DUPLICATE",
    )
  })
  it.each([
    [2, 2],
    [3, 1],
    [3, 4],
    [256, 2],
    [3.5, 2],
    [Number.NaN, 2],
    [3, Number.NaN],
  ])("is not split into %s of which %s recover", async (n, m) => {
    expect(await codeOf(splitSecret(new Uint8Array(32), n, m))).toBe("E_ESCROW_SPLIT")
  })
  it.each([
    [3, 2],
    [3, 3],
    [255, 2],
    [255, 255],
  ])("is split into %i of which %i recover", async (n, m) => {
    const whole = new Uint8Array(32).fill(9)
    const shares = await splitSecret(whole, n, m)
    expect(await combineShares(shares.slice(n - m), { threshold: m, commitment: commitmentOf(whole) })).toEqual(whole)
  })
  it("lets m - 1 shares be those of any secret", async () => {
    // Of all 256 values of the one byte, each can be reached by some last share: fewer than m say nothing.
    const [one] = await splitSecret(new Uint8Array([42]), 3, 2)
    const reached = new Set<number>()
    for (let y = 0; y < 256; y++) {
      const last = new Uint8Array([y, one?.at(-1) === 1 ? 2 : 1])
      for (let value = 0; value < 256; value++) {
        const commitment = commitmentOf(new Uint8Array([value]))
        const told = await codeOf(
          combineShares([one as Uint8Array<ArrayBuffer>, last], { threshold: 2, commitment, size: 1 }),
        )
        if (told === undefined) {
          reached.add(value)
          break
        }
      }
    }
    expect(reached.size).toBe(256)
  })
})
