import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam"
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ReplicateKeyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-kms"
import {
  AttachPolicyCommand,
  CreateOrganizationalUnitCommand,
  CreatePolicyCommand as CreateOrganizationPolicyCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations"
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  S3Client,
  type BucketLocationConstraint,
} from "@aws-sdk/client-s3"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"

export const WORKLOAD = "111111111111"
export const RECOVERY = "222222222222"
export const MANAGEMENT = "333333333333"
export const STRANGER = "444444444444"

const allow = (actions: string | readonly string[], more: object = {}): object => ({
  Effect: "Allow",
  Action: actions,
  ...more,
})
const document = (...statements: object[]): object => ({ Version: "2012-10-17", Statement: statements })
export const everything = document(allow("*", { Resource: "*" }))
const trusts = (arn: string): object =>
  document(allow(["sts:AssumeRole", "sts:TagSession"], { Principal: { AWS: arn } }))

/** The recovery account's operator may read keys and buckets, but neither grants nor anything of IAM. */
const narrow = document(
  allow(
    [
      "kms:DescribeKey",
      "kms:GetKeyPolicy",
      "kms:ListAliases",
      "kms:ListResourceTags",
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
    ],
    {
      Resource: "*",
    },
  ),
  allow("kms:GetKeyRotationStatus", { Resource: "*" }),
)

export interface LiveWorld {
  readonly sandbox: Sandbox
  readonly config: string
  readonly key: string
  readonly recoveryKey: string
  readonly unit: string
  readonly appPolicy: string
}

/** An estate in the sandbox with small pages: a multi-Region key whose replica has no alias, roles with paths, an OU. */
export async function liveWorld(): Promise<LiveWorld> {
  const sandbox = await startSandbox({
    accounts: [
      { id: WORKLOAD, name: "prod" },
      { id: RECOVERY, name: "recovery" },
      { id: MANAGEMENT, name: "management" },
    ],
    organization: { id: "o-livetest1234", managementAccount: MANAGEMENT },
    roles: [
      { arn: role(WORKLOAD, "dr-drill"), trust: trusts(root(WORKLOAD)) },
      { arn: role(RECOVERY, "dr-recovery"), trust: trusts(root(WORKLOAD)) },
      { arn: role(RECOVERY, "key-operator"), trust: trusts(root(WORKLOAD)), policy: narrow },
      {
        arn: role(MANAGEMENT, "org-reader"),
        trust: trusts(root(WORKLOAD)),
        policy: document(allow(["organizations:List*", "organizations:Describe*"], { Resource: "*" })),
      },
    ],
    replicaDelayMs: 0,
    pageSize: 2,
  })
  const appPolicy = await createApp(sandbox)
  const key = await createWorkloadKey(sandbox)
  const recoveryKey = await createRecoveryKey(sandbox)
  await createBuckets(sandbox)
  const unit = await govern(sandbox)
  return { sandbox, config: configOf(sandbox.endpoint), key, recoveryKey, unit, appPolicy }
}

