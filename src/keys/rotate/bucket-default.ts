import { keyIdOf } from "../../access/arn.ts"
import type { BucketName, KeyArn } from "../../kernel/brands.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { datasetsOf } from "../policy/scene.ts"
import type { BucketKeys } from "./edits.ts"
import type { DefaultKey } from "./proof.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"

/** What the bucket's default encryption names, as its account's reader sees it. */
export async function bucketDefaultOf(
  { actors }: RotateDeps,
  { environment }: RotationScope,
  bucket: BucketName,
  newKey: KeyArn,
): Promise<DefaultKey> {
  try {
    const reader = await actors.reader(environment.workload.id)
    const named = await reader.bucketKey(bucket, environment.primaryRegion)
    if (named === undefined) return { kind: "none" }
    return named === newKey || named === keyIdOf(newKey) ? { kind: "new" } : { kind: "other", named }
  } catch (thrown) {
    if (!(thrown instanceof DrError)) throw thrown
    return { kind: "unread", why: messageOf(thrown) }
  }
}

/** Of the key's buckets, as far as they can be read: an edit must not change what it is not about. */
export async function bucketKeysOf({ actors }: RotateDeps, { environment, key }: RotationScope): Promise<BucketKeys> {
  const reader = await actors.reader(environment.workload.id)
  const found = new Map<string, boolean>()
  for (const { bucket } of datasetsOf(environment, key)) {
    try {
      found.set(bucket, await reader.usesBucketKey(bucket, environment.primaryRegion))
    } catch (thrown) {
      if (!(thrown instanceof DrError)) throw thrown
    }
  }
  return found
}
