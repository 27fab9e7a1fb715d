import { timingSafeEqual } from "node:crypto"
import { keyArn } from "../../access/arn.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { SECOND } from "../../kernel/units.ts"
import type { Key } from "../policy/scene.ts"
import type { ApplyDeps, StepDeps } from "./apply-deps.ts"
import type { KeyIds } from "./take-step.ts"
import { waitUntil } from "./wait-until.ts"

/** What real bytes said about one key of dr.yaml. */
export interface Proof {
  readonly key: string
  /** `not-proven`: nothing speaks against it, and nothing for it. */
  readonly result: "proven" | "not-proven"
  /** In the order in which they were used. */
  readonly keys: readonly KeyArn[]
  readonly note: string
}

/** No plan stands behind it. */
type TripDeps = StepDeps & Pick<ApplyDeps, "environment" | "run">

interface Route {
  readonly primary: KeyArn
  readonly replica: KeyArn
  readonly recovery: KeyArn
  readonly opened: KeyArn
  readonly regions: readonly [first: RegionName, second: RegionName, third: RegionName]
}

/**
 * A data key made under the primary in one Region is re-encrypted from the replica to the recovery key in another, and
 * opened under the recovery key in a third or back in the first: what a drill does, with the rights of drills.
 * @throws DrError E_PROOF (1) when the bytes differ: then one of the keys is not what it says
 */
export async function roundTrip(deps: TripDeps, key: Key, ids: KeyIds): Promise<Proof> {
  const started = deps.clock.mono()
  const proof = await prove(deps, key, ids)
  const { result, note } = proof
  deps.emit("proof.finished", {
    key: key.name,
    result,
    keys: [...proof.keys],
    note,
    durationMs: deps.clock.mono() - started,
  })
  return proof
}

async function prove(deps: TripDeps, key: Key, ids: KeyIds): Promise<Proof> {
  const route = routeOf(deps, key, ids)
  if (typeof route === "string") return { key: key.name, result: "not-proven", keys: [], note: route }
  const keys = [route.primary, route.replica, route.recovery, route.opened]
  try {
    await travel(deps, route)
  } catch (thrown) {
    deps.signal.throwIfAborted()
    if (!(thrown instanceof DrError) || thrown.code === "E_PROOF") throw thrown
    return { key: key.name, result: "not-proven", keys, note: messageOf(thrown) }
  }
  const [first, second, third] = route.regions
  return {
    key: key.name,
    result: "proven",
    keys,
    note: `made under the key in ${first}, re-encrypted from its replica in ${second}, opened under the recovery key in ${third}: the same bytes`,
  }
}

/** Why not, as text, where rights or Regions do not allow it. */
function routeOf({ environment }: TripDeps, key: Key, ids: KeyIds): Route | string {
  const { workload, recovery, primaryRegion } = environment
  const [source, backup] = [ids.get(`workload/${key.name}`), ids.get(`recovery/${key.name}`)]
  if (key.policy === "seed-default") return "the seed-default template lets no drill role use the key"
  if (key.origin === "EXTERNAL") return "its material is imported: dr keys escrow drill proves such a key"
  if (workload.roles.drill === undefined || recovery.roles.drill === undefined) return "dr.yaml names no drill role"
  if (source === undefined || backup === undefined) return "one of the two keys is not there"
  if (!source.startsWith("mrk-")) return "the key is in one Region only"
  const second = key.replicas.find((region) => key.recovery.regions.includes(region))
  if (second === undefined) return "no Region holds both a replica and the recovery key"
  const third = key.recovery.regions.find((region) => region !== second)
  if (third === undefined) return "the recovery key is in one Region only"
  return {
    primary: keyArn(primaryRegion, workload.id, source),
    replica: keyArn(second, workload.id, source),
    recovery: keyArn(second, recovery.id, backup),
    opened: keyArn(third, recovery.id, backup),
    regions: [primaryRegion, second, third],
  }
}

async function travel(deps: TripDeps, { primary, replica, recovery, opened, regions }: Route): Promise<void> {
  const { actors, environment, run } = deps
  const context = { "dr-run": run }
  const [first, second, third] = regions
  const maker = await actors.drill(environment.workload.id, first)
  const rewrapper = await actors.drill(environment.recovery.id, second)
  const opener = await actors.drill(environment.recovery.id, third)
  const made = await patiently(deps, () => maker.generateDataKey(primary, context))
  try {
    const { wrapped } = await patiently(deps, () => rewrapper.reEncrypt(made.wrapped, replica, recovery, context))
    const plaintext = await patiently(deps, () => opener.decrypt(wrapped, opened, context))
    try {
      const same = plaintext.length === made.plaintext.length && timingSafeEqual(plaintext, made.plaintext)
      if (!same) throw otherBytes(primary, opened)
    } finally {
      plaintext.fill(0)
    }
  } finally {
    made.plaintext.fill(0)
  }
}

/** A policy that was set a moment ago may not be seen everywhere; a refusal that lasts is one. */
async function patiently<T>(deps: TripDeps, ask: () => Promise<T>): Promise<T> {
  let answer: { readonly value: T } | undefined
  let refusal: unknown
  const waiting = { phase: "proof", what: "the keys refuse", limit: 10 * SECOND }
  try {
    await waitUntil(deps, waiting, async () => {
      try {
        answer = { value: await ask() }
        return true
      } catch (thrown) {
        if (!(thrown instanceof DrError) || thrown.code !== "E_AWS_ACCESS_DENIED") throw thrown
        refusal = thrown
        return false
      }
    })
  } catch (thrown) {
    throw refusal !== undefined && thrown instanceof DrError && thrown.code === "E_STILL_WAITING" ? refusal : thrown
  }
  return (answer as { readonly value: T }).value
}

const otherBytes = (made: KeyArn, opened: KeyArn): DrError =>
  new DrError({
    code: "E_PROOF",
    exit: EXIT.failed,
    message: `what was made under ${made} opened under ${opened} to other bytes`,
    hints: ["trust neither key before somebody has looked: dr keys status"],
  })
