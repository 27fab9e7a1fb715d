import { formatArn, partitionOf } from "../../access/arn.ts"
import type { Alarm } from "./alarm.ts"
import type { Metric } from "./metric.ts"

/** Metrics and alarms of all accounts and Regions. */
export interface CloudWatchStore {
  readonly metrics: Map<string, Metric>
  readonly alarms: Map<string, Alarm>
}

export const cloudWatchStore = (): CloudWatchStore => ({ metrics: new Map(), alarms: new Map() })

export interface Place {
  readonly account: string
  readonly region: string
}

export const alarmKey = ({ account, region }: Place, name: string): string => `${account}/${region}/${name}`

export const alarmArn = ({ account, region }: Place, name: string): string =>
  formatArn({ partition: partitionOf(region), service: "cloudwatch", region, account, resource: `alarm:${name}` })

export const alarmsIn = (store: CloudWatchStore, place: Place): Alarm[] =>
  [...store.alarms.values()].filter((alarm) => alarm.account === place.account && alarm.region === place.region)

export const metricsIn = (store: CloudWatchStore, place: Place): Metric[] =>
  [...store.metrics.values()].filter((metric) => metric.account === place.account && metric.region === place.region)

interface DumpedCloudWatch {
  readonly metrics: readonly Metric[]
  readonly alarms: ReadonlyArray<Omit<Alarm, "tags"> & { readonly tags: ReadonlyArray<[string, string]> }>
}

export const dumpCloudWatch = ({ metrics, alarms }: CloudWatchStore): DumpedCloudWatch => ({
  metrics: [...metrics.values()],
  alarms: [...alarms.values()].map((alarm) => ({ ...alarm, tags: [...alarm.tags] })),
})

export function loadCloudWatch(store: CloudWatchStore, dumped: unknown): void {
  const { metrics, alarms } = dumped as DumpedCloudWatch
  store.metrics.clear()
  store.alarms.clear()
  for (const metric of metrics) store.metrics.set(metric.key, metric)
  for (const alarm of alarms) store.alarms.set(alarmKey(alarm, alarm.name), { ...alarm, tags: new Map(alarm.tags) })
}
