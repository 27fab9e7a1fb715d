import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { AccountId, BucketName } from "../../../src/kernel/brands.ts"
import type { Aim, ListedObject, VersionMode } from "../../../src/restore/objects.ts"
import { closingPass, type ClosingPass } from "../../../src/restore/reconcile/closing-pass.ts"
import type { FrozenPart } from "../../../src/restore/reconcile/frozen-keys.ts"
import type { Joined } from "../../../src/restore/reconcile/joined.ts"
import { FakeDataPlane } from "../support/fake-data-plane.ts"
import { FakeS3 } from "../support/fake-s3.ts"
import { NEW_KEY, REGION } from "../support/route-world.ts"
import { virtualTime } from "../support/virtual-time.ts"
import { manifestOf, smallPages, takenOf, type TestManifest } from "./reconcile-world.ts"

const OWNER = "111111111111" as AccountId
const RECOVERY = "222222222222" as AccountId
const AIM: Aim = {
  source: { bucket: "live" as BucketName, prefix: "data/", owner: OWNER, region: REGION },
  destination: { bucket: "copies" as BucketName, prefix: "restored/", owner: RECOVERY, region: REGION },
  keyArn: NEW_KEY,
  bucketKey: false,
  storageClass: "keep",
}
const CURRENT: VersionMode = { kind: "current" }
const ALL: VersionMode = { kind: "all" }
const NONE = {
  matched: 0,
  missing: 0,
  different: 0,
  extra: 0,
  appeared: 0,
  vanished: 0,
  changed: 0,
  notExpected: 0,
}

class World {
  readonly s3 = new FakeS3()
  readonly plane = new FakeDataPlane(this.s3)

  constructor(keys: readonly string[] = [], versioned = true) {
    this.s3.createBucket("live", { owner: OWNER, versioned })
    this.s3.createBucket("copies", { owner: RECOVERY, versioned })
    for (const key of keys) this.put(key)
  }

  put(key: string, bytes = key): void {
    this.s3.put("live", `data/${key}`, { bytes })
  }

  /** Puts at the destination what was taken of the source, as a run would. */
  copy(taken: readonly ListedObject[]): void {
    for (const object of taken) {
      const key = `restored/${object.key.slice("data/".length)}`
      if (object.deleteMarker) this.s3.putMarker("copies", key)
      else this.s3.put("copies", key, { bytes: Buffer.alloc(object.sizeBytes) })
    }
  }

  async join(parts: readonly FrozenPart[], over: Partial<ClosingPass> = {}): Promise<Joined> {
    const time = virtualTime()
    const deps = { clock: time.clock, random: () => 0.5, signal: new AbortController().signal }
    const plane = smallPages(this.plane, 3)
    const pass = { aim: AIM, mode: CURRENT, operation: "copy" as const, source: plane, destination: plane, parts }
    return time.run(closingPass(deps, { ...pass, worthPages: 1, ...over }))
  }
}

const partOf = (manifest: TestManifest, isExpected: FrozenPart["isExpected"] = () => true): FrozenPart => ({
  name: "loki",
  manifest,
  isExpected,
})

const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `k${String(at).padStart(3, "0")}`)

/** A world whose source was frozen and copied. */
function copied(keys: readonly string[], mode: VersionMode = CURRENT) {
  const world = new World(keys)
  const taken = takenOf(world.s3, "live", mode)
  world.copy(taken)
  return { world, manifest: manifestOf(taken), taken }
}

const counts = (joined: Joined): object => ({ ...joined, examples: undefined })

