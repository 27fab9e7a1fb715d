import * as sdk from "@aws-sdk/client-s3"
import { beforeEach, describe, expect, it } from "vitest"
import type { AccessQuestion } from "../../../src/sandbox/core/world.ts"
import { clientOf } from "./client.ts"
import { rig, type Rig } from "./fake-world.ts"

/** What S3 asks before it answers: action, resource, and the condition keys that policies decide by. */

let aws: Rig
let s3: sdk.S3Client
let version: string

beforeEach(async () => {
  aws = rig()
  s3 = clientOf(aws)
  for (const Bucket of ["logs", "copies"]) {
    const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
    await s3.send(new sdk.CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
    const VersioningConfiguration = { Status: "Enabled" } as const
    await s3.send(new sdk.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
  }
  const put = { Bucket: "logs", Key: "k", Body: "0123456789", Tagging: "team=ops" }
  version = (await s3.send(new sdk.PutObjectCommand(put))).VersionId ?? ""
  aws.asked.length = 0
})

const asked = (): readonly string[] => aws.asked.map(({ action, resource }) => `${action} ${resource}`)
const about = (action: string): AccessQuestion | undefined => aws.asked.find((each) => each.action === action)
const where = { Bucket: "logs", Key: "k" }
const OBJECT = "arn:aws:s3:::logs/k"
const BUCKET = "arn:aws:s3:::logs"

describe("the actions of S3", () => {
  const rows: ReadonlyArray<readonly [string, () => Promise<unknown>, readonly string[]]> = [
    ["ListBuckets", () => s3.send(new sdk.ListBucketsCommand({})), ["s3:ListAllMyBuckets *"]],
    ["HeadBucket", () => s3.send(new sdk.HeadBucketCommand({ Bucket: "logs" })), [`s3:ListBucket ${BUCKET}`]],
    [
      "ListObjectVersions",
      () => s3.send(new sdk.ListObjectVersionsCommand({ Bucket: "logs" })),
      [`s3:ListBucketVersions ${BUCKET}`],
    ],
    [
      "ListMultipartUploads",
      () => s3.send(new sdk.ListMultipartUploadsCommand({ Bucket: "logs" })),
      [`s3:ListBucketMultipartUploads ${BUCKET}`],
    ],
    [
      "GetBucketEncryption",
      () => s3.send(new sdk.GetBucketEncryptionCommand({ Bucket: "logs" })),
      [`s3:GetEncryptionConfiguration ${BUCKET}`],
    ],
    [
      "DeleteBucketEncryption",
      () => s3.send(new sdk.DeleteBucketEncryptionCommand({ Bucket: "logs" })),
      [`s3:PutEncryptionConfiguration ${BUCKET}`],
    ],
    [
      "GetPublicAccessBlock",
      () => s3.send(new sdk.GetPublicAccessBlockCommand({ Bucket: "logs" })),
      [`s3:GetBucketPublicAccessBlock ${BUCKET}`],
    ],
    [
      "DeletePublicAccessBlock",
      () => s3.send(new sdk.DeletePublicAccessBlockCommand({ Bucket: "logs" })),
      [`s3:PutBucketPublicAccessBlock ${BUCKET}`],
    ],
    [
      "DeleteBucketReplication",
      () => s3.send(new sdk.DeleteBucketReplicationCommand({ Bucket: "logs" })),
      [`s3:PutReplicationConfiguration ${BUCKET}`],
    ],
    [
      "DeleteBucketOwnershipControls",
      () => s3.send(new sdk.DeleteBucketOwnershipControlsCommand({ Bucket: "logs" })),
      [`s3:PutBucketOwnershipControls ${BUCKET}`],
    ],
    [
      "GetBucketAccelerateConfiguration",
      () => s3.send(new sdk.GetBucketAccelerateConfigurationCommand({ Bucket: "logs" })),
      [`s3:GetAccelerateConfiguration ${BUCKET}`],
    ],
    ["HeadObject", () => s3.send(new sdk.HeadObjectCommand(where)), [`s3:GetObject ${OBJECT}`]],
    [
      "HeadObject of a version",
      () => s3.send(new sdk.HeadObjectCommand({ ...where, VersionId: version })),
      [`s3:GetObjectVersion ${OBJECT}`],
    ],
    [
      "GetObjectTagging of a version",
      () => s3.send(new sdk.GetObjectTaggingCommand({ ...where, VersionId: version })),
      [`s3:GetObjectVersionTagging ${OBJECT}`],
    ],
    [
      "DeleteObjectTagging of a version",
      () => s3.send(new sdk.DeleteObjectTaggingCommand({ ...where, VersionId: version })),
      [`s3:DeleteObjectVersionTagging ${OBJECT}`],
    ],
    [
      "DeleteObject of a version",
      () => s3.send(new sdk.DeleteObjectCommand({ ...where, VersionId: version })),
      [`s3:DeleteObjectVersion ${OBJECT}`],
    ],
    [
      "GetObjectAttributes",
      () => s3.send(new sdk.GetObjectAttributesCommand({ ...where, ObjectAttributes: ["ETag"] })),
      [`s3:GetObject ${OBJECT}`, `s3:GetObjectAttributes ${OBJECT}`],
    ],
    [
      "CopyObject of a tagged version",
      () =>
        s3.send(new sdk.CopyObjectCommand({ Bucket: "copies", Key: "c", CopySource: `logs/k?versionId=${version}` })),
      [
        "s3:PutObject arn:aws:s3:::copies/c",
        `s3:GetObjectVersion ${OBJECT}`,
        `s3:GetObjectVersionTagging ${OBJECT}`,
        "s3:PutObjectTagging arn:aws:s3:::copies/c",
      ],
    ],
    [
      "CopyObject with new tags",
      () =>
        s3.send(
          new sdk.CopyObjectCommand({
            Bucket: "copies",
            Key: "c",
            CopySource: "logs/k",
            TaggingDirective: "REPLACE",
            Tagging: "a=1",
          }),
        ),
      ["s3:PutObject arn:aws:s3:::copies/c", "s3:PutObjectTagging arn:aws:s3:::copies/c", `s3:GetObject ${OBJECT}`],
    ],
    [
      "PutObject with an ACL",
      () => s3.send(new sdk.PutObjectCommand({ ...where, ACL: "bucket-owner-full-control" })),
      [`s3:PutObject ${OBJECT}`, `s3:PutObjectAcl ${OBJECT}`],
    ],
    [
      "CreateBucket with Object Lock and ownership",
      () =>
        s3.send(
          new sdk.CreateBucketCommand({
            Bucket: "vault",
            ObjectLockEnabledForBucket: true,
            ObjectOwnership: "BucketOwnerEnforced",
            CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
          }),
        ),
      [
        "s3:CreateBucket arn:aws:s3:::vault",
        "s3:PutBucketObjectLockConfiguration arn:aws:s3:::vault",
        "s3:PutBucketVersioning arn:aws:s3:::vault",
        "s3:PutBucketOwnershipControls arn:aws:s3:::vault",
      ],
    ],
  ]
  it.each(rows)("%s", async (_operation, run, questions) => {
    // Some of them then answer that there is no such thing.
    await run().catch((error: { name: string }) => expect(error.name).not.toBe("NotImplemented"))
    expect(asked()).toEqual(questions)
  })
})

describe("the facts in a question", () => {
  it("tell the signature, the owner and the body's digest of every call", () => {
    aws.send({ rawPath: "/logs?location", headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } })
    expect(about("s3:GetBucketLocation")).toMatchObject({
      resourceAccount: "111111111111",
      context: {
        "s3:authType": "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:ResourceAccount": "111111111111",
        "s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD",
      },
    })
    aws.asked.length = 0
    aws.send({ rawPath: "/logs/k?X-Amz-Signature=0&X-Amz-Algorithm=AWS4-HMAC-SHA256" })
    expect(about("s3:GetObject")?.context["s3:authType"]).toBe("REST-QUERY-STRING")
  })

  it("tell what a listing is about", async () => {
    await s3.send(new sdk.ListObjectsV2Command({ Bucket: "logs", Prefix: "team/", Delimiter: "/", MaxKeys: 7 }))
    expect(about("s3:ListBucket")?.context).toMatchObject({
      "s3:prefix": "team/",
      "s3:delimiter": "/",
      "s3:max-keys": "7",
    })
  })

  it("tell encryption, class, tags and conditions of a write", async () => {
    const key = aws.kms.add("k1")
    await s3.send(
      new sdk.PutObjectCommand({
        ...where,
        Body: "x",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: key.arn,
        StorageClass: "STANDARD_IA",
        Tagging: "team=ops&env=prod",
        IfMatch: '"781e5e245d69b566979b86e28d23f2c7"',
      }),
    )
    expect(about("s3:PutObject")?.context).toMatchObject({
      "s3:x-amz-server-side-encryption": "aws:kms",
      "s3:x-amz-server-side-encryption-aws-kms-key-id": key.arn,
      "s3:x-amz-storage-class": "STANDARD_IA",
      "s3:RequestObjectTag/team": "ops",
      "s3:RequestObjectTag/env": "prod",
      "s3:RequestObjectTagKeys": ["team", "env"],
      "s3:if-match": '"781e5e245d69b566979b86e28d23f2c7"',
      "s3:ObjectCreationOperation": "true",
    })
  })

  it("tell a copy's source and directive at the destination, version and tags at the source", async () => {
    await s3.send(
      new sdk.CopyObjectCommand({
        Bucket: "copies",
        Key: "c",
        CopySource: `/logs/k?versionId=${version}`,
        MetadataDirective: "REPLACE",
      }),
    )
    expect(about("s3:PutObject")?.context).toMatchObject({
      "s3:x-amz-copy-source": `logs/k?versionId=${version}`,
      "s3:x-amz-metadata-directive": "REPLACE",
    })
    const source = { "s3:VersionId": version, "s3:ExistingObjectTag/team": "ops" }
    expect(about("s3:GetObjectVersion")?.context).toMatchObject(source)
    expect(about("s3:GetObjectVersionTagging")?.context).toMatchObject(source)
    expect(about("s3:PutObjectTagging")?.context).toMatchObject({ "s3:RequestObjectTag/team": "ops" })
  })

  it("tell both old and new tags when tags are put", async () => {
    const Tagging = { TagSet: [{ Key: "env", Value: "prod" }] }
    await s3.send(new sdk.PutObjectTaggingCommand({ ...where, Tagging }))
    expect(about("s3:PutObjectTagging")?.context).toMatchObject({
      "s3:ExistingObjectTag/team": "ops",
      "s3:RequestObjectTag/env": "prod",
    })
    await s3.send(new sdk.PutBucketTaggingCommand({ Bucket: "logs", Tagging }))
    expect(about("s3:PutBucketTagging")?.context).toMatchObject({
      "aws:RequestTag/env": "prod",
      "aws:TagKeys": ["env"],
    })
  })

  it("tell the encryption of an upload at each part and at its completion", async () => {
    const key = aws.kms.add("k1")
    const start = { ...where, ServerSideEncryption: "aws:kms", SSEKMSKeyId: key.arn } as const
    const { UploadId } = await s3.send(new sdk.CreateMultipartUploadCommand(start))
    const { ETag } = await s3.send(new sdk.UploadPartCommand({ ...where, UploadId, PartNumber: 1, Body: "x" }))
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await s3.send(new sdk.CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload }))
    const told = aws.asked.map(({ context }) => [
      context["s3:x-amz-server-side-encryption-aws-kms-key-id"],
      context["s3:ObjectCreationOperation"],
    ])
    expect(told).toEqual([
      [key.arn, "false"],
      [key.arn, "false"],
      [key.arn, "true"],
    ])
  })

  it("tell where a bucket is to be", async () => {
    const CreateBucketConfiguration: sdk.CreateBucketConfiguration = {
      LocationConstraint: "eu-central-1",
      Tags: [{ Key: "env", Value: "prod" }],
    }
    await s3.send(new sdk.CreateBucketCommand({ Bucket: "more", CreateBucketConfiguration }))
    expect(about("s3:CreateBucket")?.context).toMatchObject({
      "s3:LocationConstraint": "eu-central-1",
      "aws:RequestTag/env": "prod",
    })
    const tags = await s3.send(new sdk.GetBucketTaggingCommand({ Bucket: "more" }))
    expect(tags.TagSet).toEqual([{ Key: "env", Value: "prod" }])
  })
})

