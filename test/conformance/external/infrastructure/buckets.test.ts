import type { S3 } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { refusal, saysTheSame, settled, startEstate, WORKLOAD, type Estate } from "./estate.ts"

/** aws_s3_bucket and the settings that are resources of their own. */
let aws: Estate
let s3: S3
beforeAll(async () => {
  aws = await startEstate()
  s3 = aws.s3
})
afterAll(() => aws.close())

let Bucket = ""
let made = 0
beforeEach(async () => {
  Bucket = `infrastructure-${++made}`
  await s3.createBucket({
    Bucket,
    CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
    ObjectLockEnabledForBucket: false,
  })
  await settled(aws, async () => (await refusal(s3.headBucket({ Bucket }))) === "")
})

/** What the provider reads of a bucket, in its order: each answer, or the code by which it knows that there is none. */
const READS: ReadonlyArray<
  readonly [what: string, read: (input: { Bucket: string }) => Promise<object>, answer: unknown]
> = [
  ["policy", (input) => s3.getBucketPolicy(input), "NoSuchBucketPolicy"],
  ["ACL", (input) => s3.getBucketAcl(input), { Grants: [{ Permission: "FULL_CONTROL" }] }],
  ["CORS", (input) => s3.getBucketCors(input), "NoSuchCORSConfiguration"],
  ["website", (input) => s3.getBucketWebsite(input), "NoSuchWebsiteConfiguration"],
  ["versioning", (input) => s3.getBucketVersioning(input), {}],
  ["acceleration", (input) => s3.getBucketAccelerateConfiguration(input), {}],
  ["request payment", (input) => s3.getBucketRequestPayment(input), { Payer: "BucketOwner" }],
  ["logging", (input) => s3.getBucketLogging(input), {}],
  ["lifecycle", (input) => s3.getBucketLifecycleConfiguration(input), "NoSuchLifecycleConfiguration"],
  ["replication", (input) => s3.getBucketReplication(input), "ReplicationConfigurationNotFoundError"],
  [
    "encryption",
    (input) => s3.getBucketEncryption(input),
    {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
      },
    },
  ],
  ["object lock", (input) => s3.getObjectLockConfiguration(input), "ObjectLockConfigurationNotFoundError"],
  ["location", (input) => s3.getBucketLocation(input), { LocationConstraint: "eu-central-1" }],
  ["tags", (input) => s3.getBucketTagging(input), "NoSuchTagSet"],
  ["head", (input) => s3.headBucket(input), { BucketRegion: "eu-central-1" }],
  ["notifications", (input) => s3.getBucketNotificationConfiguration(input), {}],
  [
    "public access",
    (input) => s3.getPublicAccessBlock(input),
    {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  ],
  [
    "ownership",
    (input) => s3.getBucketOwnershipControls(input),
    { OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } },
  ],
]

describe("aws_s3_bucket", () => {
  it.each(READS)("is read back bare: %s", async (_what, read, answer) => {
    const told = read({ Bucket })
    if (typeof answer === "string")
      await expect(told).rejects.toMatchObject({ name: answer, $metadata: { httpStatusCode: 404 } })
    else expect(await told).toMatchObject(answer as object)
  })
  it("shows no status of a versioning that was never switched on", async () => {
    expect((await s3.getBucketVersioning({ Bucket })).Status).toBeUndefined()
  })
  it.each(READS)("that is gone says so: %s", async (what, read) => {
    await s3.deleteBucket({ Bucket })
    expect(await refusal(read({ Bucket }))).toBe(what === "head" ? "NotFound" : "NoSuchBucket")
  })
  it("is emptied and deleted; again, it is gone", async () => {
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } })
    await s3.putObject({ Bucket, Key: "a" })
    await s3.deleteObject({ Bucket, Key: "a" })
    expect(await refusal(s3.deleteBucket({ Bucket }))).toBe("BucketNotEmpty")
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket })
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }))
    const { Errors } = await s3.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } })
    expect(Errors).toBeUndefined()
    await s3.deleteBucket({ Bucket })
    expect(await refusal(s3.headBucket({ Bucket }))).toBe("NotFound")
    expect(await refusal(s3.deleteBucket({ Bucket }))).toBe("NoSuchBucket")
  })
  it("that exists already is told apart from somebody else's", async () => {
    const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" as const }
    expect(await refusal(s3.createBucket({ Bucket, CreateBucketConfiguration }))).toBe("BucketAlreadyOwnedByYou")
    const others = aws.as(aws.sandbox.credentialsFor("333333333333"))
    expect(await refusal(others.s3.createBucket({ Bucket, CreateBucketConfiguration }))).toBe("BucketAlreadyExists")
  })
})

