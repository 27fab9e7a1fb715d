import * as sdk from "@aws-sdk/client-s3"
import { beforeEach, describe, expect, it } from "vitest"
import { clientOf } from "./client.ts"
import { RECOVERY, rig, type Rig } from "./fake-world.ts"

let aws: Rig
let s3: sdk.S3Client

beforeEach(async () => {
  aws = rig()
  s3 = clientOf(aws)
  await s3.send(
    new sdk.CreateBucketCommand({ Bucket: "loki", CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  )
})

const put = (
  Key: string,
  Body: string,
  more: Partial<sdk.PutObjectCommandInput> = {},
): Promise<sdk.PutObjectCommandOutput> => s3.send(new sdk.PutObjectCommand({ Bucket: "loki", Key, Body, ...more }))
const read = async (Key: string, more: Partial<sdk.GetObjectCommandInput> = {}): Promise<string> =>
  (await (await s3.send(new sdk.GetObjectCommand({ Bucket: "loki", Key, ...more }))).Body?.transformToString()) ?? ""

describe("objects", () => {
  it.each(["plain", "a//b/../c", "ü c+d%.txt", "😀/x", "q?versionId=1", "tab\tkey"])(
    "keeps the key %j exactly",
    async (key) => {
      await put(key, "hello")
      expect(await read(key)).toBe("hello")
      const listed = await s3.send(new sdk.ListObjectsV2Command({ Bucket: "loki", EncodingType: "url" }))
      const written = listed.Contents?.[0]?.Key ?? ""
      expect(decodeURIComponent(written.replaceAll("+", " "))).toBe(key)
      const gone = await s3.send(new sdk.DeleteObjectsCommand({ Bucket: "loki", Delete: { Objects: [{ Key: key }] } }))
      expect(gone.Deleted?.map((each) => each.Key)).toEqual([key])
      await expect(read(key)).rejects.toThrow("The specified key does not exist.")
    },
  )

  it("cannot read an object whose key is disabled, and copies from it neither", async () => {
    const key = aws.kms.add("k1")
    const done = await put("chunk", "secret", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "k1" })
    expect(done.SSEKMSKeyId).toBe(key.arn)
    expect(await read("chunk")).toBe("secret")
    key.state = "Disabled"
    await expect(read("chunk")).rejects.toMatchObject({
      name: "KMS.DisabledException",
      message: `${key.arn} is disabled.`,
    })
    const copy = new sdk.CopyObjectCommand({ Bucket: "loki", Key: "copy", CopySource: "loki/chunk" })
    await expect(s3.send(copy)).rejects.toMatchObject({ name: "KMS.DisabledException" })
    await expect(read("copy")).rejects.toThrow("does not exist")
  })

  it("copies across accounts under another key, with metadata and tags", async () => {
    aws.kms.add("k1")
    const recoveryKey = aws.kms.add("k2", "eu-central-1", RECOVERY)
    await put("x y", "abc", {
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: "k1",
      Metadata: { team: "ops" },
      Tagging: "a=1&b=2",
    })
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Principal: { AWS: `arn:aws:iam::${RECOVERY}:root` } }],
    })
    await s3.send(new sdk.PutBucketPolicyCommand({ Bucket: "loki", Policy: policy }))
    const there = clientOf(aws, RECOVERY)
    await there.send(
      new sdk.CreateBucketCommand({
        Bucket: "recovery",
        CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
      }),
    )
    const copy = {
      Bucket: "recovery",
      Key: "x y",
      CopySource: "loki/x%20y",
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: recoveryKey.arn,
      IfNoneMatch: "*",
    } as const
    const done = await there.send(new sdk.CopyObjectCommand(copy))
    expect(done.SSEKMSKeyId).toBe(recoveryKey.arn)
    expect(done.CopyObjectResult?.LastModified).toBeInstanceOf(Date)
    await expect(there.send(new sdk.CopyObjectCommand(copy))).rejects.toMatchObject({ name: "PreconditionFailed" })
    const head = await there.send(
      new sdk.HeadObjectCommand({ Bucket: "recovery", Key: "x y", ChecksumMode: "ENABLED" }),
    )
    expect(head).toMatchObject({ ContentLength: 3, Metadata: { team: "ops" }, ChecksumCRC32: "NSRBwg==" })
    const tags = await there.send(new sdk.GetObjectTaggingCommand({ Bucket: "recovery", Key: "x y" }))
    expect(tags.TagSet).toEqual([
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ])
  })

  it("keeps versions and delete markers apart", async () => {
    await s3.send(
      new sdk.PutBucketVersioningCommand({ Bucket: "loki", VersioningConfiguration: { Status: "Enabled" } }),
    )
    const one = await put("k", "one")
    await put("k", "two")
    await s3.send(new sdk.DeleteObjectCommand({ Bucket: "loki", Key: "k" }))
    await expect(read("k")).rejects.toMatchObject({ name: "NoSuchKey" })
    expect(await read("k", { VersionId: one.VersionId })).toBe("one")
    const listed = await s3.send(new sdk.ListObjectVersionsCommand({ Bucket: "loki" }))
    expect([listed.Versions?.length, listed.DeleteMarkers?.length, listed.DeleteMarkers?.[0]?.IsLatest]).toEqual([
      2,
      1,
      true,
    ])
    await s3.send(
      new sdk.DeleteObjectCommand({ Bucket: "loki", Key: "k", VersionId: listed.DeleteMarkers?.[0]?.VersionId }),
    )
    expect(await read("k")).toBe("two")
  })

  it("reads ranges and honours conditions", async () => {
    const done = await put("k", "0123456789")
    expect(await read("k", { Range: "bytes=2-4" })).toBe("234")
    expect(await read("k", { Range: "bytes=-3" })).toBe("789")
    await expect(read("k", { Range: "bytes=10-" })).rejects.toMatchObject({ name: "InvalidRange" })
    await expect(read("k", { IfNoneMatch: done.ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } })
    await expect(put("k", "x", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" })
    await put("empty", "")
    expect(await read("empty")).toBe("")
  })

  it("pages by byte order, in small pages, without losing or doubling a key", async () => {
    aws = rig({ pageSize: 2 })
    s3 = clientOf(aws)
    await s3.send(
      new sdk.CreateBucketCommand({
        Bucket: "loki",
        CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
      }),
    )
    for (const key of ["b/2", "b/1", "～", "😀", "a", "c"]) await put(key, "x")
    const keys: Array<string | undefined> = []
    for await (const page of sdk.paginateListObjectsV2({ client: s3 }, { Bucket: "loki" }))
      keys.push(...(page.Contents ?? []).map((each) => each.Key))
    expect(keys).toEqual(["a", "b/1", "b/2", "c", "～", "😀"])
    const found: Array<string | undefined> = []
    for await (const page of sdk.paginateListObjectsV2({ client: s3 }, { Bucket: "loki", Delimiter: "/" })) {
      found.push(
        ...(page.Contents ?? []).map((each) => each.Key),
        ...(page.CommonPrefixes ?? []).map((each) => each.Prefix),
      )
    }
    expect(found).toHaveLength(5)
    expect(new Set(found)).toEqual(new Set(["a", "b/", "c", "～", "😀"]))
    const first = await s3.send(new sdk.ListObjectsV2Command({ Bucket: "loki" }))
    const foreign = new sdk.ListObjectsV2Command({
      Bucket: "loki",
      Prefix: "b",
      ContinuationToken: first.NextContinuationToken,
    })
    await expect(s3.send(foreign)).rejects.toMatchObject({ name: "InvalidArgument" })
  })

  it("joins parts that were uploaded and copied", async () => {
    aws.kms.add("k1")
    const where = { Bucket: "loki", Key: "big" }
    const { UploadId } = await s3.send(
      new sdk.CreateMultipartUploadCommand({
        ...where,
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: "k1",
        ChecksumAlgorithm: "CRC32",
      }),
    )
    const first = await s3.send(
      new sdk.UploadPartCommand({
        ...where,
        UploadId,
        PartNumber: 1,
        Body: Buffer.alloc(5 * 1024 ** 2, "a"),
        ChecksumAlgorithm: "CRC32",
      }),
    )
    await put("tail", "0123456789")
    const second = await s3.send(
      new sdk.UploadPartCopyCommand({
        ...where,
        UploadId,
        PartNumber: 2,
        CopySource: "loki/tail",
        CopySourceRange: "bytes=0-3",
      }),
    )
    const parts = await s3.send(new sdk.ListPartsCommand({ ...where, UploadId }))
    expect(parts.Parts?.map((each) => each.Size)).toEqual([5 * 1024 ** 2, 4])
    const Parts = [
      { PartNumber: 1, ETag: first.ETag, ChecksumCRC32: first.ChecksumCRC32 },
      { PartNumber: 2, ETag: second.CopyPartResult?.ETag, ChecksumCRC32: second.CopyPartResult?.ChecksumCRC32 },
    ]
    const done = await s3.send(
      new sdk.CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts } }),
    )
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/)
    expect((await read("big")).slice(-5)).toBe("a0123")
    const about = await s3.send(
      new sdk.GetObjectAttributesCommand({ ...where, ObjectAttributes: ["ObjectParts", "ObjectSize", "Checksum"] }),
    )
    expect(about).toMatchObject({ ObjectSize: 5 * 1024 ** 2 + 4, ObjectParts: { TotalPartsCount: 2 } })
  })

  it("goes on after a snapshot was loaded", async () => {
    aws.kms.add("k1")
    await put("k", "kept", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "k1" })
    aws.s3.load(JSON.parse(JSON.stringify(aws.s3.dump())))
    expect(await read("k")).toBe("kept")
  })

  it("answers a Region that is not the bucket's with the right one", () => {
    const answer = aws.send({ rawPath: "/loki", query: [["list-type", "2"]], region: "us-east-1" as never })
    expect(answer).toMatchObject({ status: 400 })
    expect(answer.body).toContain("<Region>eu-central-1</Region>")
  })
})