describe("the closing pass of a copy", () => {
  it("matches what was copied, and reads each page of the manifest once", async () => {
    const { world, manifest } = copied(many(50))
    expect(counts(await world.join([partOf(manifest)]))).toEqual({ ...NONE, matched: 50 })
    expect(manifest.read).toBe(manifest.allPages.length)
  })

  it("tells each way in which a side may differ, with its keys", async () => {
    const { world, manifest } = copied(many(50))
    world.s3.remove("copies", "restored/k007")
    world.s3.put("copies", "restored/k011", { bytes: "longer than it was" })
    world.s3.put("copies", "restored/k0115", {})
    world.s3.put("copies", "restored/zzz", {})
    world.put("aaa")
    world.put("zzzz")
    world.s3.remove("live", "data/k020")
    world.put("k021")
    world.s3.put("copies", "another/prefix", {})
    const joined = await world.join([partOf(manifest)])
    expect(joined).toEqual({
      matched: 48,
      missing: 1,
      different: 1,
      extra: 2,
      appeared: 2,
      vanished: 1,
      changed: 1,
      notExpected: 0,
      examples: {
        matched: ["data/k000", "data/k001", "data/k002", "data/k003", "data/k004"],
        missing: ["data/k007"],
        different: ["data/k011"],
        extra: ["data/k0115", "data/zzz"],
        appeared: ["data/aaa", "data/zzzz"],
        vanished: ["data/k020"],
        changed: ["data/k021"],
        notExpected: [],
      },
    })
  })

  it("does not look for what the run has not carried over", async () => {
    const { world, manifest } = copied(many(20))
    const left = new Set(["data/k004", "data/k005", "data/k006"])
    world.s3.remove("copies", "restored/k004")
    world.s3.put("copies", "restored/k005", { bytes: "half" })
    world.s3.remove("live", "data/k006")
    const isExpected = (page: number, index: number): boolean =>
      !left.has(manifest.allPages[page]?.objects[index]?.key ?? "")
    const joined = await world.join([partOf(manifest, isExpected)])
    expect(counts(joined)).toEqual({ ...NONE, matched: 17, notExpected: 3 })
  })

  it("takes what another part holds neither for extra nor for new", async () => {
    const world = new World(many(60))
    const taken = takenOf(world.s3, "live", CURRENT)
    const [hot, rest] = [0, 1].map((own) => manifestOf(taken.filter((_, at) => (at % 3 === 0) === (own === 0))))
    world.copy(taken)
    world.s3.remove("copies", "restored/k003")
    const parts = [partOf(hot as TestManifest), partOf(rest as TestManifest)]
    expect(counts(await world.join(parts))).toEqual({ ...NONE, matched: 59, missing: 1 })
    const onlyRest = [partOf(hot as TestManifest, () => false), partOf(rest as TestManifest)]
    expect(counts(await world.join(onlyRest))).toEqual({ ...NONE, matched: 40, notExpected: 20 })
    expect((hot as TestManifest).read).toBe(2 * (hot as TestManifest).allPages.length)
  })

  it("refuses two manifests that hold the same key", async () => {
    const { world, manifest, taken } = copied(many(9))
    const again = partOf(manifestOf(taken.slice(4, 5)))
    await expect(world.join([partOf(manifest), again])).rejects.toMatchObject({ code: "E_JOIN_ORDER" })
  })

  it("tells everything at the destination as extra when nothing was planned", async () => {
    const { world } = copied(many(7))
    const joined = await world.join([partOf(manifestOf([]))])
    expect(counts(joined)).toEqual({ ...NONE, extra: 7, appeared: 7 })
  })

  it("asks again for pages that do not come, and gives up when AWS says no", async () => {
    const { world, manifest } = copied(many(30))
    world.plane.faults = ({ nth }) => (nth % 2 === 0 ? { class: "throttled" } : undefined)
    expect(counts(await world.join([partOf(manifest)]))).toEqual({ ...NONE, matched: 30 })
    world.plane.faults = ({ bucket, key, nth }) =>
      bucket === "copies" && key === "restored/" && nth % 7 === 0 ? { class: "access-denied" } : undefined
    await expect(world.join([partOf(manifest)])).rejects.toMatchObject({ code: "E_LISTING", exit: 77 })
  })

  it("does not wait for a side that stalls once the other has failed", async () => {
    const { world, manifest } = copied(many(30))
    world.plane.faults = ({ bucket }) => ({ class: bucket === "copies" ? "access-denied" : "throttled" })
    await expect(world.join([partOf(manifest)])).rejects.toMatchObject({ code: "E_LISTING" })
    expect(world.plane.countOf("ListObjectsV2")).toBeLessThan(40)
  })

  it("ends with the signal", async () => {
    const { world, manifest } = copied(many(30))
    const stop = new AbortController()
    world.plane.before = ({ nth }) => void (nth === 5 && stop.abort(new Error("SIGINT")))
    const time = virtualTime()
    const deps = { clock: time.clock, random: () => 0.5, signal: stop.signal }
    const plane = smallPages(world.plane, 3)
    const pass = { aim: AIM, mode: CURRENT, operation: "copy" as const, source: plane, destination: plane }
    await expect(time.run(closingPass(deps, { ...pass, parts: [partOf(manifest)], worthPages: 1 }))).rejects.toThrow(
      "SIGINT",
    )
  })
})

describe("the closing pass of all versions", () => {
  function histories() {
    const world = new World()
    for (const key of many(12)) {
      world.put(key, "1")
      world.put(key, "22")
      world.s3.putMarker("live", `data/${key}`)
      world.put(key, "333")
    }
    const taken = takenOf(world.s3, "live", ALL)
    world.copy(taken)
    return { world, manifest: manifestOf(taken) }
  }
  const idAt = (world: World, bucket: string, key: string, at: number): string =>
    world.s3.versions(bucket, key).at(at)?.versionId ?? ""

  it("matches versions and markers in order", async () => {
    const { world, manifest } = histories()
    expect(counts(await world.join([partOf(manifest)], { mode: ALL }))).toEqual({ ...NONE, matched: 48 })
  })

  it("tells the version that is missing, and the one that is too many", async () => {
    const { world, manifest } = histories()
    world.s3.remove("copies", "restored/k003", idAt(world, "copies", "restored/k003", 1))
    world.s3.remove("copies", "restored/k004", idAt(world, "copies", "restored/k004", 2))
    world.s3.put("copies", "restored/k005", { bytes: "on top" })
    world.s3.remove("copies", "restored/k006")
    const joined = await world.join([partOf(manifest)], { mode: ALL })
    expect(counts(joined)).toEqual({ ...NONE, matched: 42, missing: 6, extra: 1 })
    expect(joined.examples.missing).toEqual(["data/k003", "data/k004", "data/k006"])
  })

  it("takes a marker where bytes should be for different", async () => {
    const world = new World()
    world.put("a", "")
    const manifest = manifestOf(takenOf(world.s3, "live", ALL))
    world.s3.putMarker("copies", "restored/a")
    expect(counts(await world.join([partOf(manifest)], { mode: ALL }))).toEqual({ ...NONE, different: 1 })
  })

  it("knows the versions of the source by their ids", async () => {
    const { world, manifest } = histories()
    world.s3.remove("live", "data/k003", idAt(world, "live", "data/k003", 0))
    world.put("k004", "another")
    world.s3.putMarker("live", "data/k005")
    expect(counts(await world.join([partOf(manifest)], { mode: ALL }))).toEqual({
      ...NONE,
      matched: 48,
      vanished: 1,
      appeared: 2,
    })
  })
})

