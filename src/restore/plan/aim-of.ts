import type { Aim, Place } from "../objects.ts"
import type { BucketFacts } from "../bucket-facts.ts"
import type { Looked } from "./preflight.ts"
import type { End, Way } from "./way.ts"

export interface Wishes {
  /** Left out = as the destination's default encryption has it. */
  readonly bucketKey?: boolean | undefined
  readonly storageClass: string
}

/** What a run aims at, from what was asked for and what was looked at. Undefined without a key. */
export function aimOf(way: Way, { key, source, destination }: Looked, wishes: Wishes): Aim | undefined {
  if (key === undefined) return undefined
  const locks = way.operation === "copy" && source?.objectLock === true && destination?.objectLock === true
  return {
    source: placeOf(way.source, source),
    destination: placeOf(way.destination, destination),
    keyArn: key.arn,
    bucketKey: wishes.bucketKey ?? destination?.bucketKey ?? false,
    storageClass: wishes.storageClass,
    ...(locks ? { lock: "keep" } : {}),
  }
}

const placeOf = ({ bucket, prefix, account, region }: End, facts: BucketFacts | undefined): Place => ({
  bucket,
  prefix,
  owner: account.id,
  region,
  ...(facts?.requesterPays === true ? { requestPayer: true } : {}),
})
