import { afterEach, describe, expect, it } from "vitest"
import type { WireWorld } from "../../aws/wire/wire-world.ts"
import { callsSince, versionsInTarget, worldOfMany } from "../end-to-end/many-objects.ts"
import { endsOf, planOn } from "../end-to-end/sandbox-restore.ts"
import { simulate } from "../sim/simulate.ts"

let world: WireWorld | undefined
afterEach(() => world?.close())

describe("30: a Region in trouble", () => {
  it("whose listings are out is restored from the manifest that there is, by data-plane calls alone", async () => {
    const out = (world = await worldOfMany(20))
    const part = await planOn(out)
    for (const operation of ["ListObjectsV2", "ListObjectVersions", "GetBucketLocation", "GetBucketVersioning"])
      out.sandbox.faults.add({ kind: "error", status: 503, code: "ServiceUnavailable", service: "s3", operation })
    for (const service of ["sts", "iam", "organizations", "kms"])
      out.sandbox.faults.add({ kind: "cut-before-commit", service })
    const begun = out.sandbox.audit.length
    expect(endsOf(await part.run({ verify: "head" }))).toEqual([])
    expect(new Set(callsSince(out, begun).keys())).toEqual(new Set(["s3:CopyObject", "s3:HeadObject"]))
    out.sandbox.faults.clear()
    expect((await versionsInTarget(out)).size).toBe(20)
  })

  it("that is gone for an hour is waited for: pauses, probes, and no object lost", async () => {
    const outages = [{ partition: "*", from: 1_000, to: 3_605_000, as: "reset" as const }]
    const { result, s3, seconds, paces } = await simulate(30, { objects: 2_000, perSecond: 500, burst: 50, outages })
    expect(result.ended).toEqual({ kind: "finished" })
    expect(result.sums).toMatchObject({ done: 2_000, failed: 0, unknown: 0 })
    expect(seconds).toBeGreaterThan(3_605)
    // A second of knocking at 500/s until the breaker is sure (decision 17), 120 probes, and a read-back of what was in doubt;
    // two thousand objects that knock every 20 s for an hour would be 360,000.
    expect(s3.requests - 2_000).toBeLessThan(1_500)
    expect(paces.map(({ limit }) => limit)).toContain("breaker")
  })
})
