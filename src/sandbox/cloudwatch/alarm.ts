import { isoStamp } from "../../kernel/clock.ts"
import { MINUTE } from "../../kernel/units.ts"
import { metricKey, statisticOf, type Dimensions, type Statistic } from "./metric.ts"
import type { CloudWatchStore } from "./store.ts"

type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA"

export const COMPARISONS = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
] as const
type Comparison = (typeof COMPARISONS)[number]

export const MISSING_DATA = ["missing", "breaching", "notBreaching", "ignore"] as const
type MissingData = (typeof MISSING_DATA)[number]

/** What PutMetricAlarm sets. */
export interface AlarmSettings {
  readonly namespace: string
  readonly metricName: string
  readonly dimensions: Dimensions
  readonly statistic: Statistic
  readonly unit?: string
  /** Seconds. */
  readonly period: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly threshold: number
  readonly comparison: Comparison
  readonly missingData: MissingData
  readonly description?: string
  readonly actionsEnabled: boolean
  /** Stored and shown; the sandbox has nobody to notify. */
  readonly okActions: readonly string[]
  readonly alarmActions: readonly string[]
  readonly insufficientDataActions: readonly string[]
}

export interface Alarm {
  readonly account: string
  readonly region: string
  readonly name: string
  readonly arn: string
  readonly tags: Map<string, string>
  settings: AlarmSettings
  configuredAt: number
  state: AlarmState
  reason: string
  stateAt: number
  /** SetAlarmState holds until then. */
  heldUntil: number
}

/** Brings the state up to `now`: an alarm is judged when somebody looks at it. */
export function evaluate(store: CloudWatchStore, alarm: Alarm, now: number): void {
  if (now < alarm.heldUntil) return
  const { settings } = alarm
  const points = recentPoints(store, alarm, now)
  const state = stateOf(settings, points.slice(-settings.evaluationPeriods), alarm.state)
  if (state === alarm.state) return
  Object.assign(alarm, { state, stateAt: now, reason: reasonFor(settings, points, state, now) })
}

/** Missing periods let the evaluation look back a little further. Source: "missing data" in the CloudWatch guide. */
const EXTRA_PERIODS = 2

/** Values of the last periods that have any, oldest first; the current minute counts as over. */
function recentPoints(store: CloudWatchStore, alarm: Alarm, now: number): number[] {
  const { settings } = alarm
  const name = { namespace: settings.namespace, name: settings.metricName, dimensions: settings.dimensions }
  const data = store.metrics.get(metricKey(alarm, name))?.data ?? []
  const step = settings.period * 1000
  const grain = Math.min(step, MINUTE)
  const end = (Math.floor(now / grain) + 1) * grain
  const points: number[] = []
  for (let back = settings.evaluationPeriods + EXTRA_PERIODS; back > 0; back--) {
    const from = end - back * step
    const value = statisticOf(data, settings.statistic, from, from + step, settings.unit)
    if (value !== undefined) points.push(value)
  }
  return points
}

/** `points` are those that exist, at most `evaluationPeriods` of them. */
export function stateOf(settings: AlarmSettings, points: readonly number[], before: AlarmState): AlarmState {
  const needed = settings.datapointsToAlarm
  const missing = settings.evaluationPeriods - points.length
  const breaching = points.filter((value) => breaches(settings, value)).length
  switch (settings.missingData) {
    case "breaching":
      return breaching + missing >= needed ? "ALARM" : "OK"
    case "notBreaching":
      return breaching >= needed ? "ALARM" : "OK"
    case "ignore":
      if (breaching >= needed) return "ALARM"
      return points.length > breaching ? "OK" : before
    case "missing":
      if (points.length === 0) return "INSUFFICIENT_DATA"
      return breaching >= Math.min(needed, points.length) ? "ALARM" : "OK"
  }
}

function breaches({ comparison, threshold }: AlarmSettings, value: number): boolean {
  switch (comparison) {
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold
    case "GreaterThanThreshold":
      return value > threshold
    case "LessThanThreshold":
      return value < threshold
    case "LessThanOrEqualToThreshold":
      return value <= threshold
  }
}

function reasonFor(settings: AlarmSettings, points: readonly number[], state: AlarmState, now: number): string {
  if (points.length === 0)
    return `No datapoints were received up to ${isoStamp(now)}; missing data is ${settings.missingData}.`
  const met = state === "ALARM" ? "crossed" : "not crossed"
  const shown = points.slice(-settings.evaluationPeriods).join(", ")
  return `Threshold ${met}: datapoints [${shown}] against ${settings.comparison} ${settings.threshold}, ${settings.datapointsToAlarm} of ${settings.evaluationPeriods} needed.`
}