export const role = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`
const root = (account: string): string => `arn:aws:iam::${account}:root`

function options(sandbox: Sandbox, account: string, region: string) {
  return {
    endpoint: sandbox.endpoint,
    region,
    credentials: sandbox.credentialsFor(account),
    ignoreConfiguredEndpointUrls: true,
  }
}
export const kmsOf = (sandbox: Sandbox, account: string, region = "eu-central-1"): KMSClient =>
  new KMSClient(options(sandbox, account, region))

/** A role below a path, with two inline policies, a managed one and a boundary. */
async function createApp(sandbox: Sandbox): Promise<string> {
  const iam = new IAMClient(options(sandbox, WORKLOAD, "us-east-1"))
  const created = async (name: string, policy: object): Promise<string> => {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: name, PolicyDocument: JSON.stringify(policy) }),
    )
    return Policy?.Arn ?? ""
  }
  const managed = await created("app-keys", document(allow("kms:Decrypt", { Resource: "*" })))
  const boundary = await created("app-boundary", everything)
  await iam.send(
    new CreateRoleCommand({
      RoleName: "app",
      Path: "/team/",
      AssumeRolePolicyDocument: JSON.stringify(trusts(root(WORKLOAD))),
      PermissionsBoundary: boundary,
      Tags: [{ Key: "team", Value: "observability" }],
    }),
  )
  for (const name of ["reads", "writes", "lists"]) {
    const policy = document(allow("s3:GetObject", { Resource: `arn:aws:s3:::live-loki/${name}/*` }))
    await iam.send(
      new PutRolePolicyCommand({ RoleName: "app", PolicyName: name, PolicyDocument: JSON.stringify(policy) }),
    )
  }
  await iam.send(new AttachRolePolicyCommand({ RoleName: "app", PolicyArn: managed }))
  return managed
}

async function createWorkloadKey(sandbox: Sandbox): Promise<string> {
  const kms = kmsOf(sandbox, WORKLOAD)
  const policy = document(
    allow("kms:*", { Principal: { AWS: root(WORKLOAD) }, Resource: "*" }),
    allow("kms:Decrypt", {
      Principal: { AWS: [role(WORKLOAD, "team/app"), role(RECOVERY, "dr-recovery")] },
      Resource: "*",
    }),
    {
      Effect: "Deny",
      Principal: "*",
      Action: "kms:ScheduleKeyDeletion",
      Resource: "*",
      Condition: { ArnNotLike: { "aws:PrincipalArn": [role(WORKLOAD, "gone"), role(STRANGER, "auditor")] } },
    },
  )
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ MultiRegion: true, Policy: JSON.stringify(policy) }))
  const key = KeyMetadata?.Arn ?? ""
  await kms.send(new EnableKeyRotationCommand({ KeyId: key, RotationPeriodInDays: 365 }))
  await kms.send(new CreateAliasCommand({ AliasName: "alias/live", TargetKeyId: key }))
  await kms.send(new TagResourceCommand({ KeyId: key, Tags: [{ TagKey: "env", TagValue: "live" }] }))
  await kms.send(new ReplicateKeyCommand({ KeyId: key, ReplicaRegion: "eu-west-1", Policy: JSON.stringify(policy) }))
  for (let each = 1; each <= 5; each++) {
    await kms.send(
      new CreateGrantCommand({
        KeyId: key,
        Name: `grant-${each}`,
        GranteePrincipal: role(WORKLOAD, "dr-drill"),
        Operations: ["Decrypt", "DescribeKey"],
        Constraints: { EncryptionContextSubset: { "aws:s3:arn": `arn:aws:s3:::live-loki/${each}` } },
      }),
    )
  }
  return key
}

async function createRecoveryKey(sandbox: Sandbox): Promise<string> {
  const kms = kmsOf(sandbox, RECOVERY, "eu-west-1")
  const policy = document(allow("kms:*", { Principal: { AWS: root(RECOVERY) }, Resource: "*" }))
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy: JSON.stringify(policy) }))
  await kms.send(new CreateAliasCommand({ AliasName: "alias/live-recovery", TargetKeyId: KeyMetadata?.KeyId }))
  return KeyMetadata?.Arn ?? ""
}

async function createBuckets(sandbox: Sandbox): Promise<void> {
  const bucket = async (account: string, region: BucketLocationConstraint, name: string): Promise<S3Client> => {
    const s3 = new S3Client({ ...options(sandbox, account, region), forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: region } }))
    return s3
  }
  const s3 = await bucket(WORKLOAD, "eu-central-1", "live-loki")
  const policy = document(
    allow("s3:GetObject", { Principal: { AWS: role(RECOVERY, "dr-recovery") }, Resource: "arn:aws:s3:::live-loki/*" }),
  )
  await s3.send(new PutBucketPolicyCommand({ Bucket: "live-loki", Policy: JSON.stringify(policy) }))
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: "live-loki",
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/live" } }],
      },
    }),
  )
  await bucket(RECOVERY, "eu-west-1", "live-loki-recovery")
}

/** prod lies in an OU below the root, with SCPs of its own at every level. */
async function govern(sandbox: Sandbox): Promise<string> {
  const organizations = new OrganizationsClient(options(sandbox, MANAGEMENT, "us-east-1"))
  let rootId: string | undefined
  for (let token: string | undefined; rootId === undefined;) {
    const page = await organizations.send(new ListRootsCommand(token === undefined ? {} : { NextToken: token }))
    rootId = page.Roots?.[0]?.Id
    token = page.NextToken
  }
  await organizations
    .send(new EnablePolicyTypeCommand({ RootId: rootId, PolicyType: "SERVICE_CONTROL_POLICY" }))
    .catch((error: Error) => {
      if (error.name !== "PolicyTypeAlreadyEnabledException") throw error
    })
  const { OrganizationalUnit } = await organizations.send(
    new CreateOrganizationalUnitCommand({ ParentId: rootId, Name: "workloads" }),
  )
  const unit = OrganizationalUnit?.Id ?? ""
  await organizations.send(
    new MoveAccountCommand({ AccountId: WORKLOAD, SourceParentId: rootId, DestinationParentId: unit }),
  )
  const { Policy } = await organizations.send(
    new CreateOrganizationPolicyCommand({
      Name: "no-deletion",
      Description: "keys stay",
      Type: "SERVICE_CONTROL_POLICY",
      Content: JSON.stringify(document({ Effect: "Deny", Action: "kms:ScheduleKeyDeletion", Resource: "*" })),
    }),
  )
  await organizations.send(new AttachPolicyCommand({ PolicyId: Policy?.PolicySummary?.Id, TargetId: unit }))
  return unit
}

const configOf = (endpoint: string): string => `version: 1
organization: { id: o-livetest1234, managementAccount: management }
accounts:
  prod:
    id: "${WORKLOAD}"
    roles: { drill: ${role(WORKLOAD, "dr-drill")} }
  recovery:
    id: "${RECOVERY}"
    roles: { operator: ${role(RECOVERY, "key-operator")}, drill: ${role(RECOVERY, "dr-recovery")} }
  management:
    id: "${MANAGEMENT}"
    roles: { operator: ${role(MANAGEMENT, "org-reader")} }
environments:
  live:
    account: prod
    recoveryAccount: recovery
    primaryRegion: eu-central-1
    recoveryRegion: eu-west-1
    endpoint: ${endpoint}
    scratch: { bucket: live-scratch }
    keys:
      observability:
        alias: alias/live
        replicas: [eu-west-1]
        users: [${role(WORKLOAD, "team/app")}]
        recovery: { alias: alias/live-recovery, regions: [eu-west-1] }
    datasets:
      loki: { kind: loki, bucket: live-loki, key: observability, recoveryBucket: live-loki-recovery }
`
