import type { Input } from "../protocol/input.ts"

export interface ConfigRule {
  readonly account: string
  readonly region: string
  readonly name: string
  readonly arn: string
  readonly id: string
  readonly createdAt: number
  /** `MANAGED_RULE_NAME`, or a function's ARN. */
  sourceIdentifier: string
  owner: string
  parameters: Readonly<Record<string, string>>
  /** What else was put and is only shown again: description, scope, frequency. */
  shown: Input
}

export interface Recorder {
  readonly name: string
  roleArn: string
  recordingGroup: Input
  recording: boolean
  startedAt?: number
  stoppedAt?: number
}

/** One account in one Region: at most one recorder and one channel. */
export interface ConfigPlace {
  readonly account: string
  readonly region: string
  readonly rules: Map<string, ConfigRule>
  recorder?: Recorder
  /** As it was put. */
  channel?: Input
}

export type ConfigStore = Map<string, ConfigPlace>

export function placeIn(store: ConfigStore, account: string, region: string): ConfigPlace {
  const key = `${account}/${region}`
  const known = store.get(key) ?? { account, region, rules: new Map<string, ConfigRule>() }
  store.set(key, known)
  return known
}

type DumpedPlace = Omit<ConfigPlace, "rules"> & { readonly rules: readonly ConfigRule[] }

export const dumpConfig = (store: ConfigStore): readonly DumpedPlace[] =>
  [...store.values()].map((place) => ({ ...place, rules: [...place.rules.values()] }))

export function loadConfig(store: ConfigStore, dumped: unknown): void {
  store.clear()
  for (const place of dumped as readonly DumpedPlace[]) {
    const rules = new Map(place.rules.map((rule) => [rule.name, rule]))
    store.set(`${place.account}/${place.region}`, { ...place, rules })
  }
}
