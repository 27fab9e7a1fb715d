import { describe, expect, it } from "vitest"
import type { Checksum } from "../../../src/restore/data-plane.ts"
import { bytesByChecksum } from "../../../src/restore/verify/compare-heads.ts"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"

const full = (value: string, algorithm = "CRC64NVME"): Checksum => ({ algorithm, value, type: "FULL_OBJECT" })
const composite = (value: string): Checksum => ({ algorithm: "SHA256", value, type: "COMPOSITE" })

describe("16: ETags and checksums", () => {
  it("ETags differ on both sides of every good copy, and none is held against it", async () => {
    const world = routeWorld({ context: { verify: "full" } })
    const source = world.s3.put("live", "data/a")
    expect((await restoreOne(world, planned(source))).story).toEqual(["done bytes"])
    expect(world.s3.current("copies", "restored/a")?.etag).not.toBe(source.etag)
  })

  it("an equal ETag proves nothing", async () => {
    const world = routeWorld()
    const etag = '"0123456789abcdef0123456789abcdef"'
    world.s3.put("copies", "restored/a", { bytes: "AAAA", etag, keyArn: world.context.aim.keyArn, checksum: undefined })
    const source = world.s3.put("live", "data/a", { bytes: "BBBB", etag, checksum: undefined })
    expect((await restoreOne(world, planned(source))).story).toEqual(["skipped DESTINATION_EXISTS"])
  })

  it.each([
    [full("a"), full("a"), "same"],
    [full("a"), full("b"), "different"],
    [full("a"), full("a", "SHA256"), "untold"],
    [composite("a-2"), composite("a-2"), "same"],
    [composite("a-2"), composite("a-3"), "different"],
    [composite("a"), full("a", "SHA256"), "untold"],
    [undefined, full("a"), "untold"],
    [full("a"), undefined, "untold"],
  ] as const)("%j and %j are %s", (copy, source, verdict) => {
    expect(bytesByChecksum(copy, source)).toBe(verdict)
  })
})
