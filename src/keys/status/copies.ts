import type { RoleArn } from "../../kernel/brands.ts"
import type { EstateKey, FoundPlace } from "./key-inventory.ts"
import { missing } from "./missing-place.ts"
import type { Proof, RecoverabilityFacts } from "./recoverability.ts"
import { readsThroughS3, type Reading } from "./readers.ts"

/** The recovery copies of a key's datasets, as far as they carry: by a key that is Enabled where they are, and a role that may use it. */
export type Copies =
  | {
      readonly carries: true
      readonly place: FoundPlace
      readonly role: RoleArn
      readonly buckets: readonly string[]
      /** Oldest of the datasets' last proofs; undefined = one of them has none. */
      readonly proof?: Proof
      /** Datasets whose copies no drill has read. */
      readonly unproven: readonly string[]
    }
  | { readonly carries: false; readonly why: string }

/** Copies are where dr.yaml says that they are made; whether they are there only a drill can tell, so its date stands beside. */
export function copiesOf(recovery: EstateKey | undefined, reading: Reading): Copies {
  const { facts, datasets } = reading
  const { recoveryRegion: region, recovery: account } = facts.environment
  if (datasets.length === 0) return { carries: false, why: "dr.yaml names no dataset under it, so there are no copies" }
  const place = recovery?.places.find((each) => each.region === region)
  if (place === undefined || place.kind !== "found" || place.facts.state !== "Enabled")
    return { carries: false, why: `of the recovery key: ${missing(place, region)}` }
  const role = account.roles.drill
  if (role === undefined)
    return { carries: false, why: `dr.yaml names no drill role of ${account.name} to read the copies` }
  for (const { recoveryBucket: bucket, recoveryPrefix: prefix } of datasets) {
    const holder = readsThroughS3(facts, place, { bucket, prefix }, [role])
    if (!holder.may)
      return { carries: false, why: `with the recovery key ${role} may not surely read s3://${bucket}: ${holder.why}` }
  }
  const buckets = [...new Set(datasets.map((dataset) => `s3://${dataset.recoveryBucket}/${dataset.recoveryPrefix}`))]
  return { carries: true, place, role, buckets, ...proofsOf(reading) }
}

function proofsOf({ facts, datasets }: Reading): { readonly proof?: Proof; readonly unproven: readonly string[] } {
  const last = datasets.map(({ name }) => ({ name, proof: lastOf(facts, name) }))
  const unproven = last.flatMap(({ name, proof }) => (proof === undefined ? [name] : []))
  const oldest = last
    .map(({ proof }) => proof)
    .reduce((a, b) => (a === undefined || b === undefined || stamp(a) <= stamp(b) ? a : b))
  if (unproven.length > 0 || oldest === undefined) return { unproven }
  const { at, run, simulated } = oldest
  return { proof: { at, run, simulated }, unproven }
}

const lastOf = ({ proofs }: RecoverabilityFacts, dataset: string): Proof | undefined =>
  proofs
    .filter((proof) => proof.dataset === dataset)
    .reduce<Proof | undefined>(
      (last, proof) => (last === undefined || stamp(proof) > stamp(last) ? proof : last),
      undefined,
    )

const stamp = ({ at }: Proof): number => Date.parse(at)
