import type { RecordedBucket, RecordedEstate, RecordedKey } from "./estate.ts"

export interface Finding {
  readonly resourceType: string
  readonly resourceId: string
  readonly compliant: boolean
}

type Parameters = Readonly<Record<string, string>>
type Rule = (estate: RecordedEstate, account: string, region: string, parameters: Parameters) => readonly Finding[]

const names = (parameters: Parameters, name: string): readonly string[] =>
  (parameters[name] ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")

const ofKey = ({ id }: RecordedKey, compliant: boolean): Finding => ({
  resourceType: "AWS::KMS::Key",
  resourceId: id,
  compliant,
})
const customers = (keys: readonly RecordedKey[]): RecordedKey[] => keys.filter((key) => key.manager === "CUSTOMER")

/** The managed rules that the sandbox can really judge; any other rule stays without data. */
export const MANAGED_RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  [
    "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
    (estate, account, region, parameters) => {
      const only = names(parameters, "kmsKeyIds")
      return customers(estate.keys(account, region))
        .filter(({ id, arn }) => only.length === 0 || only.includes(id) || only.includes(arn))
        .map((key) => ofKey(key, !key.pendingDeletion))
    },
  ],
  [
    "CMK_BACKING_KEY_ROTATION_ENABLED",
    (estate, account, region) =>
      customers(estate.keys(account, region))
        .filter((key) => key.rotates !== undefined && !key.pendingDeletion)
        .map((key) => ofKey(key, key.rotates === true)),
  ],
  [
    "S3_DEFAULT_ENCRYPTION_KMS",
    (estate, account, region, parameters) => {
      const allowed = names(parameters, "kmsKeyArns")
      return estate.buckets(account, region).map((bucket) => ({
        resourceType: "AWS::S3::Bucket",
        resourceId: bucket.name,
        compliant: underKms(bucket, allowed),
      }))
    },
  ],
])

const underKms = ({ algorithm, keyId }: RecordedBucket, allowed: readonly string[]): boolean =>
  algorithm.startsWith("aws:kms") && (allowed.length === 0 || (keyId !== undefined && allowed.includes(keyId)))
