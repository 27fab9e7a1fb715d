import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ROOT, startEstate, WORKLOAD, type Clients, type Estate } from "./estate.ts"

/**
 * A role with exactly the rights that a deployment of key, alias, bucket, role and policy needs. With all of them it
 * passes; without any single one it stops at the call that needs it, and is told in AWS's words which right is missing.
 */
const KEYS = `arn:aws:kms:eu-central-1:${WORKLOAD}:key/*`
const ALIASES = `arn:aws:kms:eu-central-1:${WORKLOAD}:alias/deployed-*`
const BUCKET = "arn:aws:s3:::deployed-*"
const ROLES = `arn:aws:iam::${WORKLOAD}:role/deployed-*`
const DEPLOYER = "deployer"
const SESSION = `arn:aws:sts::${WORKLOAD}:assumed-role/${DEPLOYER}/terraform`

const RIGHTS: ReadonlyArray<readonly [action: string, resource: string]> = [
  ["kms:CreateKey", "*"],
  ["kms:TagResource", KEYS],
  ["kms:EnableKeyRotation", KEYS],
  ["kms:GetKeyRotationStatus", KEYS],
  ["kms:DescribeKey", KEYS],
  ["kms:GetKeyPolicy", KEYS],
  ["kms:ListResourceTags", KEYS],
  ["kms:CreateAlias", ALIASES],
  ["kms:CreateAlias", KEYS],
  ["kms:ListAliases", "*"],
  ["kms:DeleteAlias", ALIASES],
  ["kms:DeleteAlias", KEYS],
  ["kms:ScheduleKeyDeletion", KEYS],
  ["s3:CreateBucket", BUCKET],
  ["s3:ListBucket", BUCKET],
  ["s3:TagResource", BUCKET],
  ["s3:ListTagsForResource", BUCKET],
  ["s3:PutEncryptionConfiguration", BUCKET],
  ["s3:GetEncryptionConfiguration", BUCKET],
  ["s3:PutBucketPolicy", BUCKET],
  ["s3:GetBucketPolicy", BUCKET],
  ["s3:DeleteBucket", BUCKET],
  ["iam:CreateRole", ROLES],
  ["iam:GetRole", ROLES],
  ["iam:PutRolePolicy", ROLES],
  ["iam:GetRolePolicy", ROLES],
  ["iam:DeleteRolePolicy", ROLES],
  ["iam:ListInstanceProfilesForRole", ROLES],
  ["iam:DeleteRole", ROLES],
]

