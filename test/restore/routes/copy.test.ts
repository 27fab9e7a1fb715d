import { describe, expect, it } from "vitest"
import { attemptCopy } from "../../../src/restore/routes/copy.ts"
import { faultsOfCopy } from "../support/copied.ts"
import { everyCall, firstCalls, type FaultScript } from "../support/fake-faults.ts"
import {
  attemptUntilSettled,
  briefly,
  NEW_KEY,
  OWNER,
  planned,
  RECOVERY,
  routeWorld,
  workOn,
} from "../support/route-world.ts"

describe("one attempt at a copy", () => {
  it("sends one request, pinned, conditional, with both owners, and trusts its validated answer", async () => {
    const { s3, plane, context } = routeWorld()
    const source = s3.put("live", "data/a", { storageClass: "STANDARD_IA", tags: { t: "1" } })
    const attempt = await attemptCopy(context, workOn(planned(source, true)))
    const copy = s3.current("copies", "restored/a")
    expect(attempt).toEqual({
      kind: "done",
      proof: {
        by: "answer",
        etag: copy?.etag,
        versionId: copy?.versionId,
        checksum: `CRC64NVME:${source.checksum?.value}`,
      },
    })
    expect(faultsOfCopy(copy, source, NEW_KEY)).toEqual([])
    expect(plane.calls.map((call) => call.request)).toEqual([
      {
        source: { bucket: "live", key: "data/a", owner: OWNER, versionId: source.versionId },
        sourceEtag: source.etag,
        destination: { bucket: "copies", key: "restored/a", owner: RECOVERY },
        expect: "absent",
        keyArn: NEW_KEY,
        bucketKey: false,
        storageClass: "STANDARD_IA",
        sizeBytes: 6,
      },
    ])
  })

  it.each([
    ["throttled", "again throttled", false],
    ["kms-throttled", "again kms-throttled", false],
    ["transient", "again transient", true],
    ["broken", "again transient", true],
    ["expired-token", "again transient", false],
    ["conflict", "again conflict", false],
    ["access-denied", "fatal access-denied", false],
    ["key-state", "fatal key-state", false],
    ["credentials", "fatal credentials", false],
    ["wrong-region", "fatal wrong-region", false],
    ["not-implemented", "fatal not-supported", false],
    ["refused", "failed InvalidRequest", false],
  ] as const)("takes %s for %s, doubtful: %s", async (cls, outcome, doubtful) => {
    const { s3, context } = routeWorld({ faults: everyCall("CopyObject", { class: cls }) })
    const work = workOn(planned(s3.put("live", "data/a")))
    expect(briefly(await attemptCopy(context, work))).toBe(outcome)
    expect(work.doubtful).toBe(doubtful)
    expect(s3.current("copies", "restored/a")).toBeUndefined()
  })

  it("names the rights and ARNs that a refusal is about", async () => {
    const { s3, context } = routeWorld({ faults: everyCall("CopyObject", { class: "access-denied" }) })
    const attempt = await attemptCopy(context, workOn(planned(s3.put("live", "data/a"))))
    expect(attempt).toMatchObject({
      kind: "fatal",
      message:
        "s3:CopyObject of s3://live/data/a to s3://copies/restored/a under " +
        `${NEW_KEY}: AccessDenied: the fake answers CopyObject with AccessDenied; it needs s3:GetObject and ` +
        "s3:GetObjectTagging on arn:aws:s3:::live/data/a, s3:PutObject and s3:PutObjectTagging on " +
        "arn:aws:s3:::copies/restored/a, kms:Decrypt on the source's key, and kms:GenerateDataKey and kms:Decrypt on " +
        NEW_KEY,
    })
  })

  it.each([
    ["before the work was done", firstCalls("CopyObject", { class: "transient" }), "done answer", 2],
    ["after it", firstCalls("CopyObject", { class: "transient", committed: true }), "done head adopted", 1],
    ["by a broken 200", firstCalls("CopyObject", { class: "broken", committed: true }), "done head adopted", 1],
  ] as const)("loses an answer %s: a HEAD comes first, then %s", async (_when, faults: FaultScript, end, copies) => {
    const { s3, plane, context } = routeWorld({ faults })
    const source = s3.put("live", "data/a")
    const { story } = await attemptUntilSettled((work) => attemptCopy(context, work), workOn(planned(source)))
    expect(story).toEqual(["again transient", end])
    expect(plane.calls.slice(0, 2).map((call) => call.operation)).toEqual(["CopyObject", "HeadObject"])
    expect(plane.countOf("CopyObject")).toBe(copies)
    expect(s3.versions("copies", "restored/a")).toHaveLength(1)
    expect(faultsOfCopy(s3.current("copies", "restored/a"), source, NEW_KEY)).toEqual([])
  })

  it("stays in doubt while the HEAD is throttled", async () => {
    const { s3, plane, context } = routeWorld({ faults: firstCalls("HeadObject", { class: "throttled" }) })
    const work = { ...workOn(planned(s3.put("live", "data/a"))), doubtful: true }
    expect(briefly(await attemptCopy(context, work))).toBe("again throttled")
    expect(work.doubtful).toBe(true)
    expect(plane.countOf("CopyObject")).toBe(0)
    expect(briefly(await attemptCopy(context, work))).toBe("done answer")
  })

  it("replaces only what the plan saw", async () => {
    const { s3, context } = routeWorld()
    const old = s3.put("copies", "restored/a", { bytes: "old" })
    const source = s3.put("live", "data/a", { bytes: "new" })
    const object = { ...planned(source), replaces: old.etag }
    expect(briefly(await attemptCopy(context, workOn(object)))).toBe("done answer")
    expect(s3.current("copies", "restored/a")?.bytes.toString()).toBe("new")
    const again = await attemptUntilSettled((work) => attemptCopy(context, work), workOn(object))
    expect(again.story).toEqual(["done head adopted"])
    s3.put("copies", "restored/a", { bytes: "of somebody else" })
    expect(briefly(await attemptCopy(context, workOn(object)))).toBe("skipped DESTINATION_EXISTS")
  })

  it("copies as to an empty place when what it may replace is gone", async () => {
    const { s3, context } = routeWorld()
    const source = s3.put("live", "data/a")
    const work = workOn({ ...planned(source), replaces: '"gone"' })
    const { story } = await attemptUntilSettled((one) => attemptCopy(context, one), work)
    expect(story).toEqual(["again conflict", "done answer"])
  })
})
