import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { CopyPartRequest } from "../../../src/restore/data-plane.ts"
import { partBytesOf, ROUTING } from "../../../src/restore/plan/classify.ts"
import { attemptMultipart } from "../../../src/restore/routes/multipart.ts"
import { rangesOf } from "../../../src/restore/routes/ranges.ts"
import { faultsOfCopy } from "../support/copied.ts"
import { briefly, NEW_KEY, planned, restoreOne, routeWorld, workOn } from "../support/route-world.ts"

const GIB = 1024 ** 3

describe("6: an object above the limit of one copy", () => {
  it("goes in parts that carry metadata, tags, headers, class and lock over", async () => {
    const world = routeWorld({ aim: { lock: "keep" }, context: { copyLimitBytes: 9 } })
    const lock = { mode: "GOVERNANCE" as const, until: "2027-01-01T00:00:00.000Z" }
    const source = world.s3.put("live", "data/large", {
      bytes: "0123456789abcdefghijklmnopqrstuvwxyz",
      headers: { "content-type": "text/plain", "cache-control": "no-store", expires: "Thu, 01 Jan 2027 00:00:00 GMT" },
      metadata: new Map([["owner", "=?UTF-8?B?w7xiZXI=?="]]),
      tags: { team: "a b", "x/y": "" },
      storageClass: "STANDARD_IA",
      lock,
    })
    const attempt = await attemptMultipart(world.context, workOn(planned(source, true)), 10)
    expect(briefly(attempt)).toBe("done answer")
    const copy = world.s3.current("copies", "restored/large")
    expect(faultsOfCopy(copy, source, NEW_KEY)).toEqual([])
    expect(copy).toMatchObject({ parts: 4, lock })
    const parts = world.plane.calls.flatMap(({ operation, request }) =>
      operation === "UploadPartCopy" ? [request as CopyPartRequest] : [],
    )
    expect(parts.map(({ fromByte, toByte }) => [fromByte, toByte])).toEqual([
      [0, 9],
      [10, 19],
      [20, 29],
      [30, 35],
    ])
    for (const part of parts)
      expect(part).toMatchObject({ sourceEtag: source.etag, source: { versionId: source.versionId } })
  })

  it("is chosen by size alone: at the limit one copy, above it parts", async () => {
    const world = routeWorld({ context: { copyLimitBytes: 10 } })
    await restoreOne(world, planned(world.s3.put("live", "data/at", { bytes: "0123456789" })))
    expect(world.plane.countOf("CreateMultipartUpload")).toBe(0)
    await restoreOne(world, planned(world.s3.put("live", "data/above", { bytes: "0123456789a" })))
    expect(world.plane.countOf("CreateMultipartUpload")).toBe(1)
    expect(world.s3.current("copies", "restored/above")?.bytes.toString()).toBe("0123456789a")
  })

  it("asks for the tags only where there are some", async () => {
    const world = routeWorld({ context: { copyLimitBytes: 1 } })
    await restoreOne(world, planned(world.s3.put("live", "data/plain", { bytes: "ab" })))
    expect(world.plane.countOf("GetObjectTagging")).toBe(0)
    const created = world.plane.calls.find((call) => call.operation === "CreateMultipartUpload")
    expect(created?.request).toMatchObject({ tags: {} })
  })

  it("property I3: parts cover every byte once, within S3's bounds, for sizes up to 50 TB", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5 * GIB + 1, max: 50_000 * GIB }), (sizeBytes) => {
        const partBytes = partBytesOf(sizeBytes, ROUTING)
        const ranges = rangesOf(sizeBytes, partBytes)
        expect(ranges.length).toBeLessThanOrEqual(10_000)
        let next = 0
        for (const [index, { fromByte, toByte }] of ranges.entries()) {
          const length = toByte - fromByte + 1
          if (fromByte !== next || length < 1 || length > 5 * GIB)
            throw new Error(`part ${index} is ${fromByte}-${toByte}`)
          if (index < ranges.length - 1 && length < 5 * 1024 ** 2) throw new Error(`part ${index} is too small`)
          next = toByte + 1
        }
        expect(next).toBe(sizeBytes)
      }),
      { numRuns: 50 },
    )
  })
})
