import { describe, expect, it } from "vitest"
import { firstCalls } from "../support/fake-faults.ts"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"

describe("29: a copy whose answer does not come by its deadline", () => {
  it.each([
    ["was made after all", true, ["again transient", "done head adopted"], ["CopyObject", "HeadObject", "HeadObject"]],
    ["was never made", false, ["again transient", "done answer"], ["CopyObject", "HeadObject", "CopyObject"]],
  ] as const)("and %s is looked for before it is sent again", async (_what, made, story, calls) => {
    const hung = { class: "transient" as const, code: "TimeoutError", ...(made ? { committed: true as const } : {}) }
    const world = routeWorld({ faults: firstCalls("CopyObject", hung) })
    const source = world.s3.put("live", "data/a", { bytes: "ab" })
    expect((await restoreOne(world, planned(source))).story).toEqual(story)
    expect(world.plane.calls.map(({ operation }) => operation)).toEqual(calls)
    expect(world.s3.versions("copies", "restored/a")).toHaveLength(1)
  })

  it("and whose HEAD does not come either is not sent again on a guess", async () => {
    const hung = { class: "transient" as const, code: "TimeoutError" }
    const world = routeWorld({
      faults: ({ operation, nth }) =>
        operation === "CopyObject" && nth === 1 ? hung : operation === "HeadObject" && nth < 6 ? hung : undefined,
    })
    const source = world.s3.put("live", "data/a", { bytes: "ab" })
    const { story } = await restoreOne(world, planned(source))
    expect(story.at(-1)).toBe("done answer")
    const operations = world.plane.calls.map(({ operation }) => operation)
    expect(operations).toEqual([
      "CopyObject",
      "HeadObject",
      "HeadObject",
      "HeadObject",
      "HeadObject",
      "HeadObject",
      "CopyObject",
    ])
  })
})
