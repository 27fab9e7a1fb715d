import * as sdk from "@aws-sdk/client-s3"
import { beforeEach, describe, expect, it } from "vitest"
import { clientOf } from "./client.ts"
import { rig, type Rig } from "./fake-world.ts"

let aws: Rig
let s3: sdk.S3Client
const Bucket = "logs"
const create = async (name: string, versions = true): Promise<void> => {
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
  await s3.send(new sdk.CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }))
  const VersioningConfiguration = { Status: "Enabled" } as const
  if (versions) await s3.send(new sdk.PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }))
}

beforeEach(async () => {
  aws = rig({ pageSize: 2 })
  s3 = clientOf(aws)
  await create(Bucket)
})

describe("what infrastructure tools read back from a new bucket", () => {
  it.each([
    ["policy", () => s3.send(new sdk.GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy"],
    ["policy status", () => s3.send(new sdk.GetBucketPolicyStatusCommand({ Bucket })), "NoSuchBucketPolicy"],
    ["cors", () => s3.send(new sdk.GetBucketCorsCommand({ Bucket })), "NoSuchCORSConfiguration"],
    ["website", () => s3.send(new sdk.GetBucketWebsiteCommand({ Bucket })), "NoSuchWebsiteConfiguration"],
    ["tags", () => s3.send(new sdk.GetBucketTaggingCommand({ Bucket })), "NoSuchTagSet"],
    [
      "lifecycle",
      () => s3.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket })),
      "NoSuchLifecycleConfiguration",
    ],
    [
      "replication",
      () => s3.send(new sdk.GetBucketReplicationCommand({ Bucket })),
      "ReplicationConfigurationNotFoundError",
    ],
    [
      "object lock",
      () => s3.send(new sdk.GetObjectLockConfigurationCommand({ Bucket })),
      "ObjectLockConfigurationNotFoundError",
    ],
    [
      "inventory",
      () => s3.send(new sdk.GetBucketInventoryConfigurationCommand({ Bucket, Id: "x" })),
      "NoSuchConfiguration",
    ],
  ] as ReadonlyArray<readonly [string, () => Promise<unknown>, string]>)(
    "%s: AWS's own 404",
    async (_setting, read, name) => {
      await expect(read()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 404 } })
    },
  )

  it("has the defaults of AWS for the rest", async () => {
    expect((await s3.send(new sdk.GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe("BucketOwner")
    expect((await s3.send(new sdk.GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined()
    expect((await s3.send(new sdk.GetBucketAccelerateConfigurationCommand({ Bucket }))).Status).toBeUndefined()
    const notification = await s3.send(new sdk.GetBucketNotificationConfigurationCommand({ Bucket }))
    expect(notification.QueueConfigurations).toBeUndefined()
    const ownership = await s3.send(new sdk.GetBucketOwnershipControlsCommand({ Bucket }))
    expect(ownership.OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }])
    const acl = await s3.send(new sdk.GetBucketAclCommand({ Bucket }))
    expect(acl.Owner?.ID).toBe("111111111111")
    expect(acl.Grants).toEqual([{ Grantee: { ID: "111111111111", Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }])
    await s3.send(
      new sdk.PutBucketAclCommand({ Bucket, AccessControlPolicy: { Owner: acl.Owner, Grants: acl.Grants } }),
    )
  })
})

it("shows the encryption rule as it was put, blocked types too, and replaces it whole", async () => {
  const rule = (more: object): sdk.ServerSideEncryptionRule => ({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/any" },
    BucketKeyEnabled: true,
    ...more,
  })
  const put = (one: sdk.ServerSideEncryptionRule): Promise<unknown> => {
    const ServerSideEncryptionConfiguration = { Rules: [one] }
    return s3.send(new sdk.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }))
  }
  const read = async (): Promise<unknown> =>
    (await s3.send(new sdk.GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules
  const blocking = rule({ BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] } })
  await put(blocking)
  expect(await read()).toEqual([blocking])
  await put(rule({}))
  expect(await read()).toEqual([rule({})])
})

const inventory = (Id: string): sdk.InventoryConfiguration => ({
  Id,
  IsEnabled: true,
  IncludedObjectVersions: "All",
  Schedule: { Frequency: "Daily" },
  OptionalFields: ["EncryptionStatus", "BucketKeyStatus"],
  Destination: { S3BucketDestination: { Bucket: "arn:aws:s3:::reports", Format: "CSV", Prefix: "a & b" } },
})

describe("inventory configurations", () => {
  const put = (Id: string): Promise<unknown> =>
    s3.send(new sdk.PutBucketInventoryConfigurationCommand({ Bucket, Id, InventoryConfiguration: inventory(Id) }))

  it("come back as they were put, one by one and in pages, also after a snapshot", async () => {
    for (const id of ["b", "a", "c"]) await put(id)
    aws.s3.load(JSON.parse(JSON.stringify(aws.s3.dump())))
    const one = await s3.send(new sdk.GetBucketInventoryConfigurationCommand({ Bucket, Id: "b" }))
    expect(one.InventoryConfiguration).toEqual(inventory("b"))
    const first = await s3.send(new sdk.ListBucketInventoryConfigurationsCommand({ Bucket }))
    expect(first.InventoryConfigurationList).toEqual([inventory("a"), inventory("b")])
    const ContinuationToken = first.NextContinuationToken
    const second = await s3.send(new sdk.ListBucketInventoryConfigurationsCommand({ Bucket, ContinuationToken }))
    expect([second.IsTruncated, second.InventoryConfigurationList?.map((each) => each.Id)]).toEqual([false, ["c"]])
    await s3.send(new sdk.DeleteBucketInventoryConfigurationCommand({ Bucket, Id: "b" }))
    await expect(s3.send(new sdk.GetBucketInventoryConfigurationCommand({ Bucket, Id: "b" }))).rejects.toMatchObject({
      name: "NoSuchConfiguration",
    })
  })

  it("are refused when they lack what AWS needs", async () => {
    const { Schedule: _left, ...rest } = inventory("a")
    const InventoryConfiguration = rest as sdk.InventoryConfiguration
    await expect(
      s3.send(new sdk.PutBucketInventoryConfigurationCommand({ Bucket, Id: "a", InventoryConfiguration })),
    ).rejects.toMatchObject({ name: "MalformedXML" })
  })
})

describe("a replication configuration", () => {
  const ReplicationConfiguration: sdk.ReplicationConfiguration = {
    Role: "arn:aws:iam::111111111111:role/replicator",
    Rules: [
      {
        Status: "Enabled",
        Priority: 1,
        Filter: { Prefix: "" },
        DeleteMarkerReplication: { Status: "Disabled" },
        SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } },
        Destination: {
          Bucket: "arn:aws:s3:::copies",
          EncryptionConfiguration: { ReplicaKmsKeyID: "arn:aws:kms:eu-central-1:222222222222:key/not-there" },
        },
      },
    ],
  }
  const put = (): Promise<unknown> => s3.send(new sdk.PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }))

  it("comes back as it was put, with an id for each rule", async () => {
    await create("copies")
    await put()
    const read = await s3.send(new sdk.GetBucketReplicationCommand({ Bucket }))
    expect(read.ReplicationConfiguration).toMatchObject(ReplicationConfiguration)
    expect(read.ReplicationConfiguration?.Rules?.[0]?.ID).toEqual(expect.any(String))
    await s3.send(new sdk.DeleteBucketReplicationCommand({ Bucket }))
    await expect(s3.send(new sdk.GetBucketReplicationCommand({ Bucket }))).rejects.toMatchObject({
      name: "ReplicationConfigurationNotFoundError",
    })
  })

  it("needs the right to pass its role", async () => {
    await create("copies")
    await put()
    expect(aws.asked.find((each) => each.action === "iam:PassRole")).toMatchObject({
      resource: "arn:aws:iam::111111111111:role/replicator",
      context: { "iam:PassedToService": "s3.amazonaws.com" },
    })
  })

  it("needs versions on both sides", async () => {
    await expect(put()).rejects.toMatchObject({ name: "InvalidRequest", message: "Destination bucket must exist." })
    await create("copies", false)
    await expect(put()).rejects.toMatchObject({ message: "Destination bucket must have versioning enabled." })
  })
})
