import { isoStamp } from "../../kernel/clock.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { MINUTE, SECOND } from "../../kernel/units.ts"
import { regionOf } from "../../access/arn.ts"
import type { AccountReader, DescribedKey, KeyMaterial, KeyRotation } from "../inventory-port.ts"
import { broughtBy, decideOnDemand, intentFor, MOST_ON_DEMAND, usedOnDemand } from "./on-demand-decision.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"

export type KeySide = "workload" | "recovery"

/** How a key rotates now. */
export interface RotationNow {
  readonly side: KeySide
  readonly alias: string
  /** The primary's. */
  readonly arn: KeyArn
  readonly state: string
  /** Undefined for kinds of key that do not rotate. */
  readonly automatic?: KeyRotation
  readonly onDemand: { readonly used: number; readonly most: number }
}

export interface OnDemandResult extends RotationNow {
  /** `before`: an earlier run had done it and did not live to hear so. */
  readonly done: "now" | "before"
  /** The new material; everything written from now on is under it. */
  readonly material: KeyMaterial
  readonly warnings: readonly string[]
}

/** @throws DrError E_AWS_NOT_FOUND when nothing is behind the alias */
export async function rotationNow(deps: RotateDeps, scope: RotationScope, side: KeySide): Promise<RotationNow> {
  const { reader, key } = await openKey(deps, scope, side)
  const facts = await readRotation(reader, key)
  return nowOf(side, aliasOf(scope, side), key, facts)
}

/**
 * Rotates once, whatever happens to the answer: what is to be done is on disk before it is sent, and AWS is asked what came
 * of it. May be called again after a kill.
 * @throws DrError E_ROTATION_REFUSED (3; 75 when it only has to wait), E_UNCONFIRMED (64), E_ROTATION_UNKNOWN (75)
 */
export async function rotateOnDemand(deps: RotateDeps, scope: RotationScope, side: KeySide): Promise<OnDemandResult> {
  const { reader, key } = await openKey(deps, scope, side)
  const alias = aliasOf(scope, side)
  const { rotation, materials } = await readRotation(reader, key)
  const intent = await deps.store.intent()
  const decision = decideOnDemand({ key, rotation, materials, intent, now: deps.clock.now() })
  const finish = async (done: "now" | "before", warnings: readonly string[], material: KeyMaterial) => {
    await deps.store.saveIntent(undefined)
    return { ...nowOf(side, alias, key, await readRotation(reader, key)), done, material, warnings }
  }
  switch (decision.kind) {
    case "done-before":
      return finish("before", [], decision.material)
    case "refused":
      throw refused(scope, key.arn, decision)
    case "under-way": {
      const known = intent?.key === key.arn ? intent : intentFor(key.arn, materials)
      return finish("before", [], await awaited(deps, reader, key.arn, known, 20 * MINUTE))
    }
    case "rotate": {
      const left = MOST_ON_DEMAND - usedOnDemand(materials)
      const warnings = decision.warning === undefined ? [] : [decision.warning]
      for (const message of warnings) deps.emit("warning", { message })
      await deps.consent.irreversible(
        `rotate ${alias} (${key.arn}) on demand: rotation ${MOST_ON_DEMAND - left + 1} of ${MOST_ON_DEMAND} in its life, which no one gives back`,
        alias,
      )
      const written = intentFor(key.arn, materials)
      await deps.store.saveIntent(written)
      const patience = await send(deps, scope, side, key.arn)
      return finish("now", warnings, await awaited(deps, reader, key.arn, written, patience))
    }
  }
}

const accountOf = ({ environment }: RotationScope, side: KeySide) => environment[side].id
const aliasOf = ({ key }: RotationScope, side: KeySide): string =>
  side === "workload" ? key.alias : key.recovery.alias

