import * as sdk from "@aws-sdk/client-s3"
import { afterAll, beforeAll, expect, it } from "vitest"
import { ACCOUNT, rehearse, type Rehearsal } from "../s3control/rehearsal.ts"

/** UpdateObjectEncryption against the real KMS: every right that S3's guide names is asked of the key it is about. */

let aws: Rehearsal
let keys: readonly string[]
beforeAll(async () => {
  aws = await rehearse()
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
  await aws.s3.send(new sdk.CreateBucketCommand({ Bucket: "data", CreateBucketConfiguration }))
  const made = async (): Promise<string> => (await aws.kms("CreateKey")).json["KeyMetadata"].Arn
  keys = [await made(), await made()]
  const [SSEKMSKeyId] = keys
  const kms = { ServerSideEncryption: "aws:kms", SSEKMSKeyId } as const
  await aws.s3.send(new sdk.PutObjectCommand({ Bucket: "data", Key: "k", Body: "x", ...kms }))
})
afterAll(() => aws.close())

const update = (): Promise<unknown> => {
  const ObjectEncryption = { SSEKMS: { KMSKeyArn: keys[1] ?? "" } }
  return aws.s3.send(new sdk.UpdateObjectEncryptionCommand({ Bucket: "data", Key: "k", ObjectEncryption }))
}

async function policyWith(KeyId: string | undefined, denied?: string): Promise<void> {
  const everything = {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: "kms:*",
    Resource: "*",
  }
  const deny = { Effect: "Deny", Principal: { AWS: "*" }, Action: denied, Resource: "*" }
  const Statement = denied === undefined ? [everything] : [everything, deny]
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement })
  expect((await aws.kms("PutKeyPolicy", { KeyId, Policy })).status).toBe(200)
}

it.each([
  ["old", "kms:Decrypt"],
  ["old", "kms:ReEncryptFrom"],
  ["new", "kms:ReEncryptTo"],
  ["new", "kms:GenerateDataKey"],
  ["new", "kms:Encrypt"],
])("the %s key must allow %s", async (which, action) => {
  const key = which === "old" ? keys[0] : keys[1]
  await policyWith(key, action)
  await expect(update()).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining(`is not authorized to perform: ${action} on `),
    $metadata: { httpStatusCode: 403 },
  })
  await policyWith(key)
})

it("then the object lies under the new key", async () => {
  await update()
  await aws.kms("DisableKey", { KeyId: keys[0] })
  const read = await aws.s3.send(new sdk.GetObjectCommand({ Bucket: "data", Key: "k" }))
  expect([read.SSEKMSKeyId, await read.Body?.transformToString()]).toEqual([keys[1], "x"])
})