describe("tags of aws_s3_bucket", () => {
  it("as provider 5 keeps them", async () => {
    await s3.putBucketTagging({ Bucket, Tagging: { TagSet: [{ Key: "team", Value: "storage" }] } })
    expect((await s3.getBucketTagging({ Bucket })).TagSet).toEqual([{ Key: "team", Value: "storage" }])
    await s3.deleteBucketTagging({ Bucket })
    expect(await refusal(s3.getBucketTagging({ Bucket }))).toBe("NoSuchTagSet")
  })
  it("as newer ones do: given at creation, read and changed through S3 Control", async () => {
    const tagged = `${Bucket}-tagged`
    const Tags = [{ Key: "team", Value: "storage" }]
    await s3.createBucket({
      Bucket: tagged,
      CreateBucketConfiguration: { LocationConstraint: "eu-central-1", Tags },
    })
    const path = `/tags/${encodeURIComponent(`arn:aws:s3:::${tagged}`)}`
    const listed = async (): Promise<string> =>
      /<Tags>.*<\/Tags>/.exec((await aws.control("GET", path)).text)?.[0] ?? ""
    expect(await listed()).toBe("<Tags><Tag><Key>team</Key><Value>storage</Value></Tag></Tags>")
    const body = "<TagResourceRequest><Tags><Tag><Key>stage</Key><Value>a</Value></Tag></Tags></TagResourceRequest>"
    expect((await aws.control("POST", path, { body })).status).toBe(204)
    expect((await aws.control("DELETE", path, { query: { tagKeys: "team" } })).status).toBe(204)
    expect(await listed()).toBe("<Tags><Tag><Key>stage</Key><Value>a</Value></Tag></Tags>")
  })
})

describe("aws_s3_bucket_server_side_encryption_configuration", () => {
  it("reads back key and bucket key, and falls back to AES256 when it goes", async () => {
    const { KeyMetadata } = await aws.kms.createKey({})
    const ServerSideEncryptionConfiguration = {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: KeyMetadata?.Arn },
          BucketKeyEnabled: true,
        },
      ],
    }
    await s3.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration })
    const read = await s3.getBucketEncryption({ Bucket })
    expect(read.ServerSideEncryptionConfiguration).toEqual(ServerSideEncryptionConfiguration)
    await s3.deleteBucketEncryption({ Bucket })
    const rest = await s3.getBucketEncryption({ Bucket })
    expect(rest.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual({
      SSEAlgorithm: "AES256",
    })
  })
})

describe("aws_s3_bucket_versioning", () => {
  it.each(["Enabled", "Suspended"] as const)("reads back %s", async (Status) => {
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } })
    await settled(aws, async () => (await s3.getBucketVersioning({ Bucket })).Status === Status, 3)
  })
})

describe("aws_s3_bucket_public_access_block", () => {
  it("reads back every switch, and ends in AWS's own 404", async () => {
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: false,
      RestrictPublicBuckets: true,
    }
    await s3.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration })
    const read = await s3.getPublicAccessBlock({ Bucket })
    expect(read.PublicAccessBlockConfiguration).toEqual(PublicAccessBlockConfiguration)
    await s3.deletePublicAccessBlock({ Bucket })
    expect(await refusal(s3.getPublicAccessBlock({ Bucket }))).toBe("NoSuchPublicAccessBlockConfiguration")
  })
})

describe("aws_s3_bucket_ownership_controls", () => {
  it("reads back, and ends in AWS's own 404", async () => {
    const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerPreferred" as const }] }
    await s3.putBucketOwnershipControls({ Bucket, OwnershipControls })
    expect((await s3.getBucketOwnershipControls({ Bucket })).OwnershipControls).toEqual(OwnershipControls)
    await s3.deleteBucketOwnershipControls({ Bucket })
    expect(await refusal(s3.getBucketOwnershipControls({ Bucket }))).toBe("OwnershipControlsNotFoundError")
  })
})

describe("aws_s3_bucket_policy", () => {
  it("reads back what it says, and ends in AWS's own 404", async () => {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyTls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          Sid: "Owner",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${WORKLOAD}:root` },
          Action: ["s3:GetObject", "s3:PutObject"],
          Resource: `arn:aws:s3:::${Bucket}/*`,
        },
      ],
    }
    await s3.putBucketPolicy({ Bucket, Policy: JSON.stringify(policy, undefined, 2) })
    await settled(aws, async () => saysTheSame((await s3.getBucketPolicy({ Bucket })).Policy, policy))
    await s3.deleteBucketPolicy({ Bucket })
    expect(await refusal(s3.getBucketPolicy({ Bucket }))).toBe("NoSuchBucketPolicy")
  })
})
