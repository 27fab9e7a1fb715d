import * as sdk from "@aws-sdk/client-s3"
import { beforeEach, describe, expect, it } from "vitest"
import { isPublicPolicy } from "../../../src/sandbox/s3/public-policy.ts"
import { clientOf } from "./client.ts"
import { RECOVERY, rig, type Rig } from "./fake-world.ts"

let aws: Rig
let s3: sdk.S3Client
beforeEach(async () => {
  aws = rig()
  s3 = clientOf(aws)
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
  await s3.send(new sdk.CreateBucketCommand({ Bucket: "logs", CreateBucketConfiguration }))
  await s3.send(new sdk.PutObjectCommand({ Bucket: "logs", Key: "k", Body: "x" }))
})

const allow = (Principal: unknown, Condition?: object): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::logs/*", Condition }],
})
const putPolicy = (policy: object): Promise<unknown> =>
  s3.send(new sdk.PutBucketPolicyCommand({ Bucket: "logs", Policy: JSON.stringify(policy) }))
const block = (PublicAccessBlockConfiguration: sdk.PublicAccessBlockConfiguration): Promise<unknown> =>
  s3.send(new sdk.PutPublicAccessBlockCommand({ Bucket: "logs", PublicAccessBlockConfiguration }))
/** The fake authorizer lets a foreigner in whose account stands in the policy. */
const everybodyAndRecovery = allow({ AWS: ["*", RECOVERY] })

describe("a policy is public", () => {
  it.each([
    ["for everybody", allow("*")],
    ["for everybody, as AWS", allow({ AWS: "*" })],
    [
      "under a condition that narrows nothing",
      allow("*", { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/x" } }),
    ],
    ["for a range as wide as the Internet", allow("*", { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } })],
    ["only for requests with TLS", allow("*", { Bool: { "aws:SecureTransport": "true" } })],
    ["when the key may be missing", allow("*", { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } })],
    ["for a variable", allow("*", { StringEquals: { "aws:SourceVpc": "${aws:username}" } })],
  ])("%s", (_what, policy) => expect(isPublicPolicy(policy as Record<string, unknown>)).toBe(true))
  it.each([
    ["for an account", allow({ AWS: RECOVERY })],
    ["for an organisation", allow("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } })],
    ["for an office", allow("*", { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } })],
    ["for the roles of an account", allow("*", { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${RECOVERY}:role/*` } })],
    ["for a service", allow({ Service: "cloudtrail.amazonaws.com" })],
    ["when it denies everybody", { Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }] }],
  ])("not %s", (_what, policy) => expect(isPublicPolicy(policy as Record<string, unknown>)).toBe(false))
})

describe("Block Public Access", () => {
  it("is on in new buckets and refuses public policies there", async () => {
    const read = await s3.send(new sdk.GetPublicAccessBlockCommand({ Bucket: "logs" }))
    expect(Object.values(read.PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true])
    await expect(putPolicy(allow("*"))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringMatching(
        /s3:PutBucketPolicy on resource: "arn:aws:s3:::logs" because public policies are blocked by the BlockPublicPolicy block public access setting\.$/,
      ),
    })
    await expect(s3.send(new sdk.GetBucketPolicyCommand({ Bucket: "logs" }))).rejects.toMatchObject({
      name: "NoSuchBucketPolicy",
    })
    await putPolicy(allow({ AWS: RECOVERY }))
  })

  it("lets a public policy in once it is taken away, and the bucket then says so", async () => {
    await s3.send(new sdk.DeletePublicAccessBlockCommand({ Bucket: "logs" }))
    await putPolicy(allow("*"))
    const status = await s3.send(new sdk.GetBucketPolicyStatusCommand({ Bucket: "logs" }))
    expect(status.PolicyStatus?.IsPublic).toBe(true)
  })

  it("closes a public bucket to other accounts, not to its own", async () => {
    await block({})
    await putPolicy(everybodyAndRecovery)
    const read = new sdk.GetObjectCommand({ Bucket: "logs", Key: "k" })
    await clientOf(aws, RECOVERY).send(read)
    await block({ RestrictPublicBuckets: true })
    await expect(clientOf(aws, RECOVERY).send(read)).rejects.toMatchObject({ name: "AccessDenied" })
    await s3.send(read)
    await putPolicy(allow({ AWS: RECOVERY }))
    await clientOf(aws, RECOVERY).send(read)
  })

  it("of the account counts where the bucket has none", async () => {
    await s3.send(new sdk.DeletePublicAccessBlockCommand({ Bucket: "logs" }))
    const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }
    aws.s3.state.accountBlocks.set("111111111111" as never, all)
    aws.s3.load(JSON.parse(JSON.stringify(aws.s3.dump())))
    await expect(putPolicy(allow("*"))).rejects.toMatchObject({ name: "AccessDenied" })
  })

  it("keeps the owner's root user from being locked out of the policy", async () => {
    await putPolicy(allow({ AWS: RECOVERY }))
    aws.asked.length = 0
    await s3.send(new sdk.DeleteBucketPolicyCommand({ Bucket: "logs" }))
    expect(aws.asked[0]).toMatchObject({ action: "s3:DeleteBucketPolicy" })
    expect(aws.asked[0]?.resourcePolicy).toBeUndefined()
  })
})

describe("ACLs", () => {
  it("are off: what grants nothing new is accepted, the rest refused", async () => {
    await s3.send(new sdk.PutObjectCommand({ Bucket: "logs", Key: "k", ACL: "bucket-owner-full-control" }))
    await expect(
      s3.send(new sdk.PutObjectCommand({ Bucket: "logs", Key: "k", ACL: "public-read" })),
    ).rejects.toMatchObject({ name: "AccessControlListNotSupported" })
    await s3.send(new sdk.PutBucketAclCommand({ Bucket: "logs", ACL: "private" }))
    await expect(s3.send(new sdk.PutBucketAclCommand({ Bucket: "logs", ACL: "public-read" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    })
  })
})
