import type { KeyArn, RegionName } from "../kernel/brands.ts"
import { arnIn, readPlaces, type EscrowPlace } from "../keys/escrow/places.ts"
import type { EscrowRecord } from "../keys/escrow/set.ts"
import { Prompt } from "./ask.ts"
import type { Deps } from "./deps.ts"
import type { EscrowScene } from "./escrow-table.ts"
import { openActors, type ActorFlags } from "./key-actors.ts"

/**
 * The material of each key with an escrow, by the key's name, in every Region that dr.yaml names. By the ARN of its set
 * where there is one, as an alias may not be there yet. @throws DrError E_CREDENTIALS (77)
 */
export async function escrowPlaces(
  deps: Deps,
  { estate, environment, keys }: EscrowScene,
  records: readonly EscrowRecord[],
  flags: ActorFlags,
): Promise<ReadonlyMap<string, readonly EscrowPlace[]>> {
  const prompt = new Prompt({ silent: true, signal: deps.signal })
  const actors = await openActors(deps, { estate, environment, flags, prompt, plan: "" })
  try {
    const found = new Map<string, readonly EscrowPlace[]>()
    for (const { key, account, alias, regions } of keys) {
      const arn: KeyArn | undefined = records.find((record) => record.set.key === key && record.stage === "complete")
        ?.set.keyArn
      const ref = (region: RegionName): string => (arn === undefined ? alias : arnIn(arn, region))
      found.set(key, await readPlaces(await actors.reader(account), ref, regions, deps.signal))
    }
    return found
  } finally {
    actors.close()
  }
}
