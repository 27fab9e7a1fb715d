import type { KmsForServices } from "../core/world.ts"
import { openBlob, sealingKey } from "./envelope.ts"
import { aliasKey, createKey, defaultPolicy, keyIn, resolveKey, type KmsStore } from "./store.ts"

/** KMS as S3 uses it: through the same checks as the API. */
export function kmsForServices(store: KmsStore): KmsForServices {
  return {
    generateDataKey(by, keyRef, context) {
      const sealing = sealingKey(store, by, keyRef, "GenerateDataKey", context)
      const plaintext = Buffer.from(store.world.random(32))
      return { keyArn: sealing.key.arn, plaintext, wrapped: sealing.seal(plaintext) }
    },
    decrypt(by, wrapped, context) {
      const opened = openBlob(store, by, wrapped, undefined, "Decrypt", context)
      return { keyArn: opened.key.arn, plaintext: opened.plaintext }
    },
    resolveKeyArn: (by, keyRef) => resolveKey(store, by.region, by.caller.account, keyRef).arn,
    managedKeyArn(account, region, name) {
      const known = store.aliases.get(aliasKey(region, account, name))
      const key = known === undefined ? undefined : keyIn(store, region, known.keyId)
      if (key !== undefined) return key.arn
      const made = createKey(store, {
        account,
        region,
        multiRegion: false,
        origin: "AWS_KMS",
        description: "Default key that protects my S3 objects when no other key is defined",
        policy: defaultPolicy(account, region),
        tags: new Map(),
        manager: "AWS",
      })
      const now = made.createdAt
      store.aliases.set(aliasKey(region, account, name), {
        name,
        account,
        region,
        createdAt: now,
        updatedAt: 0,
        keyId: made.group.id,
      })
      return made.arn
    },
  }
}