/** The primary behind the alias, wherever it is by now. */
async function openKey(
  deps: RotateDeps,
  scope: RotationScope,
  side: KeySide,
): Promise<{ reader: AccountReader; key: DescribedKey }> {
  const reader = await deps.actors.reader(accountOf(scope, side))
  const home = side === "workload" ? scope.environment.primaryRegion : (scope.key.recovery.regions[0] as RegionName)
  const found = await reader.describeKey(home, aliasOf(scope, side))
  // AWS names the primary first.
  const [primary] = found.related
  const key =
    found.multiRegionType === "REPLICA" && primary !== undefined
      ? await reader.describeKey(regionOf(primary), primary)
      : found
  return { reader, key }
}

async function readRotation(
  reader: AccountReader,
  { arn, spec }: Pick<DescribedKey, "arn" | "spec">,
): Promise<{ rotation: KeyRotation | undefined; materials: readonly KeyMaterial[] }> {
  if (spec !== "SYMMETRIC_DEFAULT") return { rotation: undefined, materials: [] }
  const region = regionOf(arn)
  const [rotation, materials] = await Promise.all([reader.rotation(region, arn), reader.materials(region, arn)])
  return { rotation, materials }
}

const nowOf = (
  side: KeySide,
  alias: string,
  { arn, state }: DescribedKey,
  { rotation, materials }: Awaited<ReturnType<typeof readRotation>>,
): RotationNow => ({
  side,
  alias,
  arn,
  state,
  ...(rotation === undefined ? {} : { automatic: rotation }),
  onDemand: { used: usedOnDemand(materials), most: MOST_ON_DEMAND },
})

/** Sends it once. Resolves to how long its effect is waited for: an answer that was lost may be one to a call that never came. */
async function send(deps: RotateDeps, scope: RotationScope, side: KeySide, key: KeyArn): Promise<number> {
  const admin = await deps.actors.admin(accountOf(scope, side), "operator")
  try {
    await admin.rotateOnDemand(key)
    return 20 * MINUTE
  } catch (thrown) {
    if (!mayHaveHappened(thrown)) {
      await deps.store.saveIntent(undefined)
      throw thrown
    }
    return MINUTE
  }
}

/** Whatever AWS refused by name did not happen. */
const REFUSALS: ReadonlySet<string> = new Set([
  "E_AWS_ACCESS_DENIED",
  "E_AWS_INVALID",
  "E_AWS_CONFLICT",
  "E_AWS_NOT_FOUND",
  "E_AWS_THROTTLED",
  "E_AWS_EXPIRED_TOKEN",
  "E_CREDENTIALS",
  "E_KEY_STATE",
])
const mayHaveHappened = (thrown: unknown): boolean => !(thrown instanceof DrError && REFUSALS.has(thrown.code))

const LOOK_EVERY = 5 * SECOND

/** Asks until the rotation is listed. @throws DrError E_ROTATION_UNKNOWN (75): run again, which looks first */
async function awaited(
  deps: RotateDeps,
  reader: AccountReader,
  key: KeyArn,
  intent: Parameters<typeof broughtBy>[0],
  patience: number,
): Promise<KeyMaterial> {
  const { clock, signal } = deps
  for (const since = clock.mono(); ; await clock.sleep(LOOK_EVERY, signal)) {
    const found = broughtBy(intent, await reader.materials(regionOf(key), key))
    if (found !== undefined) return found
    if (clock.mono() - since >= patience)
      throw new DrError({
        code: "E_ROTATION_UNKNOWN",
        exit: EXIT.tryLater,
        message: `kms:RotateKeyOnDemand of ${key} is not listed by AWS (last asked at ${isoStamp(clock.now())}): nobody can say yet whether it was done`,
        hints: ["run the same command again: it looks first and never rotates twice"],
      })
  }
}

function refused(
  { key: { name }, environment }: RotationScope,
  key: string,
  { code, why, later }: { code: string; why: string; later: boolean },
): DrError {
  return new DrError({
    code: "E_ROTATION_REFUSED",
    exit: later ? EXIT.tryLater : EXIT.checkSaysNo,
    message: `${key} is not rotated: ${why}`,
    details: { reason: code },
    hints: code === "none-left" ? [`dr keys rotate ${name} -e ${environment.name} --manual`] : [],
  })
}
