import { bucketArn, objectArn, partitionOf } from "../../access/arn.ts"
import type { Facts } from "../../access/context.ts"
import { s3In } from "../../keys/policy/scene.ts"
import type { RegionName } from "../../kernel/brands.ts"
import type { ObjectRef } from "../ports.ts"
import type { DrillScope, FoundKeys, ScopedDataset } from "../scope.ts"

/** Who of the drill must be able to do something. */
export type Actor = "workload" | "recovery"

/** One right without which the drill cannot end, clean-up included. */
export interface Need {
  readonly actor: Actor
  readonly action: string
  readonly resource: string
  readonly resourceAccount: string
  /** Condition keys that the call will carry. */
  readonly facts: Facts
  /** What it is for: ends a sentence that begins with the role. */
  readonly why: string
  /** How people know the resource, where that is not its ARN. */
  readonly shown?: string
}

/** What the drill found where it will read. With a version id, rights on versions are needed too. */
export interface FoundObject {
  readonly ref: ObjectRef
  readonly versionId?: string
}

export interface Finds {
  readonly keys: ReadonlyMap<string, FoundKeys>
  /** The first object of each side: `loki/source`, `loki/recovery-copy`. */
  readonly objects: ReadonlyMap<string, FoundObject>
}

export const sideName = (dataset: ScopedDataset, from: "source" | "recovery-copy"): string => `${dataset.name}/${from}`

/** The rights of one drill, each as its calls will ask for it. Pure. `scratchPrefix` is where this run writes. */
export function drillNeeds(scope: DrillScope, finds: Finds, scratchPrefix: string, run: string): Need[] {
  return [
    ...scope.datasets.flatMap((dataset) => {
      const keys = finds.keys.get(dataset.key)
      return keys === undefined ? [] : datasetNeeds(scope, dataset, keys, finds)
    }),
    ...[...finds.keys.values()].flatMap((keys) => [
      ...rewrapNeeds(scope, keys, run),
      ...scratchNeeds(scope, keys, scratchPrefix),
    ]),
  ].filter(unlikeThoseBefore())
}

/** Two datasets under one key need the same of it. */
function unlikeThoseBefore(): (need: Need) => boolean {
  const seen = new Set<string>()
  return ({ actor, action, resource, facts }) => {
    const name = JSON.stringify([actor, action, resource, facts])
    return !seen.has(name) && seen.add(name) !== undefined
  }
}

function datasetNeeds(scope: DrillScope, dataset: ScopedDataset, keys: FoundKeys, finds: Finds): Need[] {
  const readsSource = scope.definition.expect.source === "readable"
  return [
    ...readNeeds(finds.objects.get(sideName(dataset, "recovery-copy")), {
      bucket: dataset.recoveryBucket,
      prefix: dataset.recoveryPrefix,
      owner: scope.recovery.account,
      region: scope.recoveryRegion,
      keyArn: keys.recovery,
      what: `the recovery copy of ${dataset.name}`,
    }),
    ...(readsSource
      ? readNeeds(finds.objects.get(sideName(dataset, "source")), {
          bucket: dataset.bucket,
          prefix: dataset.prefix,
          owner: scope.workload.account,
          region: scope.primaryRegion,
          keyArn: keys.primary,
          what: `the source of ${dataset.name}`,
        })
      : []),
  ]
}

interface Place {
  readonly bucket: string
  readonly prefix: string
  readonly owner: string
  readonly region: RegionName
  readonly keyArn: string
  readonly what: string
}

function readNeeds(found: FoundObject | undefined, place: Place): Need[] {
  const { bucket, prefix, owner, region, keyArn, what } = place
  const partition = partitionOf(region)
  const object = objectArn(bucket, found?.ref.key ?? `${prefix}x`, partition)
  const need = needsOf("recovery", owner)
  return [
    need("s3:ListBucket", bucketArn(bucket, partition), { "s3:prefix": prefix }, `to list ${what}`),
    need("s3:GetObject", object, {}, `to read ${what}`),
    need("s3:GetObjectTagging", object, {}, `to compare the tags of ${what}`),
    ...(found?.versionId !== undefined
      ? [
          need("s3:GetObjectVersion", object, {}, `to copy ${what}`),
          need("s3:GetObjectVersionTagging", object, {}, `to copy the tags of ${what}`),
        ]
      : []),
    need("kms:Decrypt", keyArn, throughS3(region, object), `to read ${what} through S3`),
  ]
}

