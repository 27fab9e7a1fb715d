import { join } from "node:path"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf } from "../../../src/estate/topology.ts"
import type { Clock } from "../../../src/kernel/clock.ts"
import type { DrEvent } from "../../../src/kernel/events.ts"
import type { Actors } from "../../../src/keys/actors.ts"
import { applyKeyPlan, type AppliedPlan } from "../../../src/keys/plan/apply-plan.ts"
import type { KeyPlan } from "../../../src/keys/plan/key-plan.ts"
import { planKeys } from "../../../src/keys/plan/plan-keys.ts"
import type { KeyAdminPort } from "../../../src/keys/ports.ts"
import type { KeyInventory } from "../../../src/keys/status/key-inventory.ts"
import { buildDeps } from "../../../src/runtime/deps.ts"
import { openPlanningTable, type PlanningTable } from "../../../src/runtime/key-planning.ts"
import { planProgress } from "../../../src/runtime/plan-progress.ts"
import { StateFolder } from "../../../src/runtime/state-folder.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import type { DemoEstate } from "./demo-estate.ts"

/** Waiting takes no time, and nothing else does: the sandbox's clock is pushed along with ours. */
export function jumpingClock({ sandbox }: DemoEstate): Clock & { readonly slept: () => number } {
  const start = systemClock.now()
  let offset = 0
  return {
    now: () => start + offset,
    mono: () => offset,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      offset += ms
      sandbox.clock.advance(ms)
    },
    slept: () => offset,
  }
}

export interface Session {
  readonly table: PlanningTable
  readonly clock: ReturnType<typeof jumpingClock>
  readonly events: readonly DrEvent[]
  plan(revoke?: readonly string[]): Promise<KeyPlan>
  apply(plan: KeyPlan): Promise<AppliedPlan>
  close(): void
}

export interface SessionOptions {
  /** Of the state folder, inside the estate's. */
  readonly state?: string
  readonly config?: string
  /** What happens to every call that changes something. */
  readonly meddle?: Meddle
  readonly signal?: AbortSignal
}

/** `name`: of the method; `call`: does it. */
export type Meddle = (name: string, call: () => Promise<unknown>) => Promise<unknown>

/** A process of `dr` that plans and applies, without its command line. Credentials stand in process.env. */
export async function session(demo: DemoEstate, options: SessionOptions = {}): Promise<Session> {
  const { state = "state", config = demo.config, meddle = (_name, call) => call() } = options
  const { signal = new AbortController().signal } = options
  const interruption = { signal, abort: () => undefined, dispose: () => undefined }
  const clock = jumpingClock(demo)
  const built = buildDeps({ interruption, stateDir: join(demo.folder, state), version: "test", profile: "workload" })
  const deps = { ...built, clock }
  const events: DrEvent[] = []
  deps.events.subscribe((event) => void events.push(event))
  const table = await openPlanningTable(deps, {
    config: { path: "dr.yaml", text: config, sha256: "" },
    env: "demo",
    flags: { in: ["recovery=recovery"], mfa: FACTORS, "source-identity": "ann" },
    prompt: { line: async () => "123456" },
    plan: `sha256:${"0".repeat(64)}`,
  })
  const environment = environmentOf(loadEstate({ path: "dr.yaml", text: config }), "demo")
  const actors = meddled(table.actors, meddle)
  return {
    table,
    clock,
    events,
    close: () => table.close(),
    plan: async (revoke = []) =>
      planKeys(environment, await table.readInventory(), {
        now: clock.now(),
        validFor: 86_400_000,
        tool: "test",
        revoke,
        named: await table.readNamedRoles(),
      }),
    apply: (plan) =>
      applyKeyPlan(
        {
          clock,
          emit: deps.events.emit,
          signal,
          run: deps.run,
          environment,
          actors,
          readInventory: table.readInventory,
          readNamedRoles: table.readNamedRoles,
          progress: planProgress(new StateFolder(join(demo.folder, state))),
        },
        plan,
      ),
  }
}

const FACTORS = ["workload=arn:aws:iam::111111111111:mfa/ann", "recovery=arn:aws:iam::222222222222:mfa/ann"]

const CHANGES = [
  "createKey",
  "replicateKey",
  "createAlias",
  "putPolicy",
  "tag",
  "describe",
  "enableRotation",
  "createGrant",
  "revokeGrant",
]

function meddled(actors: Actors, meddle: Meddle): Actors {
  return {
    reader: (account) => actors.reader(account),
    drill: (account, region) => actors.drill(account, region),
    admin: async (account, as) => {
      const port = await actors.admin(account, as)
      const changed = CHANGES.map((name) => {
        const call = port[name as keyof KeyAdminPort] as (...args: unknown[]) => Promise<unknown>
        return [name, (...args: unknown[]) => meddle(name, () => call(...args))] as const
      })
      return { ...port, ...Object.fromEntries(changed) }
    },
  }
}

/** Dies at the n-th call that changes something, before it is sent or after it was done: nothing comes after. */
export function dyingAt(fatal: number, when: "before" | "after"): Meddle & { readonly died: () => boolean } {
  let calls = 0
  let dead = false
  const meddle = async (_name: string, call: () => Promise<unknown>): Promise<unknown> => {
    if (dead) throw new Killed()
    calls += 1
    if (calls !== fatal) return call()
    dead = true
    if (when === "after") await call()
    throw new Killed()
  }
  return Object.assign(meddle, { died: () => dead })
}

/** No DrError: nothing may catch it. */
export class Killed extends Error {
  override readonly name = "Killed"
}

/** What two inventories must have in common when the same work was done: all but ids and times. */
export function essence(inventory: KeyInventory): unknown {
  const text = JSON.stringify(inventory.keys, (name, value: unknown) =>
    ["createdAt", "creationDate", "nextAt", "use", "materials", "id"].includes(name) ? undefined : value,
  )
  const ids = [...new Set(text.match(/mrk-[0-9a-f]{32}/g))]
  return JSON.parse(ids.reduce((all, id, at) => all.replaceAll(id, `KEY-${at}`), text)) as unknown
}