describe("what is not there", () => {
  const reads: ReadonlyArray<readonly [string, () => Promise<unknown>]> = [
    ["GetObject", () => s3.send(new sdk.GetObjectCommand({ Bucket: "logs", Key: "none" }))],
    ["GetObject of a lost version", () => s3.send(new sdk.GetObjectCommand({ ...where, VersionId: "A".repeat(32) }))],
    ["GetObjectTagging", () => s3.send(new sdk.GetObjectTaggingCommand({ Bucket: "logs", Key: "none" }))],
    [
      "GetObjectAttributes",
      () => s3.send(new sdk.GetObjectAttributesCommand({ Bucket: "logs", Key: "none", ObjectAttributes: ["ETag"] })),
    ],
    ["CopyObject", () => s3.send(new sdk.CopyObjectCommand({ Bucket: "copies", Key: "c", CopySource: "logs/none" }))],
  ]
  it.each(reads)("is a 404 of %s for who may list", async (_operation, run) => {
    await expect(run()).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } })
  })
  it.each(reads)("is a 403 of %s for who may not", async (_operation, run) => {
    aws.refused.add("s3:ListBucket")
    await expect(run()).rejects.toMatchObject({ message: "refused: s3:ListBucket", $metadata: { httpStatusCode: 403 } })
  })
  it("stays hidden behind a delete marker too", async () => {
    await s3.send(new sdk.DeleteObjectCommand(where))
    aws.refused.add("s3:ListBucket")
    await expect(s3.send(new sdk.HeadObjectCommand(where))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    })
  })
  it("is not told before the right to the object itself was asked for", async () => {
    aws.refused.add("s3:GetObject")
    await expect(s3.send(new sdk.GetObjectCommand({ Bucket: "logs", Key: "none" }))).rejects.toMatchObject({
      message: "refused: s3:GetObject",
    })
  })
})
