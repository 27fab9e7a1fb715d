import { bucketArn, objectArn, partitionOf } from "../../access/arn.ts"
import type { RegionName, RoleArn } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"

export type Dataset = ResolvedEnvironment["datasets"][number]
export type Key = ResolvedEnvironment["keys"][number]

/** `s3.eu-central-1.amazonaws.com`: what KMS sees when S3 asks. */
export const s3In = (region: RegionName): string =>
  `s3.${region}.amazonaws.com${partitionOf(region) === "aws-cn" ? ".cn" : ""}`

/** The encryption context of S3: the bucket under a bucket key, else the object; both are accepted. */
export const s3Context = (
  places: ReadonlyArray<{ bucket: string; prefix: string }>,
  region: RegionName,
): readonly string[] =>
  places.flatMap(({ bucket, prefix }) => [
    bucketArn(bucket, partitionOf(region)),
    objectArn(bucket, `${prefix}*`, partitionOf(region)),
  ])

/** The encryption context by which drills mark the data keys that they rewrap. */
export const DRILL_CONTEXT = { "kms:EncryptionContext:dr-run": "dr-*" } as const

/** Of a ciphertext that was made to prove an escrow; nothing else carries it. */
export const ESCROW_CONTEXT = { "kms:EncryptionContext:dr-escrow": "escrow-*" } as const

/** A break-glass session carries the hash of the plan that two people approved, and a name. */
export const WITH_A_PLAN = {
  StringLike: { "aws:PrincipalTag/dr-plan": "sha256-?*" },
  Null: { "aws:SourceIdentity": "false" },
} as const

/** Condition for making standing grants: to their grantees, with their operations and no others. */
export const grantsOf = (grants: Key["grants"]) => ({
  StringEquals: { "kms:GranteePrincipal": [...new Set(grants.map(({ grantee }) => grantee))] },
  "ForAllValues:StringEquals": { "kms:GrantOperations": [...new Set(grants.flatMap(({ operations }) => operations))] },
})

export const datasetsOf = (environment: ResolvedEnvironment, key: Key): readonly Dataset[] =>
  environment.datasets.filter((dataset) => dataset.key === key.name)

/** Every Region that holds the workload key: the primary's first. */
export const workloadRegions = (environment: ResolvedEnvironment, key: Key): readonly RegionName[] => [
  environment.primaryRegion,
  ...key.replicas,
]

/** @throws DrError E_POLICY_ROLE (78) that names the missing role: a policy without it would lock somebody out */
export function roleOf(account: ResolvedAccount, role: keyof ResolvedAccount["roles"]): RoleArn {
  const arn = account.roles[role]
  if (arn !== undefined) return arn
  throw new DrError({
    code: "E_POLICY_ROLE",
    exit: EXIT.config,
    message: `account ${account.name} has no roles.${role} in dr.yaml: without it ${WHY[role]}`,
    hints: [`add accounts.${account.name}.roles.${role}`, "or set policy: seed-default on the key"],
  })
}

/** The recovery account's roles that read the source: the drill's, and those that make copies where there are any. */
export function readersOf({ recovery }: ResolvedEnvironment): readonly RoleArn[] {
  const { sync, restore } = recovery.roles
  return [roleOf(recovery, "drill"), ...[sync, restore].filter((role) => role !== undefined)]
}

const WHY: Readonly<Record<keyof ResolvedAccount["roles"], string>> = {
  operator: "nobody could keep its keys in order",
  drill: "no drill could act there",
  evidence: "nothing could be proven",
  sync: "nobody could make recovery copies",
  restore: "nobody could restore into it",
  breakGlass: "nobody could change its key policies or take a compromised key out of use",
}
