import * as sdk from "@aws-sdk/client-s3"
import { beforeEach, describe, expect, it } from "vitest"
import { clientOf } from "./client.ts"
import { rig, type Rig } from "./fake-world.ts"

/** The fake world's clock stands at 2026-11-24, noon. */
const IN_A_MONTH = new Date("2026-12-24T12:00:00.000Z")
const IN_TWO_MONTHS = new Date("2027-01-24T12:00:00.000Z")
const DAY = 86_400_000
const BY_LOCK = { name: "AccessDenied", message: "Access Denied because object protected by object lock." }

let aws: Rig
let s3: sdk.S3Client

beforeEach(async () => {
  aws = rig()
  s3 = clientOf(aws)
  await s3.send(
    new sdk.CreateBucketCommand({
      Bucket: "vault",
      ObjectLockEnabledForBucket: true,
      CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
    }),
  )
})

const put = async (more: Partial<sdk.PutObjectCommandInput> = {}): Promise<string> =>
  (await s3.send(new sdk.PutObjectCommand({ Bucket: "vault", Key: "k", Body: "x", ...more }))).VersionId ?? ""
const remove = (VersionId?: string, BypassGovernanceRetention?: boolean): Promise<sdk.DeleteObjectCommandOutput> =>
  s3.send(new sdk.DeleteObjectCommand({ Bucket: "vault", Key: "k", VersionId, BypassGovernanceRetention }))
const head = (VersionId?: string): Promise<sdk.HeadObjectCommandOutput> =>
  s3.send(new sdk.HeadObjectCommand({ Bucket: "vault", Key: "k", VersionId }))
const retain = (
  Mode: sdk.ObjectLockRetentionMode,
  RetainUntilDate: Date,
  BypassGovernanceRetention?: boolean,
): Promise<unknown> =>
  s3.send(
    new sdk.PutObjectRetentionCommand({
      Bucket: "vault",
      Key: "k",
      Retention: { Mode, RetainUntilDate },
      BypassGovernanceRetention,
    }),
  )
const defaultRule = (DefaultRetention: sdk.DefaultRetention): Promise<unknown> =>
  s3.send(
    new sdk.PutObjectLockConfigurationCommand({
      Bucket: "vault",
      ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention } },
    }),
  )
const compliance = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: IN_A_MONTH } as const
const governance = { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate: IN_A_MONTH } as const

describe("a bucket with Object Lock", () => {
  it("has versions from the start, and says so when read back", async () => {
    const versioning = await s3.send(new sdk.GetBucketVersioningCommand({ Bucket: "vault" }))
    expect(versioning.Status).toBe("Enabled")
    const lock = await s3.send(new sdk.GetObjectLockConfigurationCommand({ Bucket: "vault" }))
    expect(lock.ObjectLockConfiguration).toEqual({ ObjectLockEnabled: "Enabled" })
  })

  it("takes a default retention in days, which new versions get and old ones do not", async () => {
    const old = await put()
    await defaultRule({ Mode: "GOVERNANCE", Days: 30 })
    const locked = await head(await put())
    expect(locked).toMatchObject({ ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate: IN_A_MONTH })
    expect((await head(old)).ObjectLockMode).toBeUndefined()
    const copied = new sdk.CopyObjectCommand({ Bucket: "vault", Key: "k", CopySource: `vault/k?versionId=${old}` })
    const { VersionId } = await s3.send(copied)
    expect((await head(VersionId)).ObjectLockMode).toBe("GOVERNANCE")
  })

  it("counts years by the calendar", async () => {
    await defaultRule({ Mode: "COMPLIANCE", Years: 2 })
    expect((await head(await put())).ObjectLockRetainUntilDate).toEqual(new Date("2028-11-24T12:00:00.000Z"))
  })

  it("locks what was uploaded in parts when it is completed", async () => {
    await defaultRule({ Mode: "GOVERNANCE", Days: 30 })
    const where = { Bucket: "vault", Key: "k" }
    const { UploadId } = await s3.send(
      new sdk.CreateMultipartUploadCommand({ ...where, ObjectLockLegalHoldStatus: "ON" }),
    )
    const { ETag } = await s3.send(new sdk.UploadPartCommand({ ...where, UploadId, PartNumber: 1, Body: "x" }))
    aws.advance(DAY)
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    const done = await s3.send(new sdk.CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload }))
    expect(await head(done.VersionId)).toMatchObject({
      ObjectLockMode: "GOVERNANCE",
      ObjectLockRetainUntilDate: new Date(IN_A_MONTH.getTime() + DAY),
      ObjectLockLegalHoldStatus: "ON",
    })
  })
})

