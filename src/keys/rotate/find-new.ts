import { keyArn } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { mapBounded } from "../../kernel/concurrency.ts"
import { DrError } from "../../kernel/errors.ts"
import type { AccountReader } from "../inventory-port.ts"
import { KEY_TAGS } from "../status/key-inventory.ts"
import { isNewKeyOf } from "./new-key.ts"
import { found } from "./position.ts"
import type { RotationScope } from "./ports.ts"

export interface FoundNewKey {
  readonly arn: KeyArn
  /** The rotation that made it. */
  readonly rotation: string
}

const IN_FLIGHT = 16

/**
 * Keys in the primary Region that a rotation of this key made and whose alias has not come yet: after a kill between making
 * the key and writing it down, this is how it is found again. Keys behind an alias are some other key's or in use already.
 */
export async function findNewKeys(reader: AccountReader, scope: RotationScope): Promise<readonly FoundNewKey[]> {
  const { environment, key } = scope
  const region = environment.primaryRegion
  const [keys, aliases] = await Promise.all([reader.keysIn(region), reader.aliasesIn(region)])
  const named = new Set(aliases.map(({ keyId }) => keyArn(region, reader.account, keyId)))
  const tagged = await mapBounded(
    keys.filter((arn) => !named.has(arn)),
    IN_FLIGHT,
    async (arn) => ({ arn, tags: await tagsOf(reader, scope, arn) }),
  )
  const ours = tagged.filter(({ tags }) => isNewKeyOf(tags, environment.name, key.name))
  const alive = await mapBounded(ours, IN_FLIGHT, async ({ arn, tags }) => ({
    arn,
    rotation: tags[KEY_TAGS.rotation] ?? "",
    state: (await found(reader, region, arn))?.state,
  }))
  return alive
    .filter(({ state }) => state !== undefined && !state.startsWith("Pending"))
    .map(({ arn, rotation }) => ({ arn, rotation }))
}

/** A key whose tags the reader may not see is not ours: our policies let the account look. */
async function tagsOf(
  reader: AccountReader,
  { environment }: RotationScope,
  arn: KeyArn,
): Promise<Readonly<Record<string, string>>> {
  return reader.keyTags(environment.primaryRegion, arn).catch((thrown: unknown) => {
    if (thrown instanceof DrError && (thrown.code === "E_AWS_ACCESS_DENIED" || thrown.code === "E_AWS_NOT_FOUND"))
      return {}
    throw thrown
  })
}
