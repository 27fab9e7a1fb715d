import { accountPrincipalArn, roleArn } from "../access/arn.ts"
import type { AccountId, BucketName, RegionName } from "../kernel/brands.ts"

/** The demo's estate: three accounts, two Regions, one key and its recovery key, four datasets. */
export const ACCOUNTS = {
  workload: { id: "111111111111" as AccountId, name: "workload-demo" },
  recovery: { id: "222222222222" as AccountId, name: "recovery-demo" },
  management: { id: "333333333333" as AccountId, name: "management-demo" },
} as const

export const ORGANIZATION = { id: "o-drdemo12345", managementAccount: ACCOUNTS.management.id } as const

export const PRIMARY = "eu-central-1" as RegionName
export const RECOVERY = "eu-west-1" as RegionName
const EXTERNAL_ID = "dr-demo"
export const ALIAS = "alias/observability-demo"
export const RECOVERY_ALIAS = "alias/observability-demo-recovery"
export const SCRATCH = "demo-dr-scratch" as BucketName

const WORKLOAD_DRILL_ROLE = roleArn(ACCOUNTS.workload.id, "dr-drill")
const RECOVERY_DRILL_ROLE = roleArn(ACCOUNTS.recovery.id, "dr-recovery")
const USER_ROLES = ["loki", "mimir", "tempo"].map((name) => roleArn(ACCOUNTS.workload.id, `observability-${name}-role`))

export interface DemoDataset {
  readonly kind: "loki" | "mimir" | "tempo" | "tfstate"
  readonly bucket: BucketName
  readonly recoveryBucket: BucketName
  readonly priority: number
  readonly objects: number
}

export const DATASETS: readonly DemoDataset[] = (
  [
    ["tfstate", 1, 60],
    ["loki", 2, 900],
    ["mimir", 3, 360],
    ["tempo", 4, 440],
  ] as const
).map(([kind, priority, objects]) => ({
  kind,
  priority,
  objects,
  bucket: `demo-${kind}` as BucketName,
  recoveryBucket: `demo-${kind}-recovery` as BucketName,
}))

/** Trust policies as an operator would write them: the workload's identity may become the drill roles, nobody else. */
export function demoRoles(): Array<{ arn: string; trust: object }> {
  const trust = (externalId?: string): object => ({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: accountPrincipalArn(ACCOUNTS.workload.id) },
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
        ...(externalId === undefined ? {} : { Condition: { StringEquals: { "sts:ExternalId": externalId } } }),
      },
    ],
  })
  return [
    { arn: WORKLOAD_DRILL_ROLE, trust: trust() },
    { arn: RECOVERY_DRILL_ROLE, trust: trust(EXTERNAL_ID) },
    ...USER_ROLES.map((arn) => ({ arn, trust: trust() })),
  ]
}

/** The seed's key policy, plus the one statement that it lacks: the recovery account may read through the key (its own IAM policies say who). */
export function workloadKeyPolicy(): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: accountPrincipalArn(ACCOUNTS.workload.id) },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Allow use of the key for observability services",
        Effect: "Allow",
        Principal: { AWS: USER_ROLES },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: "*",
      },
      {
        Sid: "Let the recovery account read",
        Effect: "Allow",
        Principal: { AWS: accountPrincipalArn(ACCOUNTS.recovery.id) },
        Action: ["kms:Decrypt", "kms:ReEncryptFrom", "kms:DescribeKey"],
        Resource: "*",
      },
    ],
  }
}

export function recoveryKeyPolicy(): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: accountPrincipalArn(ACCOUNTS.recovery.id) },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  }
}

/** Lets the recovery account pull copies; see aws.md 3.1. */
export function sourceBucketPolicy(bucket: string, bucketArns: { bucket: string; objects: string }): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: `Recovery reads ${bucket}`,
        Effect: "Allow",
        Principal: { AWS: accountPrincipalArn(ACCOUNTS.recovery.id) },
        Action: [
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:GetObjectTagging",
          "s3:GetObjectVersionTagging",
          "s3:ListBucket",
          "s3:ListBucketVersions",
        ],
        Resource: [bucketArns.bucket, bucketArns.objects],
      },
    ],
  }
}

/** The dr.yaml of the demo: an ordinary one, with a loopback endpoint. */
export function demoConfig(endpoint: string): string {
  const datasets = DATASETS.map(
    (dataset) => `      ${dataset.kind}:
        kind: ${dataset.kind}
        bucket: ${dataset.bucket}
        key: observability
        recoveryBucket: ${dataset.recoveryBucket}
        priority: ${dataset.priority}
        hotSet: all
        canaryPrefix: canary/`,
  ).join("\n")
  return `# The estate of \`dr sandbox demo\`: an ordinary dr.yaml, except for the endpoint.
version: 1
organization: { id: o-drdemo12345, managementAccount: management }
accounts:
  workload:
    id: "${ACCOUNTS.workload.id}"
    roles: { drill: ${WORKLOAD_DRILL_ROLE} }
  recovery:
    id: "${ACCOUNTS.recovery.id}"
    roles: { drill: ${RECOVERY_DRILL_ROLE} }
    externalId: ${EXTERNAL_ID}
  management: { id: "${ACCOUNTS.management.id}" }
environments:
  demo:
    account: workload
    recoveryAccount: recovery
    primaryRegion: ${PRIMARY}
    recoveryRegion: ${RECOVERY}
    endpoint: ${endpoint}
    scratch: { bucket: ${SCRATCH}, prefix: dr-drill/ }
    objectives: { rtoKey: 4h, rtoData: 4h, rpo: 24h }
    keys:
      observability:
        alias: ${ALIAS}
        multiRegion: true
        replicas: [${RECOVERY}]
        rotation: { periodDays: 365 }
        policy: seed-default
        users: [${USER_ROLES.join(", ")}]
        recovery: { alias: ${RECOVERY_ALIAS}, regions: [${RECOVERY}, ${PRIMARY}] }
    datasets:
${datasets}
    drills:
      - { drill: loki-sample, cron: "17 2 * * 1", timezone: UTC, grace: 6h }
      - { drill: mimir-sample, cron: "27 2 * * 1", timezone: UTC, grace: 6h }
      - { drill: tempo-sample, cron: "37 2 * * 1", timezone: UTC, grace: 6h }
      - { drill: terraform-state, cron: "47 2 * * *", timezone: UTC, grace: 6h }
      - { drill: primary-key-disabled, cron: "17 3 1 * *", timezone: UTC, grace: 24h }
`
}

/** What an AWS needs to know before the demo's estate can be set up in it. */
export function demoSandbox() {
  return { accounts: Object.values(ACCOUNTS), organization: ORGANIZATION, roles: demoRoles() }
}