const policyOf = (rights: typeof RIGHTS): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      ...rights.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource })),
      // KMS asks whether whoever makes a key could change its policy again.
      { Effect: "Allow", Action: "kms:PutKeyPolicy", Resource: KEYS },
    ],
  })

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: ROOT }, Action: "sts:AssumeRole" }],
}
const onlyTls = (bucket: string): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${bucket}/*`,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
})

let aws: Estate
let deployer: Clients
beforeAll(async () => {
  aws = await startEstate()
  await aws.iam.createRole({ RoleName: DEPLOYER, AssumeRolePolicyDocument: JSON.stringify(trust) })
  const RoleArn = `arn:aws:iam::${WORKLOAD}:role/${DEPLOYER}`
  const { Credentials: given } = await aws.sts.assumeRole({ RoleArn, RoleSessionName: "terraform" })
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = given ?? {}
  deployer = aws.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken })
})
afterAll(() => aws.close())

const may = (rights: typeof RIGHTS): Promise<unknown> =>
  aws.iam.putRolePolicy({ RoleName: DEPLOYER, PolicyName: "deploy", PolicyDocument: policyOf(rights) })

/** Apply and destroy; ends at the first call that is refused. */
async function deploy(by: Clients, name: string): Promise<void> {
  const { kms, s3, iam } = by
  const { KeyMetadata } = await kms.createKey({ Tags: [{ TagKey: "team", TagValue: "storage" }] })
  const KeyId = KeyMetadata?.KeyId ?? ""
  await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 180 })
  await kms.getKeyRotationStatus({ KeyId })
  await kms.describeKey({ KeyId })
  await kms.getKeyPolicy({ KeyId })
  await kms.listResourceTags({ KeyId })
  await kms.createAlias({ AliasName: `alias/${name}`, TargetKeyId: KeyId })
  await kms.listAliases({})

  const Tags = [{ Key: "team", Value: "storage" }]
  await s3.createBucket({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: "eu-central-1", Tags } })
  await s3.listObjectsV2({ Bucket: name })
  const tags = await by.control("GET", `/tags/${encodeURIComponent(`arn:aws:s3:::${name}`)}`)
  if (tags.status !== 200) throw new Error(/<Message>(.*)<\/Message>/.exec(tags.text)?.[1])
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: KeyId } }
  await s3.putBucketEncryption({ Bucket: name, ServerSideEncryptionConfiguration: { Rules: [rule] } })
  await s3.getBucketEncryption({ Bucket: name })
  await s3.putBucketPolicy({ Bucket: name, Policy: JSON.stringify(onlyTls(name)) })
  await s3.getBucketPolicy({ Bucket: name })

  const inline = { RoleName: name, PolicyName: "read" }
  await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) })
  await iam.getRole({ RoleName: name })
  await iam.putRolePolicy({ ...inline, PolicyDocument: policyOf([["s3:GetObject", `arn:aws:s3:::${name}/*`]]) })
  await iam.getRolePolicy(inline)

  await iam.deleteRolePolicy(inline)
  await iam.listInstanceProfilesForRole({ RoleName: name })
  await iam.deleteRole({ RoleName: name })
  await s3.deleteBucket({ Bucket: name })
  await kms.deleteAlias({ AliasName: `alias/${name}` })
  await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
}

describe("a deployment under least privilege", () => {
  it("passes with its rights, and no call of it was refused", async () => {
    await may(RIGHTS)
    await deploy(deployer, "deployed-all")
    const refused = aws.sandbox.audit.filter(({ principal, error }) => principal === SESSION && error !== undefined)
    expect(refused).toEqual([])
  })

  it.each(RIGHTS)("stops without %s on %s, which is named", async (action, resource) => {
    await may(RIGHTS.filter((each) => each[0] !== action || each[1] !== resource))
    const name = `deployed-${action.toLowerCase().replace(":", "-")}-${resource.length}`
    const stopped: unknown = await deploy(deployer, name).catch((error: unknown) => error)
    // AWS leaves the resource out where there is none yet.
    const about = resource === "*" ? "" : " on resource: \\S+"
    const words = `^User: ${SESSION} is not authorized to perform: ${action}${about} because no identity-based policy allows the ${action} action$`
    expect(stopped).toMatchObject({ message: expect.stringMatching(new RegExp(words)) })
  })

  it("is refused what lies outside its resources, with the resource's name", async () => {
    await may(RIGHTS)
    await expect(
      deployer.iam.createRole({ RoleName: "other", AssumeRolePolicyDocument: JSON.stringify(trust) }),
    ).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: ${SESSION} is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::${WORKLOAD}:role/other because no identity-based policy allows the iam:CreateRole action`,
    })
  })

  it("is refused by the organisation in the words for that, whatever its own policies say", async () => {
    await may(RIGHTS)
    const RootId = (await aws.organizations.listRoots({})).Roots?.[0]?.Id
    await aws.organizations.enablePolicyType({ RootId, PolicyType: "SERVICE_CONTROL_POLICY" })
    const { Policy } = await aws.organizations.createPolicy({
      Name: "keep-keys",
      Description: "",
      Type: "SERVICE_CONTROL_POLICY",
      Content: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Action: "kms:ScheduleKeyDeletion", Resource: "*" }],
      }),
    })
    await aws.organizations.attachPolicy({ PolicyId: Policy?.PolicySummary?.Id, TargetId: WORKLOAD })
    await expect(deploy(deployer, "deployed-guarded")).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringMatching(/kms:ScheduleKeyDeletion .* with an explicit deny in a service control policy/),
    })
  })
})
