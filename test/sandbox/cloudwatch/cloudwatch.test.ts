import { gzipSync } from "node:zlib"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, jsonClient, queryClient, signedCall, type Answer } from "../support/signed-client.ts"

const ACCOUNT = "111111111111"
const TARGET = "GraniteServiceVersion20100801"
const ARN = `arn:aws:cloudwatch:eu-central-1:${ACCOUNT}:alarm:slow`

let sandbox: Sandbox
let watch: (operation: string, input?: object) => Promise<Answer>
beforeEach(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }] })
  watch = jsonClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "monitoring", TARGET, "eu-central-1", "1.0")
})
afterEach(() => sandbox.close())

const now = (): number => sandbox.clock.now() / 1000
const Dimensions = [{ Name: "drill", Value: "key-loss" }]
const put = (Value: number, Timestamp = now()): Promise<Answer> =>
  watch("PutMetricData", {
    Namespace: "DR",
    MetricData: [{ MetricName: "Elapsed", Dimensions, Value, Timestamp, Unit: "Seconds" }],
  })
const alarm = (more: object = {}): Promise<Answer> =>
  watch("PutMetricAlarm", {
    AlarmName: "slow",
    Namespace: "DR",
    MetricName: "Elapsed",
    Dimensions,
    Statistic: "Maximum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 100,
    ComparisonOperator: "GreaterThanThreshold",
    ...more,
  })
const described = async (): Promise<Record<string, unknown>> => (await watch("DescribeAlarms")).json["MetricAlarms"][0]
const stateOf = async (): Promise<unknown> => (await described())["StateValue"]

describe("metrics", () => {
  const read = (Stat: string, more: object = {}): Promise<Answer> =>
    watch("GetMetricData", {
      StartTime: now() - 600,
      EndTime: now() + 600,
      MetricDataQueries: [
        {
          Id: "m1",
          MetricStat: { Metric: { Namespace: "DR", MetricName: "Elapsed", Dimensions }, Period: 3600, Stat },
        },
      ],
      ...more,
    })

  it("are put, listed and read back by statistic", async () => {
    const at = now()
    for (const value of [10, 20, 60]) expect((await put(value, at)).status).toBe(200)
    expect((await watch("ListMetrics", { Namespace: "DR" })).json["Metrics"]).toEqual([
      { Namespace: "DR", MetricName: "Elapsed", Dimensions },
    ])
    const values: Record<string, number> = {}
    for (const stat of ["Sum", "Average", "Minimum", "Maximum", "SampleCount"]) {
      const results = (await read(stat)).json["MetricDataResults"][0].Values as number[]
      values[stat] = results.reduce((sum, value) => sum + value, 0)
    }
    expect(values).toEqual({ Sum: 90, Average: 30, Minimum: 10, Maximum: 60, SampleCount: 3 })
  })
  it("take values with counts and ready-made statistics", async () => {
    const one = { MetricName: "Elapsed", Dimensions }
    const StatisticValues = { SampleCount: 2, Sum: 30, Minimum: 5, Maximum: 25 }
    await watch("PutMetricData", {
      Namespace: "DR",
      MetricData: [
        { ...one, Values: [1, 2], Counts: [10, 1] },
        { ...one, StatisticValues },
      ],
    })
    expect((await read("Sum")).json["MetricDataResults"][0].Values).toEqual([42])
    expect((await read("SampleCount")).json["MetricDataResults"][0].Values).toEqual([13])
  })
  it("come as sums per period, newest first unless asked otherwise", async () => {
    sandbox.clock.advance(7_200_000)
    const hour = Math.floor(now() / 3600) * 3600
    await put(1, hour - 7200)
    await put(2, hour - 3600)
    const MetricDataQueries = [
      {
        Id: "m1",
        MetricStat: { Metric: { Namespace: "DR", MetricName: "Elapsed", Dimensions }, Period: 3600, Stat: "Sum" },
      },
    ]
    const between = { StartTime: hour - 7200, EndTime: hour, MetricDataQueries }
    const [newest] = (await watch("GetMetricData", between)).json["MetricDataResults"]
    expect([newest.Timestamps, newest.Values]).toEqual([
      [hour - 3600, hour - 7200],
      [2, 1],
    ])
    const [oldest] = (await watch("GetMetricData", { ...between, ScanBy: "TimestampAscending" })).json[
      "MetricDataResults"
    ]
    expect(oldest.Values).toEqual([1, 2])
  })
  it("are taken compressed, as the SDK sends them", async () => {
    const input = { Namespace: "DR", MetricData: [{ MetricName: "Packed", Value: 1 }] }
    const answer = await signedCall({
      port: sandbox.port,
      credentials: sandbox.credentialsFor(ACCOUNT),
      service: "monitoring",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "content-encoding": "gzip",
        "x-amz-target": `${TARGET}.PutMetricData`,
      },
      body: gzipSync(JSON.stringify(input)),
    })
    expect(answer.status).toBe(200)
    expect((await watch("ListMetrics", { MetricName: "Packed" })).json["Metrics"]).toHaveLength(1)
  })
  it.each([
    [
      "a name of AWS",
      { Namespace: "AWS/KMS", MetricData: [{ MetricName: "x", Value: 1 }] },
      "InvalidParameterValueException",
    ],
    ["no namespace", { MetricData: [{ MetricName: "x", Value: 1 }] }, "MissingRequiredParameterException"],
    ["no value", { Namespace: "DR", MetricData: [{ MetricName: "x" }] }, "MissingRequiredParameterException"],
    [
      "a month-old value",
      { Namespace: "DR", MetricData: [{ MetricName: "x", Value: 1, Timestamp: 1 }] },
      "InvalidParameterValueException",
    ],
  ])("with %s are refused", async (_what, input, code) => {
    const answer = await watch("PutMetricData", input)
    expect([answer.status, answer.json["__type"]]).toEqual([400, code])
  })
})

