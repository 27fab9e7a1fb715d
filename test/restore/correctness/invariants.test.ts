import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { CallErrorClass } from "../../../src/restore/data-plane.ts"
import type { VerifyLevel } from "../../../src/restore/plan/restore-plan.ts"
import type { Attempt } from "../../../src/restore/ports.ts"
import { faultsOfCopy } from "../support/copied.ts"
import type { FakeFault } from "../support/fake-faults.ts"
import type { FakeInit, FakeVersion } from "../support/fake-s3.ts"
import { NEW_KEY, planned, routesIn, routeWorld, workOn, type RouteWorld } from "../support/route-world.ts"

const RUNS = process.env["DR_TEST_SLOW"] === "1" ? 20_000 : 250

const CLASSES: readonly CallErrorClass[] = [
  "throttled",
  "kms-throttled",
  "transient",
  "broken",
  "expired-token",
  "precondition",
  "conflict",
  "not-found",
  "access-denied",
  "key-state",
  "not-implemented",
  "refused",
]

const fault: fc.Arbitrary<FakeFault | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  {
    weight: 2,
    arbitrary: fc.record({ class: fc.constantFrom(...CLASSES), lost: fc.boolean() }).map(({ class: cls, lost }) =>
      // Only an answer that may have been lost can stand for work that was done.
      lost && (cls === "transient" || cls === "broken") ? { class: cls, committed: true as const } : { class: cls },
    ),
  },
)

const rarely = fc.nat(19).map((one) => one === 19)

const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const text = fc.string({ maxLength: 8 }).map((one) => one.replaceAll(/[^\x20-\x7e]/g, "_"))
const pairs = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), text, { maxKeys: 3 })

const object: fc.Arbitrary<FakeInit> = fc
  .record({
    bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    metadata: pairs.map((record) => new Map(Object.entries(record))),
    tags: pairs,
    storageClass: fc.constantFrom("STANDARD", "STANDARD_IA", "GLACIER_IR"),
    encryption: fc.constantFrom("aws:kms", "AES256", "aws:kms:dsse", undefined),
    plain: fc.boolean(),
    archived: rarely,
    customerKey: rarely,
  })
  .map(({ plain, ...init }) => (plain ? { ...init, checksum: undefined } : init))

/** What another hand does to the destination, or the source, between two calls of ours. */
const interference = sometimes(
  fc.record({
    at: fc.integer({ min: 1, max: 8 }),
    on: fc.constantFrom("source" as const, "copy" as const),
    like: object,
  }),
)

const snapshot = (versions: readonly FakeVersion[]): string =>
  JSON.stringify(versions.map((version) => ({ ...version, metadata: [...version.metadata] })))

/** Attempts as the scheduler makes them, with a deadline: what is left then is unknown. */
async function attemptAll(
  world: RouteWorld,
  source: FakeVersion,
  verify: VerifyLevel,
  operation: "copy" | "rekey",
): Promise<Attempt> {
  const routes = routesIn(world, { verify, operation })
  const work = workOn(planned(source, operation === "rekey"))
  for (let turn = 0; turn < 12; turn++) {
    const attempt = await routes.attempt(work)
    if (attempt.kind !== "again") return attempt
  }
  await routes.abandonUploads()
  return { kind: "unknown", message: "out of time" }
}

const scenario = fc.record({
  init: object,
  limit: fc.constantFrom(0, 10, 100),
  faults: fc.array(fault, { maxLength: 25 }),
  verify: fc.constantFrom<VerifyLevel>("answer", "head", "full"),
  versioned: fc.boolean(),
  foreign: sometimes(object),
  hand: interference,
})

describe("invariants of one object under any fault script", () => {
  it("I5: what is done equals its source; I6: the source stays, and nothing else is written", async () => {
    const seen = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(scenario, async ({ init, limit, faults, verify, versioned, foreign, hand }) => {
        const world = routeWorld({
          versioned,
          faults: (call) => faults[call.nth - 1],
          context: { copyLimitBytes: limit },
        })
        world.s3.put("live", "data/neighbour")
        world.s3.put("copies", "elsewhere/neighbour")
        const source = world.s3.put("live", "data/a", init)
        if (foreign !== undefined) world.s3.put("copies", "restored/a", foreign)
        let current = source
        // The last write of another hand wins on its own side; what it wrote there is not ours to judge.
        let overwritten = false
        world.plane.before = (call) => {
          if (hand?.at !== call.nth) return
          if (hand.on === "source") current = world.s3.put("live", "data/a", hand.like)
          else {
            world.s3.put("copies", "restored/a", hand.like)
            overwritten = true
          }
        }
        const before = snapshot([source])
        const attempt = await attemptAll(world, source, verify, "copy")
        seen.set(attempt.kind, (seen.get(attempt.kind) ?? 0) + 1)

        if (attempt.kind === "done") {
          const { etag } = attempt.proof
          const made = world.s3.versions("copies", "restored/a").find((version) => version.etag === etag)
          // In a bucket without versions another hand may have replaced it afterwards.
          if (made !== undefined || versioned || !overwritten) {
            const asPlanned = faultsOfCopy(made, source, NEW_KEY)
            const asNow = faultsOfCopy(made, current, NEW_KEY)
            expect(asPlanned.length === 0 || asNow.length === 0, `${asPlanned.join()} ${asNow.join()}`).toBe(true)
          }
        }
        expect(snapshot([source])).toBe(before)
        expect(world.s3.keys("live")).toEqual(["data/a", "data/neighbour"])
        expect(world.s3.keys("copies").filter((key) => key !== "restored/a")).toEqual(["elsewhere/neighbour"])
        if (foreign !== undefined && !overwritten)
          expect(world.s3.versions("copies", "restored/a")[0]?.bytes).toEqual(foreign.bytes)
      }),
      { numRuns: RUNS },
    )
    expect(seen.get("done") ?? 0).toBeGreaterThan(RUNS / 5)
    expect([...seen.keys()].length).toBeGreaterThanOrEqual(4)
  })

  it("a re-keyed version differs from what it was in its key alone", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ init, faults, verify }) => {
        const world = routeWorld({ faults: (call) => faults[call.nth - 1] })
        const source = world.s3.put("live", "data/a", init)
        const before = { ...source }
        const attempt = await attemptAll(world, source, verify, "rekey")
        expect({ ...source, keyArn: "", encryption: "", bucketKey: false }).toEqual({
          ...before,
          keyArn: "",
          encryption: "",
          bucketKey: false,
        })
        if (attempt.kind === "done") expect(source).toMatchObject({ keyArn: NEW_KEY, encryption: "aws:kms" })
        expect(world.s3.keys("copies")).toEqual([])
        expect(world.s3.versions("live", "data/a")).toHaveLength(1)
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    )
  })
})
