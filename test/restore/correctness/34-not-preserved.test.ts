import { describe, expect, it } from "vitest"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"

/** The fidelity table names what is lost (test/restore/plan/fidelity.test.ts); here: that it does not stop the rest. */
describe("34: a website redirect is not carried over", () => {
  it.each(["answer", "head", "full"] as const)("and is no fault of a copy at level %s", async (verify) => {
    const world = routeWorld({ context: { verify } })
    const source = world.s3.put("live", "data/a", { websiteRedirect: "/elsewhere" })
    expect((await restoreOne(world, planned(source))).last.kind).toBe("done")
    expect(world.s3.current("copies", "restored/a")?.websiteRedirect).toBeUndefined()
  })
})