describe("an alarm", () => {
  it("begins without data and follows what is measured", async () => {
    await alarm()
    expect(await described()).toMatchObject({
      AlarmArn: ARN,
      StateValue: "INSUFFICIENT_DATA",
      TreatMissingData: "missing",
    })
    await put(150)
    expect(await stateOf()).toBe("ALARM")
    sandbox.clock.advance(600_000)
    await put(50)
    expect(await stateOf()).toBe("OK")
  })
  it("knows no data again when nothing more comes", async () => {
    await alarm()
    await put(50)
    expect(await stateOf()).toBe("OK")
    sandbox.clock.advance(600_000)
    expect(await stateOf()).toBe("INSUFFICIENT_DATA")
  })
  it.each([
    ["breaching", "ALARM"],
    ["notBreaching", "OK"],
    ["ignore", "INSUFFICIENT_DATA"],
  ])("that takes missing data as %s says %s at first", async (TreatMissingData, state) => {
    await alarm({ TreatMissingData })
    expect(await stateOf()).toBe(state)
  })
  it("waits for as many periods as it needs", async () => {
    await alarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: "notBreaching" })
    await put(150, now() - 60)
    expect(await stateOf()).toBe("OK")
    await put(150)
    expect(await stateOf()).toBe("ALARM")
  })
  it("keeps a state that is set until it is judged again", async () => {
    await alarm()
    await put(50)
    await watch("SetAlarmState", { AlarmName: "slow", StateValue: "ALARM", StateReason: "rehearsal" })
    expect(await described()).toMatchObject({ StateValue: "ALARM", StateReason: "rehearsal" })
    sandbox.clock.advance(60_000)
    await put(50)
    expect(await stateOf()).toBe("OK")
  })
  it("is changed under its name and then gone", async () => {
    await alarm({ Tags: [{ Key: "k", Value: "v" }] })
    await alarm({ Threshold: 200 })
    expect(await described()).toMatchObject({ Threshold: 200 })
    await watch("TagResource", { ResourceARN: ARN, Tags: [{ Key: "l", Value: "w" }] })
    await watch("UntagResource", { ResourceARN: ARN, TagKeys: ["k"] })
    expect((await watch("ListTagsForResource", { ResourceARN: ARN })).json["Tags"]).toEqual([{ Key: "l", Value: "w" }])
    await watch("DeleteAlarms", { AlarmNames: ["slow"] })
    expect((await watch("DescribeAlarms")).json["MetricAlarms"]).toEqual([])
    const gone = await watch("SetAlarmState", { AlarmName: "slow", StateValue: "OK", StateReason: "x" })
    expect(gone.json["__type"]).toBe("ResourceNotFound")
    expect(gone.headers["x-amzn-query-error"]).toBe("ResourceNotFound;Sender")
  })
  it("of metric math or percentiles answers 501", async () => {
    expect((await alarm({ Metrics: [{ Id: "m" }] })).status).toBe(501)
    expect((await alarm({ ExtendedStatistic: "p99" })).status).toBe(501)
  })
})

describe("older clients", () => {
  it("speak the query protocol and are answered in it", async () => {
    const query = queryClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "monitoring")
    const metric = {
      Namespace: "DR",
      "MetricData.member.1.MetricName": "Elapsed",
      "MetricData.member.1.Value": "150",
      "MetricData.member.1.Dimensions.member.1.Name": "drill",
      "MetricData.member.1.Dimensions.member.1.Value": "key-loss",
    }
    expect((await query("PutMetricData", metric)).status).toBe(200)
    await query("PutMetricAlarm", {
      AlarmName: "slow",
      Namespace: "DR",
      MetricName: "Elapsed",
      "Dimensions.member.1.Name": "drill",
      "Dimensions.member.1.Value": "key-loss",
      Statistic: "Maximum",
      Period: "60",
      EvaluationPeriods: "1",
      Threshold: "100.5",
      ComparisonOperator: "GreaterThanThreshold",
      ActionsEnabled: "false",
    })
    const { text } = await query("DescribeAlarms", { "AlarmNames.member.1": "slow" })
    expect(element(text, "StateValue")).toBe("ALARM")
    expect(element(text, "Threshold")).toBe("100.5")
    expect(element(text, "ActionsEnabled")).toBe("false")
    expect(Date.parse(element(text, "StateUpdatedTimestamp") ?? "")).toBeGreaterThan(0)
    expect(element((await query("PutMetricAlarm", { AlarmName: "x" })).text, "Code")).toBe("MissingParameter")
  })
})
