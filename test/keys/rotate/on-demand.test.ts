import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ACCOUNTS, RECOVERY } from "../../../src/demo/world.ts"
import { DAY } from "../../../src/kernel/units.ts"
import { rotateOnDemand, rotationNow, type KeySide } from "../../../src/keys/rotate/on-demand.ts"
import type { RotateDeps } from "../../../src/keys/rotate/ports.ts"
import { actingThrough, killedAt, rotateWorld, type RotateWorld } from "./rotate-world.ts"

let world: RotateWorld
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-on-demand-"))
  world = await rotateWorld([])
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

async function process<T>(work: (deps: RotateDeps) => Promise<T>): Promise<T> {
  const deps = await world.open("dr-20261124T180000Z-0001", folder)
  try {
    return await work(deps)
  } finally {
    deps.close()
  }
}
const rotate = (side: KeySide = "workload") => process((deps) => rotateOnDemand(deps, world.scope, side))
const used = async (side: KeySide = "workload"): Promise<number> =>
  (await process((deps) => rotationNow(deps, world.scope, side))).onDemand.used

describe("on demand", () => {
  it("rotates once and names the new material", async () => {
    const before = await process((deps) => rotationNow(deps, world.scope, "workload"))
    expect(before).toMatchObject({ onDemand: { used: 0, most: 25 }, automatic: { enabled: true, periodDays: 365 } })
    const result = await rotate()
    expect(result).toMatchObject({ done: "now", arn: world.keys.primary, onDemand: { used: 1 }, warnings: [] })
    expect(result.material).toMatchObject({ state: "CURRENT", rotation: { type: "ON_DEMAND" } })
  })

  it("rotates the recovery key with the recovery account's operator", async () => {
    expect(await rotate("recovery")).toMatchObject({ done: "now", arn: world.keys.recovery, onDemand: { used: 1 } })
    expect(await used()).toBe(1)
    const calls = world.sandbox.audit.filter(({ operation }) => operation === "RotateKeyOnDemand")
    expect(calls.at(-1)).toMatchObject({ account: ACCOUNTS.recovery.id, region: RECOVERY })
  })

  it("asks for the alias, and without it sends nothing", async () => {
    const asked: string[] = []
    const refused = process((deps) =>
      rotateOnDemand(
        {
          ...deps,
          consent: {
            reversible: async () => undefined,
            irreversible: async (question, alias) => {
              asked.push(question, alias)
              throw new Error("no")
            },
          },
        },
        world.scope,
        "workload",
      ),
    )
    await expect(refused).rejects.toThrow("no")
    expect(asked[0]).toContain("rotation 2 of 25")
    expect(asked[1]).toBe("alias/observability-demo")
    expect(await used()).toBe(1)
  })

  it.each(["cut-after-commit", "cut-before-commit"] as const)(
    "reads back what came of a call that was %s",
    async (kind) => {
      const before = await used()
      world.sandbox.faults.add({ kind, service: "kms", operation: "RotateKeyOnDemand", count: 1 })
      const rotated = rotate()
      if (kind === "cut-after-commit")
        expect(await rotated).toMatchObject({ done: "now", onDemand: { used: before + 1 } })
      else await expect(rotated).rejects.toMatchObject({ code: "E_ROTATION_UNKNOWN", exit: 75 })
      world.sandbox.faults.clear()
      if (kind === "cut-before-commit")
        expect(await rotate()).toMatchObject({ done: "now", onDemand: { used: before + 1 } })
      expect(await used()).toBe(before + 1)
    },
  )

  it("is done once, wherever it is killed", async () => {
    const killed: string[] = []
    for (let at = 0; ; at++) {
      const before = await used()
      const name = await process((deps) =>
        killedAt(deps, at, "after", (doomed) => rotateOnDemand(doomed, world.scope, "workload")),
      )
      const sent = (await used()) > before
      // What is not known to be done is done by the next call; what is, is not done again.
      if (name !== undefined && (name !== "saveIntent" || !sent)) {
        const again = await rotate()
        expect(again.done, name).toBe(sent ? "before" : "now")
      }
      expect(await used(), name).toBe(before + 1)
      if (name === undefined) break
      killed.push(name)
    }
    expect(killed).toEqual(["saveIntent", "rotateOnDemand", "saveIntent"])
  })

  it("leaves no intent behind when AWS refuses", async () => {
    const before = await used()
    world.sandbox.faults.add({ kind: "deny", service: "kms", operation: "RotateKeyOnDemand", count: 1 })
    await expect(rotate()).rejects.toMatchObject({ code: "E_AWS_ACCESS_DENIED", exit: 77 })
    world.sandbox.faults.clear()
    expect(await process(({ store }) => store.intent())).toBeUndefined()
    expect(await used()).toBe(before)
  })

  it("waits for what somebody else began, and sends nothing", async () => {
    const before = world.sandbox.audit.length
    const material = { id: "theirs", state: "CURRENT", rotation: { at: "2026-11-24T18:00:00.000Z", type: "ON_DEMAND" } }
    const result = await process(async (deps) => {
      let looks = 0
      const reader = await deps.actors.reader(ACCOUNTS.workload.id)
      const seen = {
        ...reader,
        rotation: async () => ({ enabled: true, onDemandAt: "2026-11-24T17:59:00.000Z" }),
        materials: async () => (++looks < 3 ? [] : [material]),
      }
      const watched = actingThrough(deps, async (name) => {
        if (name !== "saveIntent") throw new Error(`${name} was called`)
      })
      const actors = { ...watched.actors, reader: async () => seen }
      return rotateOnDemand({ ...watched, actors }, world.scope, "workload")
    })
    expect(result).toMatchObject({ done: "before", material })
    const calls = world.sandbox.audit.slice(before).map(({ operation }) => operation)
    expect(calls).not.toContain("RotateKeyOnDemand")
  })

  it("is refused while the automatic rotation is due, and may be tried later", async () => {
    const now = await process((deps) => rotationNow(deps, world.scope, "recovery"))
    const due = Date.parse(now.automatic?.nextAt ?? "")
    const refused = process((deps) =>
      rotateOnDemand({ ...deps, clock: { ...deps.clock, now: () => due - 60_000 } }, world.scope, "recovery"),
    )
    await expect(refused).rejects.toMatchObject({ code: "E_ROTATION_REFUSED", exit: 75 })
    expect(due - world.sandbox.clock.now()).toBeGreaterThan(300 * DAY)
  })

  it("warns from the twentieth on, and refuses the 26th, as AWS does", async () => {
    while ((await used()) < 20) await rotate()
    expect((await rotate()).warnings).toEqual(["4 of 25 rotations on demand are left after this one"])
    while ((await used()) < 25) await rotate()
    const before = world.sandbox.audit.length
    await expect(rotate()).rejects.toMatchObject({ code: "E_ROTATION_REFUSED", exit: 3 })
    expect(world.sandbox.audit.slice(before).map(({ operation }) => operation)).not.toContain("RotateKeyOnDemand")
    await process(async ({ actors }) => {
      const operator = await actors.admin(ACCOUNTS.workload.id, "operator")
      await expect(operator.rotateOnDemand(world.keys.primary)).rejects.toMatchObject({
        aws: { awsCode: "LimitExceededException" },
      })
    })
  })
})
