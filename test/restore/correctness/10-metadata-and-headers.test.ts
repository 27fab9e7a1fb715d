import { describe, expect, it } from "vitest"
import { faultsOfCopy } from "../support/copied.ts"
import { NEW_KEY, planned, restoreOne, routeWorld } from "../support/route-world.ts"

const HEADERS = {
  "content-type": "application/vnd.x",
  "cache-control": "max-age=60",
  "content-disposition": 'attachment; filename="a b.txt"',
  "content-encoding": "gzip",
  "content-language": "de",
  expires: "not a date, but what was stored",
}

describe("10: user metadata, content headers, Expires", () => {
  it.each([
    ["one copy", 100],
    ["parts", 1],
  ])("survive %s", async (_route, copyLimitBytes) => {
    const world = routeWorld({ context: { copyLimitBytes, verify: "head" } })
    const metadata = new Map([
      ["plain", "1"],
      ["blank", " two  blanks "],
      ["__proto__", "not a prototype"],
      ["rfc2047", "=?UTF-8?Q?=C3=BCber?="],
    ])
    const source = world.s3.put("live", "data/a", { bytes: "ab", headers: HEADERS, metadata })
    const { last } = await restoreOne(world, planned(source))
    expect(last).toMatchObject({ kind: "done", proof: { by: "head" } })
    expect(faultsOfCopy(world.s3.current("copies", "restored/a"), source, NEW_KEY)).toEqual([])
  })

  it.each([
    ["raw UTF-8", "\u00c3\u00bc"],
    ["a character above Latin-1", "ü😀"],
    ["a control character", "a\u0007b"],
    ["a line break", "a\r\nx-amz-acl: public-read"],
  ])("are refused by name in parts when they hold %s: never dropped, never sent", async (_what, value) => {
    const world = routeWorld({ context: { copyLimitBytes: 1 } })
    const source = world.s3.put("live", "data/a", { bytes: "ab", metadata: new Map([["m", value]]) })
    expect((await restoreOne(world, planned(source))).story).toEqual(["skipped UNSUPPORTED_METADATA"])
    expect(world.plane.countOf("CreateMultipartUpload")).toBe(0)
  })

  it("that S3 itself cannot tell (x-amz-missing-meta) come along in one copy, and are refused by name in parts", async () => {
    for (const [copyLimitBytes, end] of [
      [100, "done head"],
      [1, "skipped UNSUPPORTED_METADATA"],
    ] as const) {
      const world = routeWorld({ context: { copyLimitBytes, verify: "head" } })
      const source = world.s3.put("live", "data/a", { bytes: "ab", missingMetadata: 2 })
      expect((await restoreOne(world, planned(source))).story).toEqual([end])
      const faults = faultsOfCopy(world.s3.current("copies", "restored/a"), source, NEW_KEY)
      expect(faults).toEqual(end === "done head" ? [] : ["nothing is there"])
      expect(world.plane.countOf("CreateMultipartUpload")).toBe(0)
    }
  })

  it("in number are compared: a copy that lacks what no header tells is a mismatch", async () => {
    const world = routeWorld({ context: { verify: "head" } })
    const source = world.s3.put("live", "data/a", { missingMetadata: 2 })
    world.plane.before = () => {
      const copy = world.s3.current("copies", "restored/a")
      if (copy !== undefined) copy.missingMetadata = 0
    }
    expect((await restoreOne(world, planned(source))).story).toEqual(["failed MISMATCH"])
  })

  it("of which the website redirect holds what no header can are refused in parts, too", async () => {
    const world = routeWorld({ context: { copyLimitBytes: 1 } })
    const source = world.s3.put("live", "data/a", { bytes: "ab", websiteRedirect: "/a\r\nx-amz-acl: public-read" })
    expect((await restoreOne(world, planned(source))).story).toEqual(["skipped UNSUPPORTED_METADATA"])
  })

  it("that a service loses are found by the level `head`, and by no lower one", async () => {
    for (const [verify, end] of [
      ["answer", "done answer"],
      ["head", "failed MISMATCH"],
    ] as const) {
      const world = routeWorld({ context: { verify } })
      const source = world.s3.put("live", "data/a", { metadata: new Map([["m", "1"]]) })
      world.plane.before = (call) => {
        const copy = world.s3.current("copies", "restored/a")
        if (call.operation === "HeadObject" && copy !== undefined) copy.metadata = new Map()
      }
      expect((await restoreOne(world, planned(source))).story).toEqual([end])
    }
  })
})
