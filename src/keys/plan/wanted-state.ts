import type { GrantSpec } from "../../estate/model.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { AccountId, RegionName } from "../../kernel/brands.ts"
import { renderPolicies } from "../policy/render.ts"
import type { RenderedPolicy } from "../policy/rendered.ts"
import { workloadRegions, type Key } from "../policy/scene.ts"
import { tagsFor } from "../status/key-inventory.ts"

/** One key as dr.yaml wants it, on one side, in all its Regions. */
export interface WantedState {
  readonly name: string
  readonly side: "workload" | "recovery"
  readonly account: AccountId
  readonly alias: string
  /** The primary's first. */
  readonly regions: readonly [RegionName, ...RegionName[]]
  readonly multiRegion: boolean
  readonly origin: "AWS_KMS" | "EXTERNAL"
  /** `guarded`, `seed-default`, or the recovery key's own. */
  readonly template: Key["policy"] | "recovery-key"
  readonly policies: ReadonlyMap<RegionName, RenderedPolicy>
  /** Undefined = whatever it has. A new key gets one all the same. */
  readonly description?: string
  readonly tags: Readonly<Record<string, string>>
  readonly periodDays?: number
  readonly grants: readonly GrantSpec[]
}

/** In the order in which they are planned: a key, then its recovery key. @throws DrError E_POLICY_… (78) */
export function wantedStates(environment: ResolvedEnvironment): WantedState[] {
  const rendered = renderPolicies(environment).filter(({ kind }) => kind === "key")
  return environment.keys.flatMap((key) => [
    workloadKey(environment, key, rendered),
    recoveryKey(environment, key, rendered),
  ])
}

function workloadKey(environment: ResolvedEnvironment, key: Key, rendered: readonly RenderedPolicy[]): WantedState {
  const account = environment.workload.id
  return {
    ...shared(environment.name, key, "workload"),
    account,
    alias: key.alias,
    regions: [environment.primaryRegion, ...workloadRegions(environment, key).slice(1)],
    multiRegion: key.multiRegion,
    origin: key.origin,
    template: key.policy,
    policies: policiesOf(rendered, account, key.alias),
    // KMS rotates nothing that was imported.
    ...(key.rotation === undefined || key.origin === "EXTERNAL" ? {} : { periodDays: key.rotation.periodDays }),
    grants: key.grants,
  }
}

function recoveryKey(environment: ResolvedEnvironment, key: Key, rendered: readonly RenderedPolicy[]): WantedState {
  const account = environment.recovery.id
  const { alias, regions } = key.recovery
  return {
    ...shared(environment.name, key, "recovery"),
    account,
    alias,
    regions: regions as [RegionName, ...RegionName[]],
    multiRegion: true,
    origin: "AWS_KMS",
    template: "recovery-key",
    policies: policiesOf(rendered, account, alias),
    ...(key.rotation === undefined ? {} : { periodDays: key.rotation.periodDays }),
    grants: [],
  }
}

const shared = (env: string, key: Key, side: WantedState["side"]) => ({
  name: key.name,
  side,
  ...(key.description === undefined ? {} : { description: key.description }),
  tags: { ...key.tags, ...tagsFor(env, { name: key.name, side }) },
})

const policiesOf = (
  rendered: readonly RenderedPolicy[],
  account: AccountId,
  alias: string,
): ReadonlyMap<RegionName, RenderedPolicy> =>
  new Map(
    rendered
      .filter((policy) => policy.account === account && policy.subject.endsWith(`:${alias}`))
      .map((policy) => [policy.region as RegionName, policy]),
  )
