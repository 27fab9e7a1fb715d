import { describe, expect, it } from "vitest"
import { stateOf, type AlarmSettings } from "../../../src/sandbox/cloudwatch/alarm.ts"

/** Threshold 1, above breaches: X is 2, 0 is 0. */
function judge(points: string, needed: number, missingData: AlarmSettings["missingData"]): string {
  const settings: AlarmSettings = {
    namespace: "DR",
    metricName: "m",
    dimensions: [],
    statistic: "Sum",
    period: 60,
    evaluationPeriods: 3,
    datapointsToAlarm: needed,
    threshold: 1,
    comparison: "GreaterThanThreshold",
    missingData,
    actionsEnabled: false,
    okActions: [],
    alarmActions: [],
    insufficientDataActions: [],
  }
  const values = points
    .replace(/[^X0]/g, "")
    .split("")
    .map((each) => (each === "X" ? 2 : 0))
  return stateOf(settings, values.slice(-3), "INSUFFICIENT_DATA")
}

/** The columns are missing, ignore, breaching, notBreaching. Source: "alarm states when data is missing", CloudWatch guide. */
const KEEP = "INSUFFICIENT_DATA"
describe("an alarm with three periods", () => {
  it.each([
    ["0-X-X", 3, ["OK", "OK", "OK", "OK"]],
    ["0----", 3, ["OK", "OK", "OK", "OK"]],
    ["-----", 3, ["INSUFFICIENT_DATA", KEEP, "ALARM", "OK"]],
    ["0XX-X", 3, ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["--X--", 3, ["ALARM", KEEP, "ALARM", "OK"]],
    ["0-X-X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["00X0X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0-X--", 2, ["OK", "OK", "ALARM", "OK"]],
    ["----0", 2, ["OK", "OK", "ALARM", "OK"]],
  ] as const)("that saw %s and needs %d says %j", (points, needed, expected) => {
    const ways = ["missing", "ignore", "breaching", "notBreaching"] as const
    expect(ways.map((way) => judge(points, needed, way))).toEqual(expected)
  })
})
