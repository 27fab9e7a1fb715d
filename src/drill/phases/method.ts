import { timingSafeEqual } from "node:crypto"
import { DrError } from "../../kernel/errors.ts"
import { canaryDigest } from "../compare.ts"
import { copySample, type Sampled } from "../copy-sample.ts"
import type { CopiedObject, DrillContext, KeysByName, SampledObject, Sessions } from "../context.ts"
import type { ListedObject } from "../ports.ts"
import { drawSample } from "../sampling.ts"
import type { FoundKeys, ScopedDataset } from "../scope.ts"
import { sideOf } from "../side.ts"

/** Canaries read per dataset and side, beyond the sample. */
const CANARIES = 8

/** Draws the sample and re-encrypts it under the recovery key into the scratch prefix. */
export async function method(context: DrillContext, sessions: Sessions, keys: KeysByName): Promise<CopiedObject[]> {
  const copied: CopiedObject[] = []
  for (const dataset of context.scope.datasets) {
    const found = keysFor(keys, dataset)
    for (const from of context.scope.definition.sample.from) {
      const sampled = await sampleOf(context, sessions, dataset, from)
      copied.push(...(await copySample(context, sessions, sampled, found)))
    }
    await rewrapDataKeys(context, sessions, found)
  }
  return copied
}

export function keysFor(keys: KeysByName, dataset: ScopedDataset): FoundKeys {
  const found = keys.get(dataset.key)
  if (found === undefined)
    throw new DrError({
      code: "E_KEY_MISSING",
      message: `dataset ${dataset.name} names key ${dataset.key}, which was not described`,
    })
  return found
}

async function sampleOf(
  context: DrillContext,
  sessions: Sessions,
  dataset: ScopedDataset,
  from: SampledObject["from"],
): Promise<Sampled> {
  const { scope, deps } = context
  const side = sideOf(context, dataset, from)
  const canaryPrefix = dataset.canaryPrefix === undefined ? undefined : side.prefix + dataset.canaryPrefix
  const canaries: ListedObject[] = []
  const listing = keepCanaries(
    context.s3(sessions.recovery, side.region).list(side.bucket, side.prefix, side.owner),
    canaryPrefix,
    canaries,
  )
  const drawn = await drawSample(
    listing,
    scope.sampleSize,
    `${scope.seed}/${dataset.name}/${from}`,
    side.prefix,
    deps.clock.now(),
  )
  deps.emit("sample.drawn", {
    drill: context.drill,
    dataset: `${dataset.name} (${from === "source" ? "source" : "recovery copy"})`,
    population: drawn.population.count + canaries.length,
    populationBytes: drawn.population.bytes + canaries.reduce((sum, object) => sum + object.sizeBytes, 0),
    drawn: drawn.objects.length,
    drawnBytes: drawn.objects.reduce((sum, object) => sum + object.sizeBytes, 0),
    seed: scope.seed,
    strata: drawn.strata,
    canaries: canaries.length,
  })
  const place = `s3://${side.bucket}/${side.prefix}`
  if (drawn.objects.length === 0) {
    context.check(
      "method",
      `objects to sample in ${place}`,
      "failed",
      "at least 1",
      "0: an empty dataset proves nothing",
    )
  }
  const listed = [...drawn.objects, ...canaries]
  const objects = listed.map((object): SampledObject => {
    const known = canaryDigest(object.key, canaryPrefix)
    return {
      dataset,
      from,
      origin: { bucket: side.bucket, key: object.key, owner: side.owner },
      label: `s3://${side.bucket}/${object.key}`,
      ...(known === undefined ? {} : { knownSha256: known }),
    }
  })
  return { objects, listed: listed.map((object) => ({ ...object, etag: "" })) } // HEAD tells the ETag
}

/** Takes the canaries out of the stream (they are read in addition to the sample); further ones are objects like all others. */
async function* keepCanaries(
  listing: AsyncIterable<ListedObject>,
  prefix: string | undefined,
  canaries: ListedObject[],
): AsyncIterable<ListedObject> {
  for await (const object of listing) {
    const takesPart = canaries.length < CANARIES && canaryDigest(object.key, prefix) !== undefined
    if (takesPart) canaries.push(object)
    else yield object
  }
}

/**
 * Envelope encryption outside S3: a data key wrapped under the workload key is re-encrypted by KMS under the recovery key
 * and must open there to the same bytes. In the recovery Region, through the replica: the primary's Region may be gone.
 */
async function rewrapDataKeys(context: DrillContext, sessions: Sessions, keys: FoundKeys): Promise<void> {
  const { deps, scope } = context
  const source = keys.replica
  const wanted = scope.definition.rewrapDataKeys
  if (wanted === 0) return
  if (source === undefined) {
    context.check(
      "method",
      "re-encryption of wrapped data keys",
      "skipped",
      "a replica in the recovery Region",
      "the key has none: KMS cannot re-encrypt across Regions",
    )
    return
  }
  const encryptionContext = { "dr-run": deps.run, "dr-drill": scope.definition.name }
  for (let index = 0; index < wanted; index++) {
    const started = deps.clock.mono()
    const { plaintext, wrapped } = await context.kms(sessions.workload).generateDataKey(source, encryptionContext)
    try {
      const moved = await context.kms(sessions.recovery).reEncrypt(wrapped, source, keys.recovery, encryptionContext)
      const opened = await context.kms(sessions.recovery).decrypt(moved.wrapped, keys.recovery, encryptionContext)
      const same = opened.byteLength === plaintext.byteLength && timingSafeEqual(opened, plaintext)
      opened.fill(0)
      if (!same || moved.to !== keys.recovery) {
        context.check(
          "method",
          `data key ${index + 1} under ${keys.recovery}`,
          "failed",
          "the same bytes",
          same ? `wrapped under ${moved.to}` : "other bytes",
        )
        continue
      }
      deps.emit("datakey.rewrapped", {
        drill: context.drill,
        fromKeyArn: source,
        toKeyArn: keys.recovery,
        durationMs: deps.clock.mono() - started,
      })
    } finally {
      plaintext.fill(0)
    }
  }
}
