import { formatArn } from "../../access/arn.ts"
import type { StoredPolicy } from "../core/world.ts"

interface PolicyVersion {
  /** `v1`; never used twice. */
  readonly id: string
  readonly text: string
  readonly createdAt: number
}

export interface ManagedPolicy {
  /** `aws` owns what every account may attach. */
  readonly account: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly id: string
  readonly createdAt: number
  readonly description: string
  readonly tags: Map<string, string>
  /** Oldest first; at most five. */
  versions: readonly PolicyVersion[]
  defaultVersion: string
  /** How many there ever were. */
  versionCount: number
  updatedAt: number
}

/** ARN → policy, those of AWS among them. */
export type PolicyStore = Map<string, ManagedPolicy>

export const policyStore = (): PolicyStore => new Map(awsPolicies().map((policy) => [policy.arn, policy]))

export const policyArn = (account: string, path: string, name: string): string =>
  formatArn({ partition: "aws", service: "iam", region: "", account, resource: `policy${path}${name}` })

const defaultText = (policy: ManagedPolicy): string =>
  policy.versions.find((version) => version.id === policy.defaultVersion)?.text ?? ""

export const asStored = (policy: ManagedPolicy): StoredPolicy => ({
  name: policy.name,
  arn: policy.arn,
  text: defaultText(policy),
})

export const ADMINISTRATOR_ACCESS = policyArn("aws", "/", "AdministratorAccess")

const SERVICE_ROLE_PATH = "/aws-service-role/"
export const MULTI_REGION_KEYS_POLICY = policyArn(
  "aws",
  SERVICE_ROLE_PATH,
  "AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy",
)

/** 2015-02-06, as IAM dates the oldest of them. */
const SINCE = Date.UTC(2015, 1, 6, 18, 39, 46)

function awsPolicies(): ManagedPolicy[] {
  return [
    awsPolicy("/", "AdministratorAccess", "ANPASANDBOXADMINISTRA", "Everything.", [allow({ Action: "*" })]),
    awsPolicy("/", "PowerUserAccess", "ANPASANDBOXPOWERUSERA", "Everything but users, groups and accounts.", [
      allow({ NotAction: ["iam:*", "organizations:*", "account:*"] }),
      allow({
        Action: [
          "account:GetAccountInformation",
          "account:GetPrimaryEmail",
          "account:ListRegions",
          "iam:CreateServiceLinkedRole",
          "iam:DeleteServiceLinkedRole",
          "iam:ListRoles",
          "organizations:DescribeEffectivePolicy",
          "organizations:DescribeOrganization",
        ],
      }),
    ]),
    awsPolicy(
      SERVICE_ROLE_PATH,
      "AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy",
      "ANPASANDBOXMULTIREGIO",
      "Lets KMS keep multi-Region keys in step.",
      [allow({ Action: "kms:SynchronizeMultiRegionKey" })],
    ),
  ]
}

const allow = (what: object): object => ({ Effect: "Allow", ...what, Resource: "*" })

function awsPolicy(
  path: string,
  name: string,
  id: string,
  description: string,
  statements: readonly object[],
): ManagedPolicy {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements })
  return {
    account: "aws",
    name,
    path,
    arn: policyArn("aws", path, name),
    id,
    createdAt: SINCE,
    description,
    tags: new Map(),
    versions: [{ id: "v1", text, createdAt: SINCE }],
    defaultVersion: "v1",
    versionCount: 1,
    updatedAt: SINCE,
  }
}
