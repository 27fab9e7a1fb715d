import { describe, expect, it } from "vitest"
import { faultsOfCopy } from "../support/copied.ts"
import { NEW_KEY, planned, restoreOne, routeWorld } from "../support/route-world.ts"

describe("5: objects without bytes, and folder markers", () => {
  it.each(["data/empty", "data/folder/", "data/", "data//"])(
    "%j is copied as an object, never in parts",
    async (key) => {
      // The smallest limit there is: nothing but an empty object is below it.
      const world = routeWorld({ context: { copyLimitBytes: 0 } })
      const source = world.s3.put("live", key, { bytes: "", headers: { "content-type": "application/x-directory" } })
      expect((await restoreOne(world, planned(source))).story).toEqual(["done answer"])
      expect(world.plane.calls.map((call) => call.operation)).toEqual(["CopyObject"])
      const copy = world.s3.current("copies", key.replace("data/", "restored/"))
      expect(faultsOfCopy(copy, source, NEW_KEY)).toEqual([])
    },
  )
})
