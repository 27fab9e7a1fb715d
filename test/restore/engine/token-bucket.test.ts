import fc from "fast-check"
import { expect, it } from "vitest"
import { TokenBucket } from "../../../src/restore/engine/token-bucket.ts"

it("never gives more than its burst and its rate allow, in any stretch of time (I12)", () => {
  const steps = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 200 })
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 5_000, noNaN: true }), steps, (perSecond, pauses) => {
      const bucket = new TokenBucket(0, perSecond)
      const taken: number[] = []
      let now = 0
      for (const pause of pauses) {
        now += pause
        for (let tries = 0; tries < 30 && bucket.waitMs(now) === 0; tries++) {
          bucket.take()
          taken.push(now)
        }
      }
      const burst = Math.max(1, perSecond / 50)
      for (const [first, from] of taken.entries())
        for (const [last, to] of taken.entries())
          if (last >= first)
            expect(last - first + 1).toBeLessThanOrEqual(burst + ((to - from) / 1_000) * perSecond + 1e-3)
    }),
    { numRuns: 60 },
  )
})

it("gives a token exactly when it said", () => {
  const bucket = new TokenBucket(0, 8)
  expect(bucket.waitMs(0)).toBe(0)
  bucket.take()
  expect(bucket.waitMs(0)).toBe(125)
  expect(bucket.waitMs(125)).toBe(0)
})

it("loses what it saved when its rate is cut", () => {
  const bucket = new TokenBucket(0, 1_000)
  bucket.setRate(0, 50)
  bucket.take()
  expect(bucket.waitMs(0)).toBe(20)
})
