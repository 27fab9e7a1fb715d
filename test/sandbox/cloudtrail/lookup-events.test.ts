import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import {
  element,
  jsonClient,
  kmsClient,
  queryClient,
  signedCall,
  type Answer,
  type Credentials,
} from "../support/signed-client.ts"

const WORKLOAD = "111111111111"
const RECOVERY = "222222222222"
const DRILL = `arn:aws:iam::${WORKLOAD}:role/team/drill`
const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }

interface Event {
  readonly EventId: string
  readonly EventName: string
  readonly EventSource: string
  readonly EventTime: number
  readonly Username: string
  readonly ReadOnly: string
  readonly CloudTrailEvent: string
}

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({
    accounts: [
      { id: WORKLOAD, name: "workload" },
      { id: RECOVERY, name: "recovery" },
    ],
    roles: [
      {
        arn: DRILL,
        trust: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { AWS: `arn:aws:iam::${WORKLOAD}:root` },
              Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
            },
          ],
        },
        policy: everything,
      },
    ],
  })
})
afterEach(() => sandbox.close())

const admin = (account = WORKLOAD): Credentials => sandbox.credentialsFor(account)
const lookup = (input: object = {}, account = WORKLOAD, region = "eu-central-1"): Promise<Answer> =>
  jsonClient(sandbox.port, admin(account), "cloudtrail", "CloudTrail_20131101", region)("LookupEvents", input)
const events = async (input: object = {}, account = WORKLOAD, region?: string): Promise<Event[]> =>
  (await lookup(input, account, region)).json["Events"]
const by = (AttributeKey: string, AttributeValue: string): object => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
})
const recordOf = (event: Event | undefined) => JSON.parse(event?.CloudTrailEvent ?? "{}")
const kms = (account = WORKLOAD, region?: string) => kmsClient(sandbox.port, admin(account), region)
const newKey = async (): Promise<string> => (await kms()("CreateKey")).json["KeyMetadata"].Arn

