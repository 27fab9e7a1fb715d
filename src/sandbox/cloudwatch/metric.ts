import type { Place } from "./store.ts"

/** What was measured at one moment: one value, or many taken together. */
export interface Datum {
  readonly at: number
  readonly sum: number
  readonly count: number
  readonly least: number
  readonly most: number
  readonly unit: string
}

export type Dimensions = ReadonlyArray<readonly [name: string, value: string]>

export interface MetricName {
  readonly namespace: string
  readonly name: string
  /** Sorted: their order says nothing. */
  readonly dimensions: Dimensions
}

export interface Metric extends Place, MetricName {
  readonly key: string
  /** In order of arrival. */
  readonly data: Datum[]
}

export const metricKey = ({ account, region }: Place, { namespace, name, dimensions }: MetricName): string =>
  JSON.stringify([account, region, namespace, name, dimensions])

export const STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] as const
export type Statistic = (typeof STATISTICS)[number]

/** Undefined = nothing was measured from `from` until before `to`. */
export function statisticOf(
  data: readonly Datum[],
  statistic: Statistic,
  from: number,
  to: number,
  unit?: string,
): number | undefined {
  const within = data.filter((each) => each.at >= from && each.at < to && (unit === undefined || each.unit === unit))
  if (within.length === 0) return undefined
  const sum = within.reduce((total, each) => total + each.sum, 0)
  const count = within.reduce((total, each) => total + each.count, 0)
  switch (statistic) {
    case "SampleCount":
      return count
    case "Sum":
      return sum
    case "Average":
      return sum / count
    case "Minimum":
      return Math.min(...within.map((each) => each.least))
    case "Maximum":
      return Math.max(...within.map((each) => each.most))
  }
}
