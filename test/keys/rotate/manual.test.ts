import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { relatedIn } from "../../../src/access/arn.ts"
import { ACCOUNTS, ALIAS, DATASETS, PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import type { KeyArn } from "../../../src/kernel/brands.ts"
import { DAY } from "../../../src/kernel/units.ts"
import { rotateManually, type ManualOptions } from "../../../src/keys/rotate/manual.ts"
import type { RotateDeps } from "../../../src/keys/rotate/ports.ts"
import { rotationStatus } from "../../../src/keys/rotate/status.ts"
import { namedKeys, rotateWorld, type RotateWorld } from "./rotate-world.ts"

/** All five steps on the demo's estate, in order: each test goes on where the one before stopped. */
let world: RotateWorld
let folder: string
let runs = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-rotate-"))
  world = await rotateWorld()
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Each call is a process of its own. */
async function process<T>(work: (deps: RotateDeps) => Promise<T>): Promise<T> {
  const deps = await world.open(`dr-20261124T18000${runs}Z-000${runs}`, folder)
  runs = (runs + 1) % 10
  try {
    return await work(deps)
  } finally {
    deps.close()
  }
}
const manual = (options: Partial<ManualOptions> = {}) =>
  process((deps) => rotateManually(deps, world.scope, { quietDays: 7, ...options }))
const behindAlias = (): Promise<KeyArn[]> =>
  process(async ({ actors }) => {
    const reader = await actors.reader(ACCOUNTS.workload.id)
    return Promise.all([PRIMARY, RECOVERY].map(async (region) => (await reader.describeKey(region, ALIAS)).arn))
  })
const later = (): void => world.sandbox.clock.advance(5_000)
let newKey: KeyArn

describe("the manual rotation", () => {
  it("lets no step come before its turn", async () => {
    await expect(manual({ step: 4 })).rejects.toMatchObject({ code: "E_ROTATION_STEP", exit: 64 })
    expect(await process((deps) => rotationStatus(deps, world.scope))).toMatchObject({ outcome: "none" })
  })

  it("1: makes the new key in the same Regions, proves it, and 2, 3: prints every edit and waits", async () => {
    const report = await manual()
    expect(report).toMatchObject({ outcome: "waiting", next: 4, proof: { result: "proven" } })
    newKey = report.rotation?.newKey as KeyArn
    expect(report.position?.newKey.map(({ region, state }) => [region, state])).toEqual([
      [PRIMARY, "Enabled"],
      [RECOVERY, "Enabled"],
    ])
    for (const { kind, bucket } of DATASETS) {
      const edits = report.edits?.filter(({ dataset }) => dataset === kind) ?? []
      expect(edits.map(({ step }) => step)).toEqual([2, 3, 3])
      expect(
        edits.every(
          ({ old, new: next, text }) => old === world.keys.primary && next === newKey && text.includes(newKey),
        ),
      ).toBe(true)
      expect(
        edits.some(({ text }) => text.startsWith("aws s3api put-bucket-encryption") && text.includes(bucket)),
      ).toBe(true)
    }
    // As the demo's buckets have it: an edit changes the key and nothing else.
    expect(JSON.stringify(report.edits)).not.toContain('BucketKeyEnabled\\":true')
    expect(JSON.stringify(report.edits)).toContain('BucketKeyEnabled\\":false')
    const aliases = report.edits?.filter(({ afterStep4 }) => afterStep4)
    expect(aliases?.map(({ new: next }) => next)).toEqual([newKey, relatedIn(RECOVERY, newKey)])
    expect(await behindAlias()).toEqual([world.keys.primary, relatedIn(RECOVERY, world.keys.primary)])
  })

  it("the new key has the rendered policies, our tags and the period, and is not made again", async () => {
    const again = await manual({ step: 1 })
    expect(again.rotation?.newKey).toBe(newKey)
    expect(await world.taggedKeys("dr:rotation", again.rotation?.id ?? "")).toEqual([newKey])
    await process(async ({ actors }) => {
      const reader = await actors.reader(ACCOUNTS.workload.id)
      expect(await reader.rotation(PRIMARY, newKey)).toMatchObject({ enabled: true, periodDays: 365 })
      for (const region of [PRIMARY, RECOVERY]) {
        const [ours, old] = await Promise.all(
          [newKey, world.keys.primary].map((key) => reader.keyPolicy(region, relatedIn(region, key))),
        )
        expect(JSON.parse(ours ?? "")).toEqual(JSON.parse(old ?? "{}"))
        expect(await reader.keyTags(region, relatedIn(region, newKey))).toMatchObject({
          "dr:env": "demo",
          "dr:key": "observability",
          "dr:side": "workload",
        })
      }
    })
  })

  it("4: does not pass while nobody has written: not proven", async () => {
    later()
    const report = await manual()
    expect(report).toMatchObject({ outcome: "refused", step: 4 })
    expect(report.problems?.map(({ code, dataset }) => `${dataset} ${code}`).sort()).toEqual(
      DATASETS.flatMap(({ kind }) => [`${kind} bucket-default`, `${kind} silent`]).sort(),
    )
  })

  it("4: names the object of the writer that still has its old configuration, and the alias stays", async () => {
    for (const { kind } of DATASETS) {
      await world.setDefault(kind, newKey)
      await world.write(kind, "after/one", kind === "mimir" ? world.keys.primary : newKey)
    }
    const report = await manual()
    expect(report.outcome).toBe("refused")
    expect(report.problems).toMatchObject([{ code: "old-key", dataset: "mimir" }])
    expect(report.problems?.[0]?.message).toContain("s3://demo-mimir/after/one")
    expect(report.problems?.[0]?.message).toContain(world.keys.primary)
    expect(await behindAlias()).toEqual([world.keys.primary, relatedIn(RECOVERY, world.keys.primary)])
    expect((await manual({ step: 5 })).refusals).toMatchObject([
      { code: "not-proven" },
      { code: "objects-remain" },
      { code: "recently-used" },
    ])
  })

  it("4: takes a later end of the edits, but none before they were shown and none to come", async () => {
    const now = world.sandbox.clock.now()
    await expect(manual({ step: 4, since: now - DAY })).rejects.toMatchObject({ code: "E_USAGE", exit: 64 })
    await expect(manual({ step: 4, since: now + DAY })).rejects.toMatchObject({ code: "E_USAGE", exit: 64 })
    later()
    const since = world.sandbox.clock.now()
    later()
    expect((await manual({ since })).problems?.map(({ code }) => code)).toEqual(DATASETS.map(() => "silent"))
    for (const { kind } of DATASETS) await world.write(kind, "after/two", newKey)
    const report = await manual({ since })
    expect(report).toMatchObject({ outcome: "done", step: 4, next: 5, problems: [] })
    expect(report.datasets?.every(({ opened }) => opened.underNew === 1 && opened.underOld > 0)).toBe(true)
    expect(await behindAlias()).toEqual([newKey, relatedIn(RECOVERY, newKey)])
    expect(await world.taggedKeys("dr:rotation", `${report.rotation?.id}:old`)).toEqual([world.keys.primary])
  })

  it("5: is refused while versions are under the old key, while it was used, and too soon", async () => {
    const report = await manual()
    expect(report).toMatchObject({ outcome: "refused", step: 5 })
    expect(report.refusals?.map(({ code }) => code)).toEqual(["too-soon", "objects-remain", "recently-used"])
    expect(report.remaining).toMatchObject({ count: 4 * DATASETS.length + 1, more: false })
    expect(report.refusals?.find(({ code }) => code === "objects-remain")?.message).toMatch(/s3:\/\/demo-/)
  })

  it("5: asks old versions too, not only what is current", async () => {
    await world.emptyBuckets()
    await world.write("loki", "kept/as-version", world.keys.primary)
    await world.write("loki", "kept/as-version", newKey)
    const report = await manual()
    expect(report.remaining).toMatchObject({ count: 1, examples: [{ object: "s3://demo-loki/kept/as-version" }] })
    await world.emptyBuckets()
    world.sandbox.clock.advance(6 * DAY)
    expect((await manual()).refusals?.map(({ code }) => code)).toEqual(["too-soon", "recently-used"])
  })

  it("5: schedules replicas and primary, thirty days each, and tells the way back", async () => {
    world.sandbox.clock.advance(2 * DAY)
    const report = await manual()
    expect(report).toMatchObject({ outcome: "done", step: 5, next: "over", refusals: [] })
    expect(report.retired?.places.map(({ region, state }) => [region, state])).toEqual([
      [PRIMARY, "PendingReplicaDeletion"],
      [RECOVERY, "PendingDeletion"],
    ])
    expect(report.retired?.places[0]?.undo).toContain("cancel-key-deletion")
    expect(report.retired?.places[0]?.undo).toContain("enable-key")
    const replica = report.retired?.places[1]
    expect(Math.round((Date.parse(replica?.deletionAt ?? "") - world.sandbox.clock.now()) / DAY)).toBe(30)
    const calls = world.sandbox.audit.filter(
      ({ operation, status }) => operation === "ScheduleKeyDeletion" && status === 200,
    )
    expect(calls.map(({ region }) => region)).toEqual([RECOVERY, PRIMARY])
  })

  it("never named a key by an alias where it was used", () => {
    expect(new Set(namedKeys.map(({ operation }) => operation))).toEqual(
      new Set(["GenerateDataKey", "ReEncrypt", "Decrypt"]),
    )
    expect(namedKeys.filter(({ key }) => !/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/mrk-/.test(key))).toEqual([])
  })

  it("is over, and the next one begins with the key behind the alias", async () => {
    expect(await process((deps) => rotationStatus(deps, world.scope))).toMatchObject({ outcome: "shown", next: "over" })
    const next = await manual({ step: 1 })
    expect(next.rotation).toMatchObject({ oldKey: newKey })
    expect(next.rotation?.newKey).not.toBe(newKey)
  })
})
