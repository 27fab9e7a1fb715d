import * as sdk from "@aws-sdk/client-s3"
import { beforeEach, describe, expect, it } from "vitest"
import { clientOf } from "./client.ts"
import { RECOVERY, rig, type FakeKey, type Rig } from "./fake-world.ts"

let aws: Rig
let s3: sdk.S3Client
let old: FakeKey
let fresh: FakeKey

beforeEach(async () => {
  aws = rig()
  s3 = clientOf(aws)
  old = aws.kms.add("old")
  fresh = aws.kms.add("fresh")
  await s3.send(
    new sdk.CreateBucketCommand({
      Bucket: "loki",
      ObjectLockEnabledForBucket: true,
      CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
    }),
  )
})

const put = (more: Partial<sdk.PutObjectCommandInput> = {}): Promise<sdk.PutObjectCommandOutput> =>
  s3.send(
    new sdk.PutObjectCommand({
      Bucket: "loki",
      Key: "a b",
      Body: "secret",
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: old.arn,
      ...more,
    }),
  )
const update = (
  KMSKeyArn: string,
  more: { BucketKeyEnabled?: boolean; VersionId?: string | undefined } = {},
): Promise<sdk.UpdateObjectEncryptionCommandOutput> => {
  const { VersionId, ...SSEKMS } = more
  const ObjectEncryption = { SSEKMS: { KMSKeyArn, ...SSEKMS } }
  return s3.send(new sdk.UpdateObjectEncryptionCommand({ Bucket: "loki", Key: "a b", VersionId, ObjectEncryption }))
}
const read = async (VersionId?: string): Promise<string | undefined> =>
  (await s3.send(new sdk.GetObjectCommand({ Bucket: "loki", Key: "a b", VersionId }))).Body?.transformToString()
const head = (VersionId?: string): Promise<sdk.HeadObjectCommandOutput> =>
  s3.send(new sdk.HeadObjectCommand({ Bucket: "loki", Key: "a b", VersionId, ChecksumMode: "ENABLED" }))

describe("UpdateObjectEncryption", () => {
  it("makes the object readable without the old key, and unreadable without the new one", async () => {
    await put()
    await update(fresh.arn)
    old.state = "Disabled"
    expect(await read()).toBe("secret")
    fresh.state = "Disabled"
    await expect(read()).rejects.toMatchObject({ name: "KMS.DisabledException", message: `${fresh.arn} is disabled.` })
  })

  it("changes the encryption and nothing else", async () => {
    await put({ StorageClass: "DEEP_ARCHIVE", Metadata: { team: "ops" }, Tagging: "a=1" })
    const before = await head()
    aws.advance(60_000)
    await update(fresh.arn, { BucketKeyEnabled: true })
    const { $metadata: _before, ...was } = before
    const { $metadata: _after, ...is } = await head()
    expect(is).toEqual({ ...was, SSEKMSKeyId: fresh.arn, BucketKeyEnabled: true })
    await expect(read()).rejects.toMatchObject({ name: "InvalidObjectState", StorageClass: "DEEP_ARCHIVE" })
  })

  it("brings objects under S3's own key under a KMS key", async () => {
    await put({ ServerSideEncryption: "AES256", SSEKMSKeyId: undefined })
    await update(fresh.arn)
    expect(await head()).toMatchObject({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: fresh.arn })
    expect(await read()).toBe("secret")
  })

  it("re-keys the version named and leaves the others", async () => {
    const first = await put()
    await put({ Body: "second" })
    const done = await update(fresh.arn, { VersionId: first.VersionId })
    expect(done.$metadata.httpStatusCode).toBe(200)
    expect((await head(first.VersionId)).SSEKMSKeyId).toBe(fresh.arn)
    expect((await head()).SSEKMSKeyId).toBe(old.arn)
  })

  it("needs the old key: what is disabled cannot be re-keyed", async () => {
    await put()
    old.state = "Disabled"
    await expect(update(fresh.arn)).rejects.toMatchObject({ name: "KMS.DisabledException" })
    old.state = "Enabled"
    fresh.state = "PendingDeletion"
    await expect(update(fresh.arn)).rejects.toMatchObject({ name: "KMS.KMSInvalidStateException" })
    expect((await head()).SSEKMSKeyId).toBe(old.arn)
  })

  it.each([
    ["a bare id", "fresh", "InvalidRequest"],
    ["an alias", "arn:aws:kms:eu-central-1:111111111111:alias/fresh", "InvalidRequest"],
    ["a key of another account", `arn:aws:kms:eu-central-1:${RECOVERY}:key/theirs`, "AccessDenied"],
  ])("refuses %s", async (_what, key, name) => {
    aws.kms.add("theirs", "eu-central-1", RECOVERY)
    await put()
    await expect(update(key)).rejects.toMatchObject({ name })
    expect((await head()).SSEKMSKeyId).toBe(old.arn)
  })

  it("refuses what is encrypted twice", async () => {
    await put({ ServerSideEncryption: "aws:kms:dsse" })
    await expect(update(fresh.arn)).rejects.toMatchObject({ name: "InvalidRequest" })
  })

  it.each([
    ["COMPLIANCE", { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: new Date("2027-01-01") }],
    ["GOVERNANCE", { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate: new Date("2027-01-01") }],
    ["a legal hold", { ObjectLockLegalHoldStatus: "ON" }],
  ] as const)("refuses an object under %s", async (_what, lock) => {
    await put(lock)
    await expect(update(fresh.arn)).rejects.toMatchObject({
      name: "AccessDenied",
      message: "Access Denied because object protected by object lock.",
    })
  })

  it("refuses delete markers and keys that are not there", async () => {
    await expect(update(fresh.arn)).rejects.toMatchObject({ name: "NoSuchKey" })
    await put()
    const { VersionId } = await s3.send(new sdk.DeleteObjectCommand({ Bucket: "loki", Key: "a b" }))
    await expect(update(fresh.arn)).rejects.toMatchObject({ name: "NoSuchKey" })
    await expect(update(fresh.arn, { VersionId })).rejects.toMatchObject({ name: "MethodNotAllowed" })
  })

  it("asks for two rights, with the new key in both questions", async () => {
    await put({ Tagging: "team=ops" })
    aws.asked.length = 0
    await update(fresh.arn)
    expect(aws.asked.map((each) => each.action)).toEqual(["s3:UpdateObjectEncryption", "s3:PutObject"])
    for (const { context, resource } of aws.asked) {
      expect(resource).toBe("arn:aws:s3:::loki/a b")
      expect(context).toMatchObject({
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": fresh.arn,
        "s3:ExistingObjectTag/team": "ops",
      })
    }
  })

  it("never takes its request for a body", async () => {
    await put()
    const answer = aws.send({ method: "PUT", rawPath: "/loki/a%20b?encryption", body: Buffer.from("<no xml") })
    expect(answer.status).toBe(400)
    expect(await read()).toBe("secret")
  })
})
