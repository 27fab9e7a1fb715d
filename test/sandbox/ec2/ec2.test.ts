import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, kmsClient, queryClient, type Answer } from "../support/signed-client.ts"

const ACCOUNT = "111111111111"
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }] })
})
afterAll(() => sandbox.close())

const ec2 = (action: string, form: Record<string, string> = {}, region = "eu-central-1"): Promise<Answer> =>
  queryClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "ec2", region)(action, form)
const told = async (answer: Promise<Answer>, name: string): Promise<string | undefined> =>
  element((await answer).text, name)

describe("encryption of new volumes", () => {
  it("is off until it is switched on, in one Region at a time", async () => {
    expect(await told(ec2("GetEbsEncryptionByDefault"), "ebsEncryptionByDefault")).toBe("false")
    await ec2("EnableEbsEncryptionByDefault")
    expect(await told(ec2("GetEbsEncryptionByDefault"), "ebsEncryptionByDefault")).toBe("true")
    expect(await told(ec2("GetEbsEncryptionByDefault", {}, "eu-west-1"), "ebsEncryptionByDefault")).toBe("false")
    await ec2("DisableEbsEncryptionByDefault")
    expect(await told(ec2("GetEbsEncryptionByDefault"), "ebsEncryptionByDefault")).toBe("false")
  })
  it("is done under a key of the account's choice", async () => {
    expect(await told(ec2("GetEbsDefaultKmsKeyId"), "kmsKeyId")).toBe("alias/aws/ebs")
    const kms = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT))
    const { KeyId, Arn } = (await kms("CreateKey")).json["KeyMetadata"]
    expect(await told(ec2("ModifyEbsDefaultKmsKeyId", { KmsKeyId: KeyId }), "kmsKeyId")).toBe(Arn)
    expect(await told(ec2("GetEbsDefaultKmsKeyId"), "kmsKeyId")).toBe(Arn)
    expect(await told(ec2("ResetEbsDefaultKmsKeyId"), "kmsKeyId")).toBe("alias/aws/ebs")
    const missing = await ec2("ModifyEbsDefaultKmsKeyId")
    expect([missing.status, element(missing.text, "Code")]).toEqual([400, "MissingParameter"])
  })
  it("is not changed by a dry run", async () => {
    const dry = await ec2("EnableEbsEncryptionByDefault", { DryRun: "true" })
    expect([dry.status, element(dry.text, "Code")]).toEqual([412, "DryRunOperation"])
    expect(await told(ec2("GetEbsEncryptionByDefault"), "ebsEncryptionByDefault")).toBe("false")
  })
})

describe("Regions", () => {
  it("are listed, or those asked for", async () => {
    const all = await ec2("DescribeRegions")
    expect(all.text.match(/<regionName>/g)?.length).toBe(17)
    const two = await ec2("DescribeRegions", { "RegionName.1": "eu-west-1", "RegionName.2": "us-east-1" })
    expect(two.text.match(/<regionName>[^<]+/g)).toEqual(["<regionName>eu-west-1", "<regionName>us-east-1"])
    expect(await told(ec2("DescribeRegions", { "RegionName.1": "eu-mars-1" }), "Code")).toBe("InvalidParameterValue")
  })
})

describe("anything else of EC2", () => {
  it("answers 501 in its own form", async () => {
    const answer = await ec2("RunInstances")
    expect(answer.status).toBe(501)
    expect(answer.text).toMatch(/^<\?xml[^>]*>\s*<Response><Errors><Error><Code>NotImplemented</)
  })
})