describe("the event history", () => {
  it("tells what was done, newest first", async () => {
    const KeyId = await newKey()
    await kms()("DisableKey", { KeyId })
    const found = await events()
    expect(found.map(({ EventName }) => EventName)).toEqual(["DisableKey", "CreateKey"])
    const [disable] = found
    expect(disable).toMatchObject({ EventSource: "kms.amazonaws.com", Username: "sandbox-admin", ReadOnly: "false" })
    expect(recordOf(disable)).toMatchObject({
      eventVersion: "1.11",
      eventSource: "kms.amazonaws.com",
      eventName: "DisableKey",
      awsRegion: "eu-central-1",
      eventID: disable?.EventId,
      readOnly: false,
      recipientAccountId: WORKLOAD,
      userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${WORKLOAD}:user/sandbox-admin`, accountId: WORKLOAD },
      additionalEventData: { simulated: true },
    })
  })
  it("names the session, the role behind it and its source identity", async () => {
    const assumed = await queryClient(
      sandbox.port,
      admin(),
      "sts",
    )("AssumeRole", {
      RoleArn: DRILL,
      RoleSessionName: "monday",
      SourceIdentity: "alice",
    })
    const read = (name: string): string => element(assumed.text, name)?.replaceAll("&#39;", "'") ?? ""
    const session = {
      accessKeyId: read("AccessKeyId"),
      secretAccessKey: read("SecretAccessKey"),
      sessionToken: read("SessionToken"),
    }
    await kmsClient(sandbox.port, session)("ListKeys")
    const [event] = await events(by("AccessKeyId", session.accessKeyId))
    expect(event).toMatchObject({ EventName: "ListKeys", Username: "monday" })
    expect(recordOf(event).userIdentity).toMatchObject({
      type: "AssumedRole",
      arn: `arn:aws:sts::${WORKLOAD}:assumed-role/drill/monday`,
      sessionContext: {
        sessionIssuer: { type: "Role", arn: DRILL, userName: "drill" },
        sourceIdentity: "alice",
      },
    })
    expect(await events(by("ResourceName", DRILL))).toMatchObject([{ EventName: "AssumeRole" }])
  })
  it("tells what was refused, and by which statement", async () => {
    const KeyId = await newKey()
    await kms(RECOVERY)("DescribeKey", { KeyId })
    const [event] = await events({}, RECOVERY)
    const record = recordOf(event)
    expect(record).toMatchObject({ eventName: "DescribeKey", errorCode: "AccessDeniedException" })
    expect(record.errorMessage).toContain("is not authorized to perform: kms:DescribeKey")
    expect(record.additionalEventData.denial).toMatchObject({ action: "kms:DescribeKey" })
    expect((await events()).map(({ EventName }) => EventName)).toEqual(["CreateKey"])
  })
  it("shows the owner of a key what others did with it", async () => {
    const KeyId = await newKey()
    const allow = (AWS: string): object => ({ Effect: "Allow", Principal: { AWS }, Action: "kms:*", Resource: "*" })
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [allow(`arn:aws:iam::${WORKLOAD}:root`), allow(`arn:aws:iam::${RECOVERY}:root`)],
    })
    await kms()("PutKeyPolicy", { KeyId, Policy })
    expect((await kms(RECOVERY)("DescribeKey", { KeyId })).status).toBe(200)
    const [event] = await events(by("EventName", "DescribeKey"))
    expect(recordOf(event)).toMatchObject({ userIdentity: { accountId: RECOVERY }, recipientAccountId: WORKLOAD })
  })
  it("has every cryptographic call, with the key that the ciphertext led to", async () => {
    const KeyId = await newKey()
    const { json } = await kms()("Encrypt", { KeyId, Plaintext: Buffer.from("a secret").toString("base64") })
    await kms()("Decrypt", { CiphertextBlob: json["CiphertextBlob"] })
    const [event] = await events(by("EventName", "Decrypt"))
    expect(recordOf(event)).toMatchObject({ readOnly: true, resources: [{ accountId: WORKLOAD, ARN: KeyId }] })
    expect(JSON.stringify(await events())).not.toContain(Buffer.from("a secret").toString("base64"))
  })
  it("has the event that GetKeyLastUsage names, and its request", async () => {
    const KeyId = await newKey()
    const used = await kms()("Encrypt", { KeyId, Plaintext: Buffer.from("x").toString("base64") })
    await kms()("DescribeKey", { KeyId })
    const { KeyLastUsage } = (await kms()("GetKeyLastUsage", { KeyId })).json
    const [event, ...others] = await events(by("EventId", KeyLastUsage.CloudTrailEventId))
    expect([event?.EventName, others]).toEqual(["Encrypt", []])
    expect(recordOf(event)).toMatchObject({
      eventID: KeyLastUsage.CloudTrailEventId,
      requestID: used.headers["x-amzn-requestid"],
    })
  })
  it("leaves out what is done to objects, and calls that nobody signed", async () => {
    const s3 = (method: string, path: string, body = ""): Promise<Answer> =>
      signedCall({
        port: sandbox.port,
        credentials: admin(),
        service: "s3",
        method,
        path,
        body,
        headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
      })
    const place =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
    expect((await s3("PUT", "/bucket-of-trail", place)).status).toBe(200)
    expect((await s3("PUT", "/bucket-of-trail/key", "x")).status).toBe(200)
    await kmsClient(sandbox.port, { ...admin(), secretAccessKey: "wrong" })("ListKeys")
    expect(await events()).toMatchObject([{ EventName: "CreateBucket", EventSource: "s3.amazonaws.com" }])
  })
  it("keeps Regions apart; global services write theirs in us-east-1", async () => {
    await kms(WORKLOAD, "eu-west-1")("ListKeys")
    await queryClient(sandbox.port, admin(), "iam")("ListRoles")
    expect(await events()).toEqual([])
    expect(await events({}, WORKLOAD, "eu-west-1")).toMatchObject([{ EventName: "ListKeys" }])
    expect(await events({}, WORKLOAD, "us-east-1")).toMatchObject([{ EventSource: "iam.amazonaws.com" }])
  })
})

describe("a lookup", () => {
  it("finds by one attribute", async () => {
    const KeyId = await newKey()
    await kms()("ListKeys")
    const [list, create] = await events()
    expect(await events(by("EventId", create?.EventId ?? ""))).toMatchObject([{ EventName: "CreateKey" }])
    expect(await events(by("EventName", "ListKeys"))).toMatchObject([{ EventId: list?.EventId }])
    expect(await events(by("ResourceName", KeyId))).toMatchObject([{ EventName: "CreateKey" }])
    expect(await events(by("ReadOnly", "false"))).toMatchObject([{ EventName: "CreateKey" }])
    expect(await events(by("Username", "alice"))).toEqual([])
    expect(await events(by("EventSource", "s3.amazonaws.com"))).toEqual([])
  })
  it("finds within a time, by the virtual clock, for 90 days", async () => {
    await kms()("ListKeys")
    const at = sandbox.clock.now() / 1000
    sandbox.clock.advance(3_600_000)
    await kms()("ListAliases")
    expect(await events({ EndTime: at + 60 })).toMatchObject([{ EventName: "ListKeys" }])
    expect((await events({ StartTime: at + 60 })).map(({ EventName }) => EventName)).toEqual([
      "LookupEvents",
      "ListAliases",
    ])
    sandbox.clock.advance(90 * 86_400_000)
    expect(await events(by("EventName", "ListAliases"))).toEqual([])
  })
  it("comes in pages of at most 50", async () => {
    for (let call = 0; call < 5; call++) await kms()("ListKeys")
    const wanted = by("EventName", "ListKeys")
    const first = (await lookup({ ...wanted, MaxResults: 3 })).json
    const second = (await lookup({ ...wanted, MaxResults: 3, NextToken: first["NextToken"] })).json
    const ids = [...first["Events"], ...second["Events"]].map(({ EventId }: Event) => EventId)
    expect([first["Events"].length, second["Events"].length, new Set(ids).size]).toEqual([3, 2, 5])
    expect(second["NextToken"]).toBeUndefined()
  })
  it.each([
    ["a page above 50", { MaxResults: 51 }, "InvalidMaxResultsException"],
    ["a foreign token", { NextToken: "x" }, "InvalidNextTokenException"],
    [
      "two attributes",
      {
        LookupAttributes: [
          { AttributeKey: "EventName", AttributeValue: "a" },
          { AttributeKey: "EventName", AttributeValue: "b" },
        ],
      },
      "InvalidLookupAttributesException",
    ],
    ["an unknown attribute", by("Colour", "red"), "InvalidLookupAttributesException"],
    ["a time that ends before it begins", { StartTime: 20, EndTime: 10 }, "InvalidTimeRangeException"],
  ])("refuses %s", async (_what, input, code) => expect((await lookup(input)).json["__type"]).toBe(code))
})
