import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { connectAws } from "../../src/aws/ports.ts"
import type { AwsPorts } from "../../src/drill/ports.ts"
import type { Session } from "../../src/keys/ports.ts"
import type { AccountId, BucketName, RegionName, RoleArn } from "../../src/kernel/brands.ts"
import type { Clock } from "../../src/kernel/clock.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"

const ACCOUNT = "111111111111" as AccountId
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader` as RoleArn
const REGION = "eu-central-1" as RegionName
const PLACE = ["data", "", ACCOUNT] as unknown as [BucketName, string, AccountId]

/** Real time, but no pause between attempts. */
const clock: Clock = { ...systemClock, sleep: async () => undefined }
let sandbox: Sandbox
let aws: AwsPorts
let session: Session

beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "test" }] })
  const config = {
    endpoint: sandbox.endpoint,
    region: REGION,
    credentials: sandbox.credentialsFor(ACCOUNT),
    forcePathStyle: true,
  }
  const s3 = new S3Client(config)
  await s3.send(
    new CreateBucketCommand({ Bucket: "data", CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  )
  await s3.send(new PutObjectCommand({ Bucket: "data", Key: "k", Body: "x" }))
  const iam = new IAMClient(config)
  const document = (statement: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [statement] })
  await iam.send(
    new CreateRoleCommand({
      RoleName: "reader",
      AssumeRolePolicyDocument: document({ Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "sts:AssumeRole" }),
    }),
  )
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: "reader",
      PolicyName: "all",
      PolicyDocument: document({ Effect: "Allow", Action: "s3:*", Resource: "*" }),
    }),
  )
  aws = await connectAws({
    deps: { clock, emit: () => undefined, signal: new AbortController().signal },
    endpoint: sandbox.endpoint,
    region: REGION,
    credentials: async () => sandbox.credentialsFor(ACCOUNT),
  })
  session = await aws.assumeRole({ from: aws.base, role: ROLE, region: REGION, sessionName: "dr-test" })
})
afterEach(() => sandbox.faults.clear())
afterAll(() => {
  aws.close()
  return sandbox.close()
})

describe("sessions while a Region is gone", () => {
  const SILENT = "eu-west-1" as RegionName
  const from = (otherRegions: readonly RegionName[]) =>
    connectAws({
      deps: { clock, emit: () => undefined, signal: new AbortController().signal },
      endpoint: sandbox.endpoint,
      region: SILENT,
      otherRegions,
      credentials: async () => sandbox.credentialsFor(ACCOUNT),
    })
  it("come from another Region, where one is given", async () => {
    sandbox.faults.add({ kind: "cut-before-commit", service: "sts", region: SILENT })
    const ports = await from([REGION])
    const assumed = await ports.assumeRole({ from: ports.base, role: ROLE, region: SILENT, sessionName: "dr-test" })
    expect([ports.base.account, assumed.account]).toEqual([ACCOUNT, ACCOUNT])
    ports.close()
    await expect(from([])).rejects.toMatchObject({ aws: { service: "sts", region: SILENT } })
  })
  it("are not asked for elsewhere when STS says no", async () => {
    const ports = await from([REGION])
    sandbox.faults.add({ kind: "deny", service: "sts", operation: "AssumeRole", region: SILENT })
    const asked = ports.assumeRole({ from: ports.base, role: ROLE, region: SILENT, sessionName: "dr-test" })
    await expect(asked).rejects.toMatchObject({ code: "E_ASSUME_ROLE" })
    ports.close()
  })
})

describe("a session that AWS has ended while its end by our clock is far", () => {
  it("is renewed for calls that say ExpiredToken", async () => {
    const keys = async (): Promise<string[]> => {
      const found: string[] = []
      for await (const { key } of aws.s3(session, REGION).list(...PLACE)) found.push(key)
      return found
    }
    expect(await keys()).toEqual(["k"])
    sandbox.clock.advance(2 * 60 * 60 * 1000)
    expect(await keys()).toEqual(["k"])
  })

  it("is renewed for HEAD, which says nothing", async () => {
    const head = () => aws.s3(session, REGION).head({ bucket: PLACE[0], key: "k", owner: ACCOUNT })
    await expect(head()).resolves.toMatchObject({ sizeBytes: 1 })
    sandbox.clock.advance(2 * 60 * 60 * 1000)
    await expect(head()).resolves.toMatchObject({ sizeBytes: 1 })
  })
})

describe("a role that cannot be assumed", () => {
  const assume = (role: string) =>
    aws.assumeRole({ from: aws.base, role: role as RoleArn, region: REGION, sessionName: "dr-test" })

  it("because it does not trust the caller: look at the trust policy", () =>
    expect(assume(`arn:aws:iam::${ACCOUNT}:role/other`)).rejects.toMatchObject({
      code: "E_ASSUME_ROLE",
      exit: 77,
      hints: [expect.stringContaining("trust policy")],
    }))

  it("because STS is too busy: try later, and no word of trust", async () => {
    sandbox.faults.add({ kind: "throttle", service: "sts", operation: "AssumeRole" })
    await expect(assume(ROLE)).rejects.toMatchObject({ code: "E_ASSUME_ROLE", exit: 75, hints: [] })
  })
})
