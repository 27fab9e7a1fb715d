import { keyArn } from "../access/arn.ts"
import type {
  Inventory,
  InventoryBucket,
  InventoryKey,
  InventoryPrincipal,
  NamedPolicy,
  PolicyLevelFacts,
} from "../access/inventory.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../estate/topology.ts"
import { renderPolicies } from "./policy/render.ts"
import type { RenderedPolicy } from "./policy/rendered.ts"
import { workloadRegions, type Key } from "./policy/scene.ts"

/**
 * The environment as it would be with the rendered policies in place. Key ids do not exist yet: a key stands under the
 * name of its alias (`key/observability-prod`). What dr.yaml does not say (other roles, SCPs) is not there.
 */
export function renderedInventory(environment: ResolvedEnvironment): Inventory {
  const rendered = renderPolicies(environment)
  const { workload, recovery, organizationId } = environment
  return {
    source: `the policies that dr.yaml renders for ${environment.name}`,
    ...(organizationId === undefined ? {} : { organization: { id: organizationId } }),
    accounts: [workload, recovery].map((account) => ({
      id: account.id,
      name: account.name,
      scps: scpsOf(rendered, account),
      rcps: [],
    })),
    principals: principalsOf(environment, rendered),
    keys: environment.keys.flatMap((key) => keysOf(environment, key, rendered)),
    buckets: bucketsOf(rendered),
  }
}

const named = (policy: RenderedPolicy): NamedPolicy => ({ name: policy.path, document: policy.document })

const FULL_ACCESS: NamedPolicy = {
  name: "FullAWSAccess",
  document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
}

function scpsOf(rendered: readonly RenderedPolicy[], account: ResolvedAccount): PolicyLevelFacts[] {
  const own = rendered.filter((policy) => policy.kind === "scp" && policy.subject === account.id)
  return own.length === 0 ? [] : [{ target: account.id, policies: [FULL_ACCESS, ...own.map(named)] }]
}

function principalsOf(environment: ResolvedEnvironment, rendered: readonly RenderedPolicy[]): InventoryPrincipal[] {
  const { workload, recovery, keys, datasets } = environment
  const roles = new Map<string, { label: string; account: string }>()
  const add = (arn: string | undefined, label: string, account: string): void => {
    if (arn !== undefined && !roles.has(arn)) roles.set(arn, { label, account })
  }
  for (const [account, prefix] of [
    [workload, "workload"],
    [recovery, "recovery"],
  ] as const) {
    add(account.roles.drill, prefix === "recovery" ? "recovery" : "drill", account.id)
    add(account.roles.operator, `${prefix}-operator`, account.id)
    add(account.roles.breakGlass, `${prefix}-break-glass`, account.id)
    add(account.roles.sync, "sync", account.id)
    add(account.roles.restore, `${prefix}-restore`, account.id)
    add(account.roles.evidence, `${prefix}-evidence`, account.id)
  }
  for (const dataset of datasets) for (const user of dataset.users) add(user, dataset.name, workload.id)
  for (const key of keys) for (const user of key.users) add(user, `user-of-${key.name}`, workload.id)
  return [...roles].map(([arn, { label, account }]) => {
    const identity = rendered.filter((policy) => policy.kind === "identity" && policy.subject === arn)
    const trust = rendered.find((policy) => policy.kind === "trust" && policy.subject === arn)
    return {
      arn,
      account,
      label,
      identity: identity.map(named),
      ...(trust === undefined ? {} : { trust: named(trust) }),
    }
  })
}

function keysOf(environment: ResolvedEnvironment, key: Key, rendered: readonly RenderedPolicy[]): InventoryKey[] {
  const { workload, recovery, primaryRegion } = environment
  const one = (
    account: ResolvedAccount,
    alias: string,
    label: string,
    region: InventoryKey["region"],
    primary: boolean,
  ): InventoryKey => {
    const policy = rendered.find(
      (each) =>
        each.kind === "key" &&
        each.account === account.id &&
        each.region === region &&
        each.subject.endsWith(`:${alias}`),
    )
    return {
      arn: keyArn(region, account.id, alias.slice("alias/".length)),
      account: account.id,
      region,
      aliases: [alias],
      label,
      grants: [],
      multiRegionType: primary ? "PRIMARY" : "REPLICA",
      ...(key.rotation === undefined ? {} : { rotation: { enabled: true, periodDays: key.rotation.periodDays } }),
      ...(policy === undefined ? {} : { policy: named(policy) }),
    }
  }
  return [
    ...workloadRegions(environment, key).map((region) =>
      one(workload, key.alias, key.name, region, region === primaryRegion),
    ),
    ...key.recovery.regions.map((region) =>
      one(recovery, key.recovery.alias, `${key.name}-recovery`, region, region === key.recovery.regions[0]),
    ),
  ]
}

function bucketsOf(rendered: readonly RenderedPolicy[]): InventoryBucket[] {
  return rendered.flatMap((policy) =>
    policy.kind === "bucket" && policy.region !== undefined
      ? [
          {
            name: policy.path.slice("buckets/".length, -".json".length),
            account: policy.account,
            region: policy.region,
            label: policy.template,
            policy: named(policy),
          },
        ]
      : [],
  )
}
