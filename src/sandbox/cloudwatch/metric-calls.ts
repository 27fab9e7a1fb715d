import { DAY, HOUR } from "../../kernel/units.ts"
import { ask } from "../core/ask.ts"
import {
  list,
  moment,
  number,
  oneOf,
  optionalNumber,
  optionalText,
  structure,
  structures,
  text,
  type Input,
} from "../protocol/input.ts"
import {
  dimensionsIn,
  given,
  invalidValue,
  metricIn,
  metricOut,
  missingParameter,
  notImplemented,
  paged,
  type CloudWatchCall,
  type Handler,
  type Output,
} from "./cloudwatch-call.ts"
import { metricKey, STATISTICS, statisticOf, type Datum, type Statistic } from "./metric.ts"
import { metricsIn } from "./store.ts"

const MOST_DATA = 100_000

const putMetricData: Handler = ({ call, input, store, place }) => {
  const namespace = given(input, "Namespace")
  ask(call, "cloudwatch:PutMetricData", "*", { context: { "cloudwatch:namespace": namespace } })
  if (namespace.startsWith("AWS/")) throw invalidValue("The value AWS/ for parameter Namespace is invalid.")
  const now = call.world.clock.now()
  const read = structures(input, "MetricData").map((each) => ({
    name: { namespace, name: given(each, "MetricName"), dimensions: dimensionsIn(each) },
    data: dataIn(each, now),
  }))
  for (const { name, data } of read) {
    const key = metricKey(place, name)
    const known = store.metrics.get(key) ?? { key, ...place, ...name, data: [] }
    store.metrics.set(key, known)
    known.data.push(...data)
    if (known.data.length > MOST_DATA) known.data.splice(0, known.data.length - MOST_DATA)
  }
  return undefined
}

/** A value, values with counts, or a set of statistics. @throws ServiceError InvalidParameterValue */
function dataIn(each: Input, now: number): Datum[] {
  const at = moment(each, "Timestamp") ?? now
  if (at < now - 14 * DAY || at > now + 2 * HOUR) {
    throw invalidValue("The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.")
  }
  const common = { at, unit: optionalText(each, "Unit") ?? "None" }
  const set = structure(each, "StatisticValues")
  if (set !== undefined) {
    const [count, sum] = [number(set, "SampleCount"), number(set, "Sum")]
    return [{ ...common, count, sum, least: number(set, "Minimum"), most: number(set, "Maximum") }]
  }
  const value = optionalNumber(each, "Value")
  const values = value === undefined ? list(each, "Values").map(Number) : [value]
  const counts = list(each, "Counts").map(Number)
  if (values.length === 0) throw missingParameter("MetricData.member.1.Value")
  if (!values.every(Number.isFinite) || (counts.length > 0 && counts.length !== values.length))
    throw invalidValue("Values and Counts must be numbers and of the same length.")
  return values.map((one, index) => {
    const count = counts[index] ?? 1
    return { ...common, count, sum: one * count, least: one, most: one }
  })
}

const listMetrics: Handler = (each) => {
  const { call, input, store, place } = each
  ask(call, "cloudwatch:ListMetrics")
  const namespace = optionalText(input, "Namespace")
  const name = optionalText(input, "MetricName")
  const filters = structures(input, "Dimensions")
  const found = metricsIn(store, place).filter(
    (metric) =>
      (namespace === undefined || metric.namespace === namespace) &&
      (name === undefined || metric.name === name) &&
      filters.every((filter) =>
        metric.dimensions.some(
          ([key, value]) =>
            key === text(filter, "Name") && (filter["Value"] === undefined || value === filter["Value"]),
        ),
      ),
  )
  const page = paged(each, found, (metric) => metric.key, 500)
  return { Metrics: page.items.map(metricOut), NextToken: page.next }
}

const getMetricData: Handler = (each) => {
  const { call, input } = each
  ask(call, "cloudwatch:GetMetricData")
  const from = moment(input, "StartTime")
  const to = moment(input, "EndTime")
  if (from === undefined) throw missingParameter("StartTime")
  if (to === undefined) throw missingParameter("EndTime")
  if (from >= to) throw invalidValue("The parameter StartTime must be less than the parameter EndTime.")
  const queries = structures(input, "MetricDataQueries")
  if (queries.length === 0) throw missingParameter("MetricDataQueries")
  const ascending = oneOf(input, "ScanBy", ["TimestampAscending", "TimestampDescending"]) === "TimestampAscending"
  return {
    MetricDataResults: queries
      .filter((query) => query["ReturnData"] !== false && query["ReturnData"] !== "false")
      .map((query) => resultOf(each, query, from, to, ascending)),
    Messages: [],
  }
}

function resultOf(
  { store, place }: CloudWatchCall,
  query: Input,
  from: number,
  to: number,
  ascending: boolean,
): Output {
  const asked = structure(query, "MetricStat")
  if (asked === undefined) throw notImplemented("metric math")
  const metric = metricIn(structure(asked, "Metric") ?? {})
  const step = periodIn(asked) * 1000
  const statistic = statisticIn(asked, "Stat")
  const data = store.metrics.get(metricKey(place, metric))?.data ?? []
  const points: Array<readonly [at: Date, value: number]> = []
  for (let at = Math.floor(from / step) * step; at < to; at += step) {
    const value = statisticOf(data, statistic, at, at + step, optionalText(asked, "Unit"))
    if (value !== undefined) points.push([new Date(at), value])
  }
  if (!ascending) points.reverse()
  return {
    Id: text(query, "Id"),
    Label: optionalText(query, "Label") ?? metric.name,
    Timestamps: points.map(([at]) => at),
    Values: points.map(([, value]) => value),
    StatusCode: "Complete",
  }
}

/** Seconds: 10, 20, 30 or whole minutes. */
export function periodIn(input: Input): number {
  const period = number(input, "Period")
  if (![10, 20, 30].includes(period) && (!Number.isInteger(period / 60) || period <= 0))
    throw invalidValue("Period must be 10, 20, 30 or a multiple of 60.")
  return period
}

export function statisticIn(input: Input, name: string): Statistic {
  const value = given(input, name)
  const known = STATISTICS.find((each) => each === value)
  if (known === undefined) throw notImplemented(`statistic ${value}`)
  return known
}

export const METRIC_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["PutMetricData", putMetricData],
  ["ListMetrics", listMetrics],
  ["GetMetricData", getMetricData],
]