describe("the closing pass of a moment in the past", () => {
  it("asks what a reader got then, not what was written since", async () => {
    const world = new World(many(10))
    const mode: VersionMode = { kind: "as-of", at: world.s3.now }
    world.put("k001", "written later")
    world.put("later")
    world.s3.putMarker("live", "data/k002")
    const taken = takenOf(world.s3, "live", mode)
    world.copy(taken)
    const manifest = manifestOf(taken)
    world.put("k003", "written later still")
    world.s3.remove("live", "data/k004")
    expect(counts(await world.join([partOf(manifest)], { mode }))).toEqual({ ...NONE, matched: 10, vanished: 1 })
  })
})

describe("the closing pass of a re-key in place", () => {
  it.each([CURRENT, ALL])("finds every object with its ETag and date: $kind", async (mode) => {
    const world = new World([...many(20), "k003", "k003"])
    world.s3.putMarker("live", "data/k005")
    const manifest = manifestOf(takenOf(world.s3, "live", mode, "rekey"))
    const total = mode.kind === "all" ? 22 : 19
    const over = { mode, operation: "rekey" as const, aim: { ...AIM, destination: AIM.source } }
    expect(counts(await world.join([partOf(manifest)], over))).toEqual({ ...NONE, matched: total })
    expect(world.plane.calls.every(({ bucket }) => bucket === "live")).toBe(true)
  })

  it("tells what was written, deleted or replaced meanwhile", async () => {
    const world = new World(many(20), false)
    const manifest = manifestOf(takenOf(world.s3, "live", CURRENT, "rekey"))
    const touched = world.s3.current("live", "data/k007")
    if (touched !== undefined) touched.modifiedAt += 1
    world.put("k002", "replaced")
    world.put("k0025")
    world.s3.remove("live", "data/k003")
    const over = { operation: "rekey" as const, aim: { ...AIM, destination: AIM.source } }
    const joined = await world.join([partOf(manifest, (page) => page > 0)], over)
    expect(counts(joined)).toEqual({
      ...NONE,
      matched: 15,
      missing: 1,
      vanished: 1,
      changed: 2,
      appeared: 1,
      notExpected: 2,
    })
  })
})

describe("the closing pass of any two sides", () => {
  const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "\u{e000}", "\u{ffff}", "😀"), maxLength: 3 })
  const side = fc.uniqueArray(key, { maxLength: 25 })

  it("counts as sets are counted, however they were divided", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ frozen: side, standing: side, now: side, left: side }),
        fc.record({
          perRange: fc.integer({ min: 1, max: 7 }),
          perPage: fc.integer({ min: 1, max: 4 }),
          worthPages: fc.nat(3),
        }),
        async ({ frozen, standing, now, left }, { perRange, perPage, worthPages }) => {
          const world = new World(frozen, false)
          const taken = takenOf(world.s3, "live", CURRENT)
          const [a, b] = [
            taken.filter(({ sizeBytes }) => sizeBytes % 2 === 0),
            taken.filter(({ sizeBytes }) => sizeBytes % 2 === 1),
          ]
          const parts = [a, b].map((own) => {
            const manifest = manifestOf(own, perRange, perPage)
            const isExpected = (page: number, index: number): boolean =>
              !left.includes(manifest.allPages[page]?.objects[index]?.key.slice("data/".length) ?? "")
            return partOf(manifest, isExpected)
          })
          for (const one of standing) world.s3.put("copies", `restored/${one}`, { bytes: one })
          for (const one of frozen) if (!now.includes(one)) world.s3.remove("live", `data/${one}`)
          for (const one of now) if (!frozen.includes(one)) world.put(one)
          const expected = frozen.filter((one) => !left.includes(one))
          const joined = await world.join(parts, { worthPages })
          expect(counts(joined)).toEqual({
            ...NONE,
            matched: expected.filter((one) => standing.includes(one)).length,
            missing: expected.filter((one) => !standing.includes(one)).length,
            extra: standing.filter((one) => !frozen.includes(one)).length,
            appeared: now.filter((one) => !frozen.includes(one)).length,
            vanished: expected.filter((one) => !now.includes(one)).length,
            notExpected: frozen.length - expected.length,
          })
        },
      ),
      { numRuns: 80 },
    )
  })
})
