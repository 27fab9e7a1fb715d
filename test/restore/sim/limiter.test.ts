import { describe, expect, it } from "vitest"
import { simulate } from "./simulate.ts"

describe("a cap", () => {
  it("of 200 per second is kept, and used", async () => {
    const { result, seconds } = await simulate(1, { objects: 4_000, capPerSecond: 200 })
    expect(result.sums).toMatchObject({ done: 4_000, throttled: 0 })
    expect(seconds).toBeGreaterThan(19.9)
    expect(seconds).toBeLessThan(20.1)
  })
})