/** Envelope encryption outside S3: made by the workload, re-encrypted and opened in the recovery account. */
function rewrapNeeds(scope: DrillScope, keys: FoundKeys, run: string): Need[] {
  const { replica, recovery } = keys
  if (scope.definition.rewrapDataKeys === 0 || replica === undefined) return []
  const facts = withContext({ "dr-run": run, "dr-drill": scope.definition.name })
  const { workload, recovery: party } = scope
  return [
    needsOf("workload", workload.account)(
      "kms:GenerateDataKey",
      replica,
      facts,
      "to make data keys that the drill rewraps",
    ),
    needsOf("recovery", workload.account)(
      "kms:ReEncryptFrom",
      replica,
      facts,
      "to rewrap data keys from the workload key",
    ),
    needsOf("recovery", party.account)(
      "kms:ReEncryptTo",
      recovery,
      facts,
      "to rewrap data keys under the recovery key",
    ),
    needsOf("recovery", party.account)("kms:Decrypt", recovery, facts, "to open rewrapped data keys"),
  ]
}

/** Writing, reading back and clearing away: what cannot be cleared must not be written. */
function scratchNeeds(scope: DrillScope, keys: FoundKeys, scratchPrefix: string): Need[] {
  const { scratch, recovery, recoveryRegion } = scope
  const partition = partitionOf(recoveryRegion)
  const bucket = bucketArn(scratch.bucket, partition)
  const object = objectArn(scratch.bucket, `${scratchPrefix}probe`, partition)
  const need = needsOf("recovery", recovery.account)
  const prefix = { "s3:prefix": scratchPrefix }
  const key = throughS3(recoveryRegion, object)
  return [
    need("s3:PutObject", object, sealedUnder(keys.recovery), "to write copies below the scratch prefix"),
    need("s3:PutObjectTagging", object, {}, "to write copies with their tags"),
    need("kms:GenerateDataKey", keys.recovery, key, "to encrypt copies under the recovery key"),
    need("kms:Decrypt", keys.recovery, key, "to read copies back"),
    need("s3:GetObject", object, {}, "to read copies back"),
    need("s3:GetObjectVersion", object, {}, "to read copies back"),
    need("s3:GetObjectTagging", object, {}, "to compare the tags of copies"),
    need("s3:GetObjectVersionTagging", object, {}, "to compare the tags of copies"),
    need("s3:ListBucket", bucket, { "s3:prefix": scratch.prefix }, "to see what killed runs left"),
    need("s3:ListBucketVersions", bucket, prefix, "to clear the scratch prefix and prove it"),
    need("s3:ListBucketMultipartUploads", bucket, prefix, "to clear the scratch prefix and prove it"),
    need("s3:DeleteObjectVersion", object, {}, "to clear the scratch prefix"),
    need("s3:AbortMultipartUpload", object, {}, "to clear the scratch prefix"),
  ]
}

const needsOf =
  (actor: Actor, resourceAccount: string) =>
  (action: string, resource: string, facts: Facts, why: string): Need => ({
    actor,
    action,
    resource,
    resourceAccount,
    facts,
    why,
  })

const throughS3 = (region: RegionName, object: string): Facts => ({
  "kms:ViaService": s3In(region),
  ...withContext({ "aws:s3:arn": object }),
})

const sealedUnder = (keyArn: string): Facts => ({
  "s3:x-amz-server-side-encryption": "aws:kms",
  "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn,
})

function withContext(context: Readonly<Record<string, string>>): Facts {
  return {
    "kms:EncryptionContextKeys": Object.keys(context),
    ...Object.fromEntries(Object.entries(context).map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
  }
}
