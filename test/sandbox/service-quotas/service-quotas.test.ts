import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { jsonClient, type Answer } from "../support/signed-client.ts"

const ACCOUNT = "111111111111"
const RATE = "Cryptographic operations (symmetric) request rate"
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }] })
})
afterAll(() => sandbox.close())

const quotas = (operation: string, input: object, region = "eu-central-1"): Promise<Answer> =>
  jsonClient(
    sandbox.port,
    sandbox.credentialsFor(ACCOUNT),
    "servicequotas",
    "ServiceQuotasV20190624",
    region,
  )(operation, input)
interface Quota {
  readonly QuotaName: string
  readonly QuotaCode: string
  readonly Value: number
}
const listed = async (ServiceCode: string, region?: string): Promise<Quota[]> =>
  (await quotas("ListServiceQuotas", { ServiceCode }, region)).json["Quotas"]

describe("quotas", () => {
  it.each([
    ["us-east-1", 100_000],
    ["eu-west-1", 100_000],
    ["eu-central-1", 20_000],
    ["us-east-2", 20_000],
    ["sa-east-1", 10_000],
  ])("in %s let KMS do %d symmetric operations a second", async (region, value) => {
    expect((await listed("kms", region)).find(({ QuotaName }) => QuotaName === RATE)).toMatchObject({
      Value: value,
      Period: { PeriodValue: 1, PeriodUnit: "SECOND" },
      UsageMetric: { MetricNamespace: "AWS/Usage" },
    })
  })
  it("bound keys, aliases, grants and buckets", async () => {
    const values = [...(await listed("kms")), ...(await listed("s3"))].map((each) => [each.QuotaName, each.Value])
    expect(Object.fromEntries(values)).toMatchObject({
      "Customer Master Keys (CMKs)": 100_000,
      "Aliases per CMK": 50,
      "Grants per CMK": 50_000,
      "CreateKey request rate": 5,
      "UpdatePrimaryRegion request rate": 5,
      "CreateGrant request rate": 50,
      "General purpose buckets": 10_000,
    })
  })
  it("are read one by one, applied or as AWS begins with them", async () => {
    const one = { ServiceCode: "kms", QuotaCode: "L-6E3AF000" }
    expect((await quotas("GetServiceQuota", one)).json["Quota"]).toMatchObject({
      QuotaName: RATE,
      QuotaArn: `arn:aws:servicequotas:eu-central-1:${ACCOUNT}:kms/L-6E3AF000`,
    })
    const defaults = (await quotas("ListAWSDefaultServiceQuotas", { ServiceCode: "s3" })).json["Quotas"]
    expect(defaults).toMatchObject([{ QuotaArn: "arn:aws:servicequotas:eu-central-1::s3/L-DC2B2D3D" }])
    const missing = await quotas("GetServiceQuota", { ...one, QuotaCode: "L-0" })
    expect(missing.json["__type"]).toBe("NoSuchResourceException")
  })
  it("come in pages", async () => {
    const first = (await quotas("ListServiceQuotas", { ServiceCode: "kms", MaxResults: 6 })).json
    const NextToken = first["NextToken"]
    const second = (await quotas("ListServiceQuotas", { ServiceCode: "kms", MaxResults: 6, NextToken })).json
    const codes = [...first["Quotas"], ...second["Quotas"]].map(({ QuotaCode }: Quota) => QuotaCode)
    expect([first["Quotas"].length, codes.length, new Set(codes).size]).toEqual([6, 10, 10])
  })
})
