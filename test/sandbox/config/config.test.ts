import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { jsonClient, kmsClient, signedCall, type Answer, type Kms } from "../support/signed-client.ts"

const ACCOUNT = "111111111111"
let sandbox: Sandbox
let kms: Kms
let config: (operation: string, input?: object) => Promise<Answer>
beforeEach(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }] })
  kms = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT))
  config = jsonClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "config", "StarlingDoveService")
})
afterEach(() => sandbox.close())

const codeOf = ({ json }: Answer): string | undefined => json["__type"]
const newKey = async (): Promise<string> => (await kms("CreateKey")).json["KeyMetadata"].KeyId
const putRule = (name: string, SourceIdentifier: string, parameters?: object): Promise<Answer> =>
  config("PutConfigRule", {
    ConfigRule: {
      ConfigRuleName: name,
      Source: { Owner: "AWS", SourceIdentifier },
      ...(parameters === undefined ? {} : { InputParameters: JSON.stringify(parameters) }),
    },
  })
const recorder = { name: "default", roleARN: `arn:aws:iam::${ACCOUNT}:role/config` }
async function record(): Promise<void> {
  await config("PutConfigurationRecorder", { ConfigurationRecorder: recorder })
  await config("PutDeliveryChannel", { DeliveryChannel: { name: "default", s3BucketName: "history" } })
  await config("StartConfigurationRecorder", { ConfigurationRecorderName: "default" })
}
const complianceOf = async (name: string): Promise<string> =>
  (await config("DescribeComplianceByConfigRule", { ConfigRuleNames: [name] })).json["ComplianceByConfigRules"][0]
    .Compliance.ComplianceType
const details = async (name: string): Promise<Array<[string, string]>> =>
  (await config("GetComplianceDetailsByConfigRule", { ConfigRuleName: name })).json["EvaluationResults"].map(
    (each: {
      ComplianceType: string
      EvaluationResultIdentifier: { EvaluationResultQualifier: { ResourceId: string } }
    }) => [each.EvaluationResultIdentifier.EvaluationResultQualifier.ResourceId, each.ComplianceType],
  )
const s3 = (method: string, path: string, body = "", query: Record<string, string> = {}): Promise<Answer> =>
  signedCall({
    port: sandbox.port,
    credentials: sandbox.credentialsFor(ACCOUNT),
    service: "s3",
    method,
    path,
    query,
    body,
    headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
  })
const newBucket = (name: string): Promise<Answer> =>
  s3(
    "PUT",
    `/${name}`,
    "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>",
  )
