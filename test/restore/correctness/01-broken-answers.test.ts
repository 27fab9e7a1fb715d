import { describe, expect, it } from "vitest"
import { faultsOfCopy } from "../support/copied.ts"
import { firstCalls } from "../support/fake-faults.ts"
import { NEW_KEY, planned, restoreOne, routeWorld } from "../support/route-world.ts"

/** The data plane tells nonsense inside HTTP 200 as `broken`; here: what the engine makes of it. */
describe("1: an answer that cannot be trusted", () => {
  it.each([
    ["CopyObject", false, 10, ["again transient", "done answer"]],
    ["CopyObject", true, 10, ["again transient", "done head adopted"]],
    ["CreateMultipartUpload", false, 5, ["again transient", "done answer"]],
    ["UploadPartCopy", false, 5, ["again transient", "done answer"]],
    ["UploadPartCopy", true, 5, ["again transient", "done answer"]],
    ["CompleteMultipartUpload", false, 5, ["again transient", "done answer"]],
    ["CompleteMultipartUpload", true, 5, ["again transient", "done head adopted"]],
    ["HeadObject", false, 5, ["again transient", "done answer"]],
  ] as const)("of %s (carried out: %s) is no success and no loss", async (operation, committed, limit, story) => {
    const fault = { class: "broken" as const, ...(committed ? { committed: true as const } : {}) }
    const world = routeWorld({
      faults: firstCalls(operation, fault),
      context: { copyLimitBytes: limit },
    })
    const source = world.s3.put("live", "data/a", { bytes: "0123456789", tags: { t: "1" } })
    const ended = await restoreOne(world, planned(source))
    expect(ended.story).toEqual(story)
    expect(world.s3.versions("copies", "restored/a")).toHaveLength(1)
    expect(faultsOfCopy(world.s3.current("copies", "restored/a"), source, NEW_KEY)).toEqual([])
    if (limit < 10 && operation !== "CreateMultipartUpload") expect(world.s3.uploads.size).toBe(0)
  })
})
