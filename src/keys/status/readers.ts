import { bucketArn, objectArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import type { Facts } from "../../access/context.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName, RoleArn } from "../../kernel/brands.ts"
import { s3In } from "../policy/scene.ts"
import { rootOf, type Candidate, type Holder } from "./key-access.ts"
import type { EstateKey, FoundPlace } from "./key-inventory.ts"
import { missing } from "./missing-place.ts"
import type { RecoverabilityFacts } from "./recoverability.ts"

export type Dataset = ResolvedEnvironment["datasets"][number]

/** What the cells of one key share. */
export interface Reading {
  readonly facts: RecoverabilityFacts
  readonly datasets: readonly Dataset[]
  /** Of the key, who are bound to no dataset. */
  readonly users: readonly RoleArn[]
}

/** A key that reads what another lost, and who reads with it. */
export type Carrier =
  | { readonly carries: true; readonly place: FoundPlace; readonly who: string }
  /** `idle`: the key is Enabled there, but nobody may surely read with it. */
  | { readonly carries: false; readonly why: string; readonly idle?: RegionName }

const roleCandidates = (arns: readonly RoleArn[]): Candidate[] => arns.map((arn) => ({ arn, title: arn }))

/**
 * May one of the roles decrypt through S3 of the key's Region what lies in the bucket, whether the bucket uses bucket
 * keys or not? Both forms of the encryption context must pass: nobody read which one the objects have.
 */
export function readsThroughS3(
  { access }: RecoverabilityFacts,
  place: FoundPlace,
  at: { readonly bucket: string; readonly prefix: string },
  roles: readonly RoleArn[],
): Holder {
  const partition = partitionOf(place.region)
  let refused: Holder = { may: false, sure: true, why: `no role that reads s3://${at.bucket} is known` }
  for (const arn of roles) {
    const contexts = [bucketArn(at.bucket, partition), objectArn(at.bucket, `${at.prefix}dr`, partition)]
    const answers = contexts.map((context) =>
      access.holder(place, ["kms:Decrypt"], [{ arn, title: arn, facts: throughS3(place.region, context) }]),
    )
    const no = answers.find(({ may }) => !may)
    if (no === undefined) return { may: true, who: { arn, title: arn } }
    refused = no
  }
  return refused
}

const throughS3 = (region: RegionName, context: string): Facts => ({
  "kms:ViaService": s3In(region),
  "kms:EncryptionContext:aws:s3:arn": context,
  "kms:EncryptionContextKeys": ["aws:s3:arn"],
})

/** The first other Region with the key Enabled and somebody who may decrypt with it, directly or through S3 there. */
export function replicaOf(key: EstateKey, lost: RegionName, reading: Reading): Carrier {
  const others = key.places.filter(({ region }) => region !== lost)
  if (others.length === 0) return { carries: false, why: "it has no replica in another Region" }
  const whys: string[] = []
  let idle: RegionName | undefined
  for (const place of others) {
    if (place.kind !== "found" || place.facts.state !== "Enabled") {
      whys.push(missing(place, place.region))
      continue
    }
    if (!place.facts.related.some((arn) => tryParseArn(arn)?.region === lost)) {
      whys.push(`the key in ${place.region} is no replica of one in ${lost}`)
      continue
    }
    const holder = decrypts(place, reading)
    if (holder.may) return { carries: true, place, who: holder.who.arn }
    idle ??= place.region
    whys.push(`with the replica in ${place.region} ${holder.why}`)
  }
  return { carries: false, why: whys.join(", "), ...(idle === undefined ? {} : { idle }) }
}

/** Ciphertexts that an application keeps itself: asked without an encryption context, as nobody knows which they have. */
function decrypts(place: FoundPlace, { facts, datasets, users }: Reading): Holder {
  const roles = [...new Set([...users, ...datasets.flatMap((dataset) => dataset.users)])]
  const candidates = [...roleCandidates(roles), rootOf(facts.environment.workload, place.region)]
  const direct = facts.access.holder(place, ["kms:Decrypt"], candidates)
  if (direct.may) return direct
  const viaS3 = candidates.map((who) => ({ ...who, facts: { "kms:ViaService": s3In(place.region) } }))
  const through = facts.access.holder(place, ["kms:Decrypt"], viaS3)
  return through.may ? through : direct
}

/** Do the sources of the datasets stand: is the workload key usable, and may somebody read each of them? */
export function sourceOf(workload: EstateKey | undefined, reading: Reading): Carrier {
  const { environment } = reading.facts
  const region = environment.primaryRegion
  const place = workload?.places.find((each) => each.region === region)
  if (place === undefined || place.kind !== "found" || place.facts.state !== "Enabled")
    return { carries: false, why: `of the workload key: ${missing(place, region)}` }
  if (reading.datasets.length === 0) {
    const holder = decrypts(place, reading)
    return holder.may
      ? { carries: true, place, who: holder.who.arn }
      : { carries: false, why: `with the workload key ${holder.why}` }
  }
  const { drill, sync } = environment.recovery.roles
  const copiers = [sync, drill].filter((role) => role !== undefined)
  for (const dataset of reading.datasets) {
    const holder = readsThroughS3(reading.facts, place, dataset, [...copiers, ...dataset.users])
    if (!holder.may) return { carries: false, why: `of ${dataset.name} with the workload key ${holder.why}` }
  }
  return { carries: true, place, who: copiers[0] ?? "" }
}