const encryptUnder = (name: string, key: string): Promise<Answer> =>
  s3(
    "PUT",
    `/${name}`,
    `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${key}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
    { encryption: "" },
  )

describe("the recorder", () => {
  it("must be there before rules, and have a channel before it starts", async () => {
    expect(codeOf(await putRule("keys", "KMS_CMK_NOT_SCHEDULED_FOR_DELETION"))).toBe(
      "NoAvailableConfigurationRecorderException",
    )
    await config("PutConfigurationRecorder", { ConfigurationRecorder: recorder })
    const start = { ConfigurationRecorderName: "default" }
    expect(codeOf(await config("StartConfigurationRecorder", start))).toBe("NoAvailableDeliveryChannelException")
    await record()
    const { json } = await config("DescribeConfigurationRecorderStatus")
    expect(json["ConfigurationRecordersStatus"]).toMatchObject([{ name: "default", recording: true }])
    expect((await config("DescribeConfigurationRecorders")).json["ConfigurationRecorders"]).toMatchObject([recorder])
    const other = { ConfigurationRecorder: { ...recorder, name: "second" } }
    expect(codeOf(await config("PutConfigurationRecorder", other))).toBe(
      "MaxNumberOfConfigurationRecordersExceededException",
    )
  })
  it("is taken away in order", async () => {
    await record()
    const channel = { DeliveryChannelName: "default" }
    const named = { ConfigurationRecorderName: "default" }
    expect(codeOf(await config("DeleteDeliveryChannel", channel))).toBe("LastDeliveryChannelDeleteFailedException")
    await config("StopConfigurationRecorder", named)
    expect((await config("DeleteDeliveryChannel", channel)).status).toBe(200)
    expect((await config("DeleteConfigurationRecorder", named)).status).toBe(200)
    expect((await config("DescribeConfigurationRecorders")).json["ConfigurationRecorders"]).toEqual([])
    expect((await config("DescribeDeliveryChannels")).json["DeliveryChannels"]).toEqual([])
    expect(codeOf(await config("StopConfigurationRecorder", named))).toBe("NoSuchConfigurationRecorderException")
  })
})

describe("rules", () => {
  it("are put, changed and deleted under their names", async () => {
    await record()
    await putRule("keys", "KMS_CMK_NOT_SCHEDULED_FOR_DELETION")
    const [first] = (await config("DescribeConfigRules")).json["ConfigRules"]
    await putRule("keys", "CMK_BACKING_KEY_ROTATION_ENABLED")
    const [second] = (await config("DescribeConfigRules", { ConfigRuleNames: ["keys"] })).json["ConfigRules"]
    expect(second).toMatchObject({
      ConfigRuleArn: first.ConfigRuleArn,
      ConfigRuleState: "ACTIVE",
      Source: { Owner: "AWS", SourceIdentifier: "CMK_BACKING_KEY_ROTATION_ENABLED" },
    })
    await config("DeleteConfigRule", { ConfigRuleName: "keys" })
    expect(codeOf(await config("DescribeConfigRules", { ConfigRuleNames: ["keys"] }))).toBe("NoSuchConfigRuleException")
  })
  it("that the sandbox cannot judge, or judges without a recorder, have no data", async () => {
    await newKey()
    await record()
    await putRule("mfa", "ROOT_ACCOUNT_MFA_ENABLED")
    expect(await complianceOf("mfa")).toBe("INSUFFICIENT_DATA")
    await putRule("keys", "KMS_CMK_NOT_SCHEDULED_FOR_DELETION")
    expect(await complianceOf("keys")).toBe("COMPLIANT")
    await config("StopConfigurationRecorder", { ConfigurationRecorderName: "default" })
    expect(await complianceOf("keys")).toBe("INSUFFICIENT_DATA")
  })
  it("find keys that are to be deleted", async () => {
    await record()
    const [kept, doomed] = [await newKey(), await newKey()]
    await putRule("keys", "KMS_CMK_NOT_SCHEDULED_FOR_DELETION")
    await kms("ScheduleKeyDeletion", { KeyId: doomed, PendingWindowInDays: 7 })
    expect(await complianceOf("keys")).toBe("NON_COMPLIANT")
    expect(new Map(await details("keys"))).toEqual(
      new Map([
        [kept, "COMPLIANT"],
        [doomed, "NON_COMPLIANT"],
      ]),
    )
    await putRule("one", "KMS_CMK_NOT_SCHEDULED_FOR_DELETION", { kmsKeyIds: kept })
    expect(await details("one")).toEqual([[kept, "COMPLIANT"]])
    const failing = { ConfigRuleName: "keys", ComplianceTypes: ["NON_COMPLIANT"] }
    const { json } = await config("GetComplianceDetailsByConfigRule", failing)
    expect(json["EvaluationResults"]).toHaveLength(1)
  })
  it("find keys that do not rotate, of those that KMS could rotate", async () => {
    await record()
    const [rotating, resting] = [await newKey(), await newKey()]
    await kms("EnableKeyRotation", { KeyId: rotating })
    await kms("CreateKey", { Origin: "EXTERNAL" })
    await putRule("rotation", "CMK_BACKING_KEY_ROTATION_ENABLED")
    expect(new Map(await details("rotation"))).toEqual(
      new Map([
        [rotating, "COMPLIANT"],
        [resting, "NON_COMPLIANT"],
      ]),
    )
  })
  it("find buckets that are not encrypted under KMS, or under another key", async () => {
    await record()
    const key = (await kms("CreateKey")).json["KeyMetadata"].Arn as string
    await newBucket("plain-bucket")
    await newBucket("sealed-bucket")
    await encryptUnder("sealed-bucket", key)
    await putRule("buckets", "S3_DEFAULT_ENCRYPTION_KMS")
    expect(await details("buckets")).toEqual([
      ["plain-bucket", "NON_COMPLIANT"],
      ["sealed-bucket", "COMPLIANT"],
    ])
    await putRule("buckets", "S3_DEFAULT_ENCRYPTION_KMS", { kmsKeyArns: key.replace(/.$/, "_") })
    expect(await details("buckets")).toContainEqual(["sealed-bucket", "NON_COMPLIANT"])
  })
})
