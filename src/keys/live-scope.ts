import type { Estate } from "../estate/model.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../estate/topology.ts"
import type { AccountId, BucketName, RegionName, RoleArn } from "../kernel/brands.ts"
import { workloadRegions } from "./policy/scene.ts"

/** What a live inventory reads: only what the estate names. Roles that the policies found name are added on the way. */
export interface LiveScope {
  readonly source: string
  /** Every account of the estate; read as one of `become` where the process is not in it already. */
  readonly accounts: readonly ScopedAccount[]
  readonly organization?: { readonly id: string; readonly managementAccount?: AccountId }
  readonly keys: readonly ScopedKey[]
  readonly buckets: readonly ScopedBucket[]
  readonly roles: ReadonlyArray<{ readonly arn: RoleArn; readonly label: string }>
}

export interface ScopedAccount {
  readonly id: AccountId
  readonly name: string
  /** In this order. */
  readonly become: readonly RoleArn[]
  readonly externalId?: string
  /** Its SCPs and RCPs bind somebody or something of the environment. */
  readonly governed: boolean
}

export interface ScopedKey {
  readonly account: AccountId
  readonly alias: string
  /** The primary's first. */
  readonly regions: readonly RegionName[]
  readonly label: string
}

export interface ScopedBucket {
  readonly name: BucketName
  readonly account: AccountId
  /** Where the estate says that it is. */
  readonly region: RegionName
  readonly label: string
}

export function liveScope(estate: Estate, environment: ResolvedEnvironment): LiveScope {
  const { workload, recovery } = environment
  const management = estate.accounts[estate.organization?.managementAccount ?? ""]?.id
  return {
    source: `live ${environment.name}`,
    accounts: Object.entries(estate.accounts).map(([name, account]) => ({
      id: account.id,
      name,
      become: [account.roles.operator, account.roles.drill].filter((role) => role !== undefined),
      governed: account.id === workload.id || account.id === recovery.id,
      ...(account.externalId === undefined ? {} : { externalId: account.externalId }),
    })),
    ...(estate.organization === undefined
      ? {}
      : {
          organization: {
            id: estate.organization.id,
            ...(management === undefined ? {} : { managementAccount: management }),
          },
        }),
    keys: environment.keys.flatMap((key) => [
      { account: workload.id, alias: key.alias, regions: workloadRegions(environment, key), label: key.name },
      {
        account: recovery.id,
        alias: key.recovery.alias,
        regions: key.recovery.regions,
        label: `${key.name}-recovery`,
      },
    ]),
    buckets: once(
      [
        ...environment.datasets.flatMap((dataset) => [
          {
            name: dataset.bucket,
            account: workload.id,
            region: environment.primaryRegion,
            label: dataset.name,
          },
          {
            name: dataset.recoveryBucket,
            account: recovery.id,
            region: environment.recoveryRegion,
            label: `${dataset.name}-recovery`,
          },
        ]),
        {
          name: environment.scratch.bucket,
          account: recovery.id,
          region: environment.recoveryRegion,
          label: "scratch",
        },
      ],
      ({ name }) => name,
    ),
    roles: once(rolesOf(environment), ({ arn }) => arn),
  }
}

/** The labels are those of the rendered inventory, so that a policy as rendered and as it is can be compared by them. */
function rolesOf(environment: ResolvedEnvironment): Array<{ arn: RoleArn; label: string }> {
  const { workload, recovery, datasets, keys, runners } = environment
  const labelled = (arns: ReadonlyArray<RoleArn | undefined>, label: string) =>
    arns.flatMap((arn) => (arn === undefined ? [] : [{ arn, label }]))
  const ofAccount = ({ roles }: ResolvedAccount, side: "workload" | "recovery") => [
    ...labelled([roles.drill], side === "recovery" ? "recovery" : "drill"),
    ...labelled([roles.operator], `${side}-operator`),
    ...labelled([roles.breakGlass], `${side}-break-glass`),
    ...labelled([roles.sync], "sync"),
    ...labelled([roles.evidence], `${side}-evidence`),
  ]
  return [
    ...ofAccount(workload, "workload"),
    ...ofAccount(recovery, "recovery"),
    ...datasets.flatMap(({ users, name }) => labelled(users, name)),
    ...keys.flatMap(({ users, name }) => labelled(users, `user-of-${name}`)),
    ...labelled(runners, "runner"),
  ]
}

function once<T>(items: readonly T[], idOf: (item: T) => string): T[] {
  const seen = new Set<string>()
  return items.filter((item) => !seen.has(idOf(item)) && seen.add(idOf(item)))
}
