import { describe, expect, it } from "vitest"
import { bucketsIn, everyCallOf } from "../support/every-call.ts"
import { routeWorld } from "../support/route-world.ts"

describe("20: requester pays", () => {
  it("is said on every call to the bucket that wants it, and on no other", async () => {
    const world = routeWorld({ requesterPays: true, context: { copyLimitBytes: 5 } })
    await everyCallOf(world)
    for (const call of world.plane.calls)
      for (const { bucket, requestPayer } of bucketsIn(call.request))
        expect(requestPayer).toBe(bucket === "live" ? true : undefined)
    expect(world.s3.keys("copies")).toEqual(["restored/chain", "restored/small"])
  })
})
