import { bucketArn } from "../../access/arn.ts"
import type { InventoryBucket } from "../../access/inventory.ts"
import { isMarked, told, toldText, valueOf } from "./attributes.ts"
import type { TfResource } from "./document.ts"
import { byOwner, type Reading } from "./found.ts"
import { list } from "./json.ts"
import { KEY_TYPES, type FoundKey } from "./keys.ts"

const ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"
const KEY = "kms_master_key_id"
const OF_BUCKET = { attribute: "bucket", owners: ["aws_s3_bucket"], names: ["bucket", "id", "arn"] }

export function bucketsOf(reading: Reading, keys: readonly FoundKey[]): InventoryBucket[] {
  const policies = byOwner(reading, { ...OF_BUCKET, type: "aws_s3_bucket_policy", what: "policy" })
  const encryption = byOwner(reading, { ...OF_BUCKET, type: ENCRYPTION, what: "state" })
  return reading.all("aws_s3_bucket").flatMap((resource) => {
    const name = valueOf(toldText(resource, "bucket"))
    const account = reading.places.account(resource)
    if (name === undefined || account === undefined) {
      const why = name === undefined ? "its name is known only after apply" : "nothing in the document says whose it is"
      reading.gap(name === undefined ? resource.address : bucketArn(name), "policy", why)
      return []
    }
    const region = reading.places.region(resource)
    const [apart] = policies.get(resource) ?? []
    const policy =
      apart === undefined
        ? computedPolicy(reading, resource, bucketArn(name))
        : reading.policy(apart, "policy", bucketArn(name), "policy")
    const keyArn = keyOf(reading, encryption.get(resource)?.[0], bucketArn(name), keys)
    return [
      {
        name,
        account,
        label: resource.address,
        ...(region === undefined ? {} : { region }),
        ...(policy === undefined ? {} : { policy }),
        ...(keyArn === undefined ? {} : { keyArn }),
      },
    ]
  })
}

/** The attribute is old and computed: where the configuration does not set it, a new bucket has no policy. */
function computedPolicy(reading: Reading, bucket: TfResource, arn: string): InventoryBucket["policy"] {
  const set = reading.document.configuration?.sets(bucket, "policy")
  if (set === false && isMarked(bucket.unknown, "policy")) return undefined
  return reading.policy(bucket, "policy", arn, "policy")
}

/** As the bucket names it, told by ARN where the key is in the document: by its value, or by what the rule refers to. */
function keyOf(
  reading: Reading,
  encryption: TfResource | undefined,
  subject: string,
  keys: readonly FoundKey[],
): string | undefined {
  if (encryption === undefined) return undefined
  const rules = told(encryption, "rule")
  if (rules !== undefined && "why" in rules) {
    const [key] = reading.link(encryption, "rule", KEY_TYPES, [])
    const found = keys.find(({ resource }) => resource === key)?.key.arn
    if (found === undefined) reading.gap(subject, "state", rules.why)
    return found
  }
  const [rule] = list(rules?.value)
  const [standard] = list(rule?.["apply_server_side_encryption_by_default"])
  const named = standard?.[KEY]
  if (typeof named !== "string" || named === "") return undefined
  return (
    keys.find(({ resource }) => [resource.values["arn"], resource.values["key_id"]].includes(named))?.key.arn ?? named
  )
}
