import { relatedIn } from "../../access/arn.ts"
import type { AccountId, KeyArn, RegionName } from "../../kernel/brands.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { workloadRegions } from "../policy/scene.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"

/** What was tried with the new key before anything is written under it. */
export interface KeyProof {
  readonly ok: boolean
  readonly what: string
  /** Why it was not shown. */
  readonly why?: string
}

/**
 * A data key made under the new key in its primary Region is rewrapped by its relative in a Region of the recovery key, and
 * opened there to the same bytes: replica, policies and the way to the recovery account in one. Leaves nothing behind.
 */
export async function proveNewKey(
  deps: RotateDeps,
  { environment, key }: RotationScope,
  newKey: KeyArn,
  rotation: string,
): Promise<KeyProof> {
  const { workload, recovery, primaryRegion } = environment
  const shared = workloadRegions(environment, key).filter((region) => key.recovery.regions.includes(region))
  const region = shared.find((each) => each !== primaryRegion) ?? shared[0]
  if (region === undefined)
    return {
      ok: false,
      what: "the new key and the recovery key meet",
      why: `they share no Region: ${key.recovery.regions.join(", ")}`,
    }
  const what = `a data key made in ${primaryRegion} opens under the recovery key in ${region}`
  try {
    await throughBoth(deps, { workload: workload.id, recovery: recovery.id, alias: key.recovery.alias }, newKey, {
      from: primaryRegion,
      to: region,
      context: { "dr-run": rotation },
    })
    return { ok: true, what }
  } catch (thrown) {
    if (!(thrown instanceof DrError)) throw thrown
    return { ok: false, what, why: messageOf(thrown) }
  }
}

interface Ids {
  readonly workload: AccountId
  readonly recovery: AccountId
  /** Of the recovery key. */
  readonly alias: string
}

async function throughBoth(
  { actors }: RotateDeps,
  { workload, recovery, alias }: Ids,
  newKey: KeyArn,
  way: { readonly from: RegionName; readonly to: RegionName; readonly context: Readonly<Record<string, string>> },
): Promise<void> {
  const [maker, opener] = await Promise.all([actors.drill(workload, way.from), actors.drill(recovery, way.to)])
  const { arn: recoveryKey } = await opener.describeKey(alias)
  const { plaintext, wrapped } = await maker.generateDataKey(newKey, way.context)
  let opened: Uint8Array | undefined
  try {
    const again = await opener.reEncrypt(wrapped, relatedIn(way.to, newKey), recoveryKey, way.context)
    opened = await opener.decrypt(again.wrapped, recoveryKey, way.context)
    if (Buffer.compare(plaintext, opened) !== 0)
      throw new DrError({ code: "E_KEY_PROOF", message: `${newKey} and ${recoveryKey} do not give the same data key` })
  } finally {
    plaintext.fill(0)
    opened?.fill(0)
  }
}
