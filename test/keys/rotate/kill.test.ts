import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { relatedIn } from "../../../src/access/arn.ts"
import { ACCOUNTS, ALIAS, PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import type { KeyArn } from "../../../src/kernel/brands.ts"
import { DAY } from "../../../src/kernel/units.ts"
import { rotateManually } from "../../../src/keys/rotate/manual.ts"
import type { RotateDeps } from "../../../src/keys/rotate/ports.ts"
import { killedAt, rotateWorld, type RotateWorld } from "./rotate-world.ts"

/**
 * The process is killed at each act in turn and started again. Acts are the changes in AWS and the writes of the file, so that
 * dying after one is the same as dying before the next.
 */
let world: RotateWorld
let folder: string
let runs = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-rotate-kill-"))
  world = await rotateWorld(["loki"])
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

async function process<T>(state: string, work: (deps: RotateDeps) => Promise<T>): Promise<T> {
  const deps = await world.open(`dr-20261124T180000Z-${String(runs++).padStart(4, "0")}`, join(folder, state))
  try {
    return await work(deps)
  } finally {
    deps.close()
  }
}
const go = (deps: RotateDeps) => rotateManually(deps, world.scope, { quietDays: 7 })
const marked = async (): Promise<number> => (await world.taggedKeys("dr:key", "observability")).length

describe("a manual rotation that is killed", () => {
  it("in step 1 makes one key and no second", async () => {
    const killed: string[] = []
    for (let at = 0; ; at++) {
      const before = await marked()
      const state = `one-${at}`
      const name = await process(state, (deps) => killedAt(deps, at, "after", go))
      const report = await process(state, go)
      expect(report, name).toMatchObject({ next: 4 })
      expect(await marked(), name).toBe(before + 1)
      // Out of the way of the next one.
      await process(state, async ({ actors }) => {
        const operator = await actors.admin(ACCOUNTS.workload.id, "operator")
        await operator.untag(report.rotation?.newKey as KeyArn, ["dr:rotation"])
      })
      if (name === undefined) break
      killed.push(name)
    }
    expect(killed).toEqual([
      "save",
      "save",
      "createKey",
      "save",
      "replicateKey",
      "enableRotation",
      "save",
      "save",
      "save",
    ])
  })

  it.each(["CreateKey", "ReplicateKey"])("takes a lost answer of %s for a key that may be there", async (operation) => {
    const before = await marked()
    const fault = world.sandbox.faults.add({ kind: "cut-after-commit", service: "kms", operation, count: 1 })
    const report = await process(`lost-${operation}`, go)
    expect(world.sandbox.faults.list().find(({ rule }) => rule.id === fault.id)?.struck).toBe(1)
    world.sandbox.faults.clear()
    expect(report).toMatchObject({ next: 4, proof: { result: "proven" } })
    expect(await marked()).toBe(before + 1)
    if (operation === "CreateKey")
      await process("-", async ({ actors }) => {
        const operator = await actors.admin(ACCOUNTS.workload.id, "operator")
        await operator.untag(report.rotation?.newKey as KeyArn, ["dr:rotation"])
      })
  })

  it("in step 4 moves the alias everywhere in the end, and in step 5 schedules each key once", async () => {
    const state = "lost-ReplicateKey"
    const whole = await process(state, ({ store }) => store.load())
    const newKey = whole?.newKey as KeyArn
    await world.setDefault("loki", newKey)
    world.sandbox.clock.advance(5_000)
    await world.write("loki", "after/one", newKey)
    const seen: string[] = []
    for (let at = 0; ; at++) {
      const name = await process(state, (deps) => killedAt(deps, at, "after", go))
      if (name !== undefined) seen.push(name)
      const report = name === undefined || at > 5 ? undefined : await process(state, go)
      if (report !== undefined) expect(["done", "refused"], name).toContain(report.outcome)
      const aliases = await process(state, async ({ actors }) => {
        const reader = await actors.reader(ACCOUNTS.workload.id)
        return Promise.all([PRIMARY, RECOVERY].map(async (region) => (await reader.describeKey(region, ALIAS)).arn))
      })
      expect(aliases, name).toEqual([newKey, relatedIn(RECOVERY, newKey)])
      if (name === undefined) break
      // Back to where step 4 begins.
      await process(state, async ({ actors, store }) => {
        const operator = await actors.admin(ACCOUNTS.workload.id, "operator")
        await operator.updateAlias(PRIMARY, ALIAS, world.keys.primary)
        await operator.updateAlias(RECOVERY, ALIAS, relatedIn(RECOVERY, world.keys.primary))
        if (whole !== undefined) await store.save(whole)
      })
    }
    expect(seen).toEqual(["save", "tag", "tag", "updateAlias", "updateAlias", "save"])

    await world.emptyBuckets()
    world.sandbox.clock.advance(8 * DAY)
    const retiring: string[] = []
    for (let at = 0; at < 3; at++) {
      const name = await process(state, (deps) => killedAt(deps, at, "after", go))
      retiring.push(name ?? "none")
      const report = await process(state, go)
      expect(report).toMatchObject({ next: "over" })
      if (name === undefined) break
      await process(state, async ({ actors, store }) => {
        const operator = await actors.admin(ACCOUNTS.workload.id, "operator")
        for (const region of [PRIMARY, RECOVERY]) {
          await operator.cancelDeletion(relatedIn(region, world.keys.primary))
          await operator.enableKey(relatedIn(region, world.keys.primary))
        }
        const state5 = await store.load()
        if (state5 === undefined) throw new Error("the file is there")
        const { retiredAt: _over, ...before } = state5
        await store.save(before)
      })
    }
    expect(retiring).toEqual(["scheduleDeletion", "scheduleDeletion", "save"])
  })
})
