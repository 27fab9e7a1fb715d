import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import { relatedIn } from "../../access/arn.ts"
import { datasetsOf, workloadRegions, type Dataset } from "../policy/scene.ts"
import type { RotationScope } from "./ports.ts"

/** One edit that a person makes: steps 2 (Terraform) and 3 (services) of the policy document. */
export interface Edit {
  readonly step: 2 | 3
  /** Dataset of dr.yaml; absent where the edit is not about one. */
  readonly dataset?: string
  /** What is edited, for people: `bucket default encryption of demo-loki`. */
  readonly what: string
  /** File or tool. */
  readonly where: string
  readonly old: KeyArn
  readonly new: KeyArn
  /** To be pasted. */
  readonly text: string
  /** Not before step 4 has passed. */
  readonly afterStep4?: true
}

/** By bucket: whether it uses a bucket key; a bucket that nobody could read is not there. */
export type BucketKeys = ReadonlyMap<string, boolean>

/**
 * Every edit, by dataset in restore order. Each names the full ARN of the Region where the bucket is: an alias there would
 * be resolved in the account of whoever asks (facts: trap 17).
 */
export function editsFor(
  scope: RotationScope,
  keys: { readonly oldKey: KeyArn; readonly newKey: KeyArn },
  bucketKeys: BucketKeys,
): readonly Edit[] {
  const { environment, key } = scope
  const home = environment.primaryRegion
  const at = (region: RegionName) => ({ old: relatedIn(region, keys.oldKey), new: relatedIn(region, keys.newKey) })
  const datasets = datasetsOf(environment, key)
  return [
    ...datasets.map((dataset) => terraformBucket(dataset, at(home), bucketKeys.get(dataset.bucket))),
    ...workloadRegions(environment, key).map((region) => terraformAlias(key.alias, region, at(region))),
    ...datasets.map((dataset) => service(dataset, at(home), home)),
    ...datasets.map((dataset) =>
      bucketDefault(dataset, at(home), environment.workload.id, home, bucketKeys.get(dataset.bucket)),
    ),
  ]
}

type Pair = Pick<Edit, "old" | "new">

const terraformBucket = ({ name, bucket }: Dataset, keys: Pair, bucketKey: boolean | undefined): Edit => ({
  step: 2,
  dataset: name,
  what: `aws_s3_bucket_server_side_encryption_configuration of ${bucket}`,
  where: "Terraform, and wherever else kms_master_key_id or kms_key_id names the old key",
  ...keys,
  text: `resource "aws_s3_bucket_server_side_encryption_configuration" "${name.replaceAll("-", "_")}" {
  bucket = "${bucket}"
  rule {
    bucket_key_enabled = ${bucketKey ?? true}
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "${keys.new}"
    }
  }
}`,
})

const terraformAlias = (alias: string, region: RegionName, keys: Pair): Edit => ({
  step: 2,
  what: `aws_kms_alias ${alias} in ${region}`,
  where:
    "Terraform, together with the aws_kms_key or aws_kms_replica_key of the new key: dr keys export --terraform DIR",
  ...keys,
  text: `target_key_id = "${keys.new}"`,
  afterStep4: true,
})

const bucketDefault = (
  { name, bucket }: Dataset,
  keys: Pair,
  owner: string,
  region: RegionName,
  bucketKey: boolean | undefined,
): Edit => {
  const rules = {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keys.new },
        BucketKeyEnabled: bucketKey ?? true,
      },
    ],
  }
  return {
    step: 3,
    dataset: name,
    what: `default encryption of s3://${bucket}`,
    where: bucketKey === undefined ? "AWS CLI; keep BucketKeyEnabled as it is now (it could not be read)" : "AWS CLI",
    ...keys,
    text: `aws s3api put-bucket-encryption --region ${region} --bucket ${bucket} --expected-bucket-owner ${owner} --server-side-encryption-configuration '${JSON.stringify(rules)}'`,
  }
}

/** What each of the four systems calls it. Sources: configuration references of Loki, Mimir, Tempo and Terraform's s3 backend. */
function service(dataset: Dataset, keys: Pair, region: RegionName): Edit {
  const base = { step: 3 as const, dataset: dataset.name, ...keys }
  const sse = (indent: string): string => `${indent}sse:\n${indent}  type: SSE-KMS\n${indent}  kms_key_id: ${keys.new}`
  switch (dataset.kind) {
    case "loki":
      return {
        ...base,
        what: "Loki storage_config.aws.sse.kms_key_id",
        where: "loki.yaml or the chart's loki.storage_config, then restart what writes: ingester, compactor, ruler",
        text: `storage_config:\n  aws:\n${sse("    ")}`,
      }
    case "mimir":
      return {
        ...base,
        what: "Mimir blocks_storage.s3.sse.kms_key_id, and that of ruler_storage and alertmanager_storage",
        where:
          "mimir.yaml or the chart's mimir.structuredConfig, then restart what writes; s3_sse_kms_key_id of single tenants (overrides) beats it",
        text: ["blocks_storage", "ruler_storage", "alertmanager_storage"]
          .map((section) => `${section}:\n  s3:\n${sse("    ")}`)
          .join("\n"),
      }
    case "tempo":
      return {
        ...base,
        what: "Tempo storage.trace.s3.sse.kms_key_id",
        where:
          "tempo.yaml or the chart's storage.trace.s3, then restart what writes: ingester, compactor, metrics-generator",
        text: `storage:\n  trace:\n    s3:\n${sse("      ")}`,
      }
    case "tfstate":
      return {
        ...base,
        what: "Terraform backend s3 kms_key_id",
        where: "every configuration whose state lies there, then terraform init -reconfigure and one apply each",
        text: `terraform {
  backend "s3" {
    bucket     = "${dataset.bucket}"
    region     = "${region}"
    encrypt    = true
    kms_key_id = "${keys.new}"
  }
}`,
      }
  }
}
