import type { AccountId, RegionName } from "../../kernel/brands.ts"
import type { KmsForServices } from "../core/world.ts"
import { managedKeyPolicy } from "./default-policies.ts"
import { openBlob, sealingKey } from "./envelope.ts"
import type { KmsKey } from "./key.ts"
import { addNewKey, newKeyId } from "./new-key.ts"
import { reWrap } from "./re-wrap.ts"
import { resolveKey } from "./resolve.ts"
import { aliasKey, forgetFacts, keyIn, type KmsStore } from "./store.ts"
import { recordUse } from "./usage.ts"

/** KMS as S3 uses it: through the same checks as the API. */
export function kmsForServices(store: KmsStore): KmsForServices {
  return {
    generateDataKey(by, keyRef, context) {
      const sealing = sealingKey(store, by, keyRef, { action: "GenerateDataKey", context })
      const plaintext = Buffer.from(store.world.random(32))
      const wrapped = sealing.seal(plaintext)
      recordUse(store, sealing.key, "GenerateDataKey", by)
      return { keyArn: sealing.key.arn, plaintext, wrapped }
    },
    decrypt(by, wrapped, context) {
      const opened = openBlob(store, by, wrapped, undefined, { action: "Decrypt", context })
      recordUse(store, opened.key, "Decrypt", by)
      return { keyArn: opened.key.arn, plaintext: opened.plaintext }
    },
    reWrap: (by, from, keyRef, context) => reWrap(store, by, from, keyRef, context),
    resolveKeyArn: (by, keyRef) => resolveKey(store, by.region, by.caller.account, keyRef).arn,
    managedKeyArn(account, region, name) {
      const known = store.aliases.get(aliasKey(region, account, name))
      const key = known === undefined ? undefined : keyIn(store, region, known.keyId)
      return (key ?? makeManagedKey(store, account, region, name)).arn
    },
  }
}

function makeManagedKey(store: KmsStore, account: AccountId, region: RegionName, name: string): KmsKey {
  const made = addNewKey(store, {
    id: newKeyId(store, false),
    account,
    region,
    multiRegion: false,
    origin: "AWS_KMS",
    spec: "SYMMETRIC_DEFAULT",
    description: "Default key that protects my S3 objects when no other key is defined",
    policy: managedKeyPolicy(account, region, name),
    tags: new Map(),
    manager: "AWS",
  })
  const keyId = made.group.id
  const alias = { name, account, region, createdAt: made.createdAt, updatedAt: 0, keyId }
  store.aliases.set(aliasKey(region, account, name), alias)
  forgetFacts(store)
  return made
}