describe("a locked version", () => {
  it("under COMPLIANCE goes for nobody before its time, then for everybody", async () => {
    const version = await put(compliance)
    await expect(remove(version)).rejects.toMatchObject(BY_LOCK)
    await expect(remove(version, true)).rejects.toMatchObject(BY_LOCK)
    aws.advance(31 * DAY)
    await remove(version)
    await expect(head(version)).rejects.toMatchObject({ name: "NotFound" })
  })

  it("under GOVERNANCE goes only for who asks to bypass and may", async () => {
    const version = await put(governance)
    await expect(remove(version)).rejects.toMatchObject(BY_LOCK)
    aws.refused.add("s3:BypassGovernanceRetention")
    await expect(remove(version, true)).rejects.toMatchObject({ message: "refused: s3:BypassGovernanceRetention" })
    aws.refused.clear()
    await remove(version, true)
    await expect(head(version)).rejects.toMatchObject({ name: "NotFound" })
  })

  it("under a legal hold stays until the hold is lifted", async () => {
    const version = await put({ ObjectLockLegalHoldStatus: "ON" })
    await expect(remove(version, true)).rejects.toMatchObject(BY_LOCK)
    const hold = (Status: "ON" | "OFF"): sdk.PutObjectLegalHoldCommand =>
      new sdk.PutObjectLegalHoldCommand({ Bucket: "vault", Key: "k", LegalHold: { Status } })
    await s3.send(hold("OFF"))
    const read = await s3.send(new sdk.GetObjectLegalHoldCommand({ Bucket: "vault", Key: "k" }))
    expect(read.LegalHold?.Status).toBe("OFF")
    await remove(version)
  })

  it("may still be hidden by a delete marker and overwritten", async () => {
    const version = await put(compliance)
    expect((await remove()).DeleteMarker).toBe(true)
    await put({ Body: "y" })
    const read = await s3.send(new sdk.GetObjectCommand({ Bucket: "vault", Key: "k", VersionId: version }))
    expect(await read.Body?.transformToString()).toBe("x")
  })

  it("is one error among the results of DeleteObjects", async () => {
    const locked = await put(compliance)
    const free = await put()
    const Objects = [locked, free].map((VersionId) => ({ Key: "k", VersionId }))
    const done = await s3.send(new sdk.DeleteObjectsCommand({ Bucket: "vault", Delete: { Objects } }))
    expect(done.Deleted?.map((each) => each.VersionId)).toEqual([free])
    expect(done.Errors).toMatchObject([{ VersionId: locked, Code: "AccessDenied", Message: BY_LOCK.message }])
  })

  it("may be kept longer, never shorter without bypass", async () => {
    await put(governance)
    await retain("GOVERNANCE", IN_TWO_MONTHS)
    await expect(retain("GOVERNANCE", IN_A_MONTH)).rejects.toMatchObject(BY_LOCK)
    await expect(retain("COMPLIANCE", IN_TWO_MONTHS)).rejects.toMatchObject(BY_LOCK)
    await retain("COMPLIANCE", IN_A_MONTH, true)
    await expect(retain("GOVERNANCE", IN_TWO_MONTHS, true)).rejects.toMatchObject(BY_LOCK)
    await expect(retain("COMPLIANCE", new Date(IN_A_MONTH.getTime() - DAY), true)).rejects.toMatchObject(BY_LOCK)
    await retain("COMPLIANCE", IN_TWO_MONTHS)
    const read = await s3.send(new sdk.GetObjectRetentionCommand({ Bucket: "vault", Key: "k" }))
    expect(read.Retention).toEqual({ Mode: "COMPLIANCE", RetainUntilDate: IN_TWO_MONTHS })
  })

  it("shows its lock only to who may read it", async () => {
    await put({ ...governance, ObjectLockLegalHoldStatus: "ON" })
    aws.refused.add("s3:GetObjectRetention")
    const seen = await head()
    expect([seen.ObjectLockMode, seen.ObjectLockLegalHoldStatus]).toEqual([undefined, "ON"])
  })

  it("is still locked after a snapshot was loaded", async () => {
    const version = await put(compliance)
    aws.s3.load(JSON.parse(JSON.stringify(aws.s3.dump())))
    await expect(remove(version)).rejects.toMatchObject(BY_LOCK)
    const lock = await s3.send(new sdk.GetObjectLockConfigurationCommand({ Bucket: "vault" }))
    expect(lock.ObjectLockConfiguration?.ObjectLockEnabled).toBe("Enabled")
  })
})

describe("a write that asks for a lock", () => {
  it("needs the rights to set it, and the question says what for how long", async () => {
    await put({ ...governance, ObjectLockLegalHoldStatus: "ON" })
    const lock = {
      "s3:object-lock-mode": "GOVERNANCE",
      "s3:object-lock-retain-until-date": "2026-12-24T12:00:00.000Z",
      "s3:object-lock-remaining-retention-days": "30",
      "s3:object-lock-legal-hold": "ON",
    }
    for (const action of ["s3:PutObject", "s3:PutObjectRetention", "s3:PutObjectLegalHold"]) {
      expect(aws.asked.find((each) => each.action === action)?.context).toMatchObject(lock)
    }
    aws.refused.add("s3:PutObjectRetention")
    await expect(put(governance)).rejects.toMatchObject({ message: "refused: s3:PutObjectRetention" })
  })

  it("is refused in a bucket without Object Lock", async () => {
    const plain = { LocationConstraint: "eu-central-1" } as const
    await s3.send(new sdk.CreateBucketCommand({ Bucket: "plain", CreateBucketConfiguration: plain }))
    await expect(put({ Bucket: "plain", ...governance })).rejects.toMatchObject({
      name: "InvalidRequest",
      message: "Bucket is missing Object Lock Configuration",
    })
  })

  it("must carry a checksum", () => {
    const headers = {
      "x-amz-object-lock-mode": "COMPLIANCE",
      "x-amz-object-lock-retain-until-date": "2027-01-01T00:00:00Z",
    }
    const answer = aws.send({ method: "PUT", rawPath: "/vault/k", headers, body: Buffer.from("x") })
    expect([answer.status, String(answer.body)]).toEqual([
      400,
      expect.stringContaining("Content-MD5 OR x-amz-checksum-"),
    ])
  })
})
