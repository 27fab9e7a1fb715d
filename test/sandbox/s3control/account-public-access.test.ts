import * as sdk from "@aws-sdk/client-s3"
import { afterAll, beforeAll, expect, it } from "vitest"
import { element, signedCall } from "../support/signed-client.ts"
import { ACCOUNT, rehearse, type Rehearsal } from "./rehearsal.ts"

const PATH = "/configuration/publicAccessBlock"
const BLOCK = `<PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>`
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::open/*" }],
})

let aws: Rehearsal
beforeAll(async () => {
  aws = await rehearse()
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
  await aws.s3.send(new sdk.CreateBucketCommand({ Bucket: "open", CreateBucketConfiguration }))
  await aws.s3.send(new sdk.DeletePublicAccessBlockCommand({ Bucket: "open" }))
})
afterAll(() => aws.close())

const putPolicy = (): Promise<unknown> =>
  aws.s3.send(new sdk.PutBucketPolicyCommand({ Bucket: "open", Policy: POLICY }))

it("blocks public policies in every bucket of the account until it is taken away", async () => {
  const never = await aws.control("GET", PATH)
  expect([never.status, element(never.text, "Code")]).toEqual([404, "NoSuchPublicAccessBlockConfiguration"])
  expect((await aws.control("PUT", PATH, { body: BLOCK })).status).toBe(200)
  const read = await aws.control("GET", PATH)
  expect([element(read.text, "BlockPublicPolicy"), element(read.text, "BlockPublicAcls")]).toEqual(["true", "false"])
  await expect(putPolicy()).rejects.toMatchObject({ name: "AccessDenied" })
  expect((await aws.control("DELETE", PATH)).status).toBe(204)
  await putPolicy()
})

it("takes the host that the SDK makes of the account", async () => {
  const answer = await signedCall({
    port: aws.sandbox.port,
    credentials: aws.sandbox.credentialsFor(ACCOUNT),
    service: "s3",
    method: "GET",
    path: "/v20180820/jobs",
    headers: { "x-amz-account-id": ACCOUNT, host: `${ACCOUNT}.localhost:${aws.sandbox.port}` },
  })
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining("<Jobs></Jobs>")])
})

it("answers 501 for what S3 Control has besides, in its own XML", async () => {
  const answer = await aws.control("GET", "/accesspoint")
  expect(answer.status).toBe(501)
  expect(answer.text).toMatch(/^<\?xml[^>]*>\n<ErrorResponse [^>]*><Error><Code>NotImplemented<\/Code>/)
})

it("verifies signatures like S3", async () => {
  const answer = await signedCall({
    port: aws.sandbox.port,
    credentials: { ...aws.sandbox.credentialsFor(ACCOUNT), secretAccessKey: "wrong" },
    service: "s3",
    method: "GET",
    path: `/v20180820${PATH}`,
    headers: { "x-amz-account-id": ACCOUNT },
  })
  expect([answer.status, element(answer.text, "Code")]).toEqual([403, "SignatureDoesNotMatch"])
})
