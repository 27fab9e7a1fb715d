import * as sdk from "@aws-sdk/client-s3"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { element, signedCall, type Answer } from "../support/signed-client.ts"
import { ACCOUNT, OTHER, rehearse, type Rehearsal } from "./rehearsal.ts"

const NAMESPACE = "http://awss3control.amazonaws.com/doc/2018-08-20/"
const tagXml = (tags: Record<string, string>): string => {
  const items = Object.entries(tags).map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`)
  return `<TagResourceRequest xmlns="${NAMESPACE}"><Tags>${items.join("")}</Tags></TagResourceRequest>`
}
const pathOf = (bucket: string): string => `/tags/${encodeURIComponent(`arn:aws:s3:::${bucket}`)}`

let aws: Rehearsal
beforeEach(async () => {
  aws = await rehearse()
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const
  await aws.s3.send(new sdk.CreateBucketCommand({ Bucket: "tagged", CreateBucketConfiguration }))
})
afterEach(() => aws.close())

const list = (bucket = "tagged"): Promise<Answer> => aws.control("GET", pathOf(bucket))
const tag = (tags: Record<string, string>): Promise<Answer> =>
  aws.control("POST", pathOf("tagged"), { body: tagXml(tags) })
const untag = (key: string): Promise<Answer> => aws.control("DELETE", pathOf("tagged"), { query: { tagKeys: key } })
const codeOf = (answer: Answer): unknown[] => [answer.status, element(answer.text, "Code")]

describe("the tags of a bucket by its ARN", () => {
  it("are none at first", async () => {
    const { status, text } = await list()
    expect([status, text]).toEqual([
      200,
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListTagsForResourceResult xmlns="${NAMESPACE}"><Tags></Tags></ListTagsForResourceResult>`,
    ])
  })
  it("are added and replaced one by one, and are those that S3 itself shows", async () => {
    expect((await tag({ team: "ops", stage: "a" })).status).toBe(204)
    await tag({ stage: "b" })
    expect((await list()).text).toContain(
      "<Tags><Tag><Key>team</Key><Value>ops</Value></Tag><Tag><Key>stage</Key><Value>b</Value></Tag></Tags>",
    )
    const { TagSet } = await aws.s3.send(new sdk.GetBucketTaggingCommand({ Bucket: "tagged" }))
    expect(TagSet).toEqual([
      { Key: "team", Value: "ops" },
      { Key: "stage", Value: "b" },
    ])
  })
  it("go one by one; the last leaves a bucket that was never tagged", async () => {
    await tag({ team: "ops", stage: "a" })
    expect((await untag("stage")).status).toBe(204)
    expect((await list()).text).toContain("<Tags><Tag><Key>team</Key><Value>ops</Value></Tag></Tags>")
    expect((await untag("missing")).status).toBe(204)
    await untag("team")
    await expect(aws.s3.send(new sdk.GetBucketTaggingCommand({ Bucket: "tagged" }))).rejects.toMatchObject({
      name: "NoSuchTagSet",
    })
  })
  it("are at most 50", async () => {
    const names = (from: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`t${from + at}`, "x"]))
    await tag(names(0))
    expect((await tag(names(30))).status).toBe(400)
    expect((await list()).text.match(/<Tag>/g)).toHaveLength(30)
  })
  it("ends with the bucket", async () => expect(codeOf(await list("gone"))).toEqual([404, "NoSuchResource"]))
  it("refuses what is no ARN of S3, and says what it does not build", async () => {
    expect(codeOf(await aws.control("GET", "/tags/tagged"))).toEqual([400, "InvalidRequest"])
    const group = encodeURIComponent(`arn:aws:s3:eu-central-1:${ACCOUNT}:storage-lens-group/one`)
    expect(codeOf(await aws.control("GET", `/tags/${group}`))).toEqual([501, "NotImplemented"])
  })
})

describe("the rights to them", () => {
  const foreign = (method: string, body = ""): Promise<Answer> =>
    signedCall({
      port: aws.sandbox.port,
      credentials: aws.sandbox.credentialsFor(OTHER),
      service: "s3",
      method,
      path: `/v20180820${pathOf("tagged")}`,
      query: method === "DELETE" ? { tagKeys: "team" } : {},
      body,
      headers: { "x-amz-account-id": ACCOUNT },
    })
  it.each([
    ["s3:ListTagsForResource", "GET", ""],
    ["s3:TagResource", "POST", tagXml({ team: "ops" })],
    ["s3:UntagResource", "DELETE", ""],
  ])("are asked as %s, of the bucket's policy too", async (action, method, body) => {
    const refused = await foreign(method, body)
    expect(codeOf(refused)).toEqual([403, "AccessDenied"])
    expect(refused.text).toContain(`is not authorized to perform: ${action} on resource: `)
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
          Action: action,
          Resource: "arn:aws:s3:::tagged",
        },
      ],
    })
    await aws.s3.send(new sdk.PutBucketPolicyCommand({ Bucket: "tagged", Policy }))
    expect([200, 204]).toContain((await foreign(method, body)).status)
  })
  it("can be bound to what is tagged", async () => {
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:TagResource",
          Resource: "arn:aws:s3:::tagged",
          Condition: { StringNotEquals: { "aws:RequestTag/team": "ops" } },
        },
      ],
    })
    await aws.s3.send(new sdk.PutBucketPolicyCommand({ Bucket: "tagged", Policy }))
    const refused = await tag({ team: "other" })
    expect(refused.text).toContain("with an explicit deny in a resource-based policy")
    expect((await tag({ team: "ops" })).status).toBe(204)
  })
})
