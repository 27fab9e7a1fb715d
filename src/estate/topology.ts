import type { AccountId, RegionName, RoleArn } from "../kernel/brands.ts"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { Millis } from "../kernel/units.ts"
import { DEFAULT_OBJECTIVES, type Dataset, type Estate, type KeySpec, type ScheduledDrill } from "./model.ts"

/** An account with its name and what `dr` may become in it. */
export interface ResolvedAccount {
  readonly name: string
  readonly id: AccountId
  readonly roles: {
    readonly operator?: RoleArn | undefined
    readonly drill?: RoleArn | undefined
    readonly evidence?: RoleArn | undefined
    readonly sync?: RoleArn | undefined
    readonly restore?: RoleArn | undefined
    readonly breakGlass?: RoleArn | undefined
  }
  readonly externalId?: string | undefined
}

/** An environment with every name resolved. */
export interface ResolvedEnvironment {
  readonly name: string
  readonly workload: ResolvedAccount
  readonly recovery: ResolvedAccount
  readonly primaryRegion: RegionName
  readonly recoveryRegion: RegionName
  readonly endpoint?: string
  /** True with an endpoint of our own: nothing that ran there is evidence. */
  readonly simulated: boolean
  /** Roles that run `dr`; empty = whoever the workload account lets. */
  readonly runners: readonly RoleArn[]
  readonly organizationId?: string
  readonly objectives: ResolvedObjectives
  readonly scratch: { readonly bucket: Dataset["bucket"]; readonly prefix: string }
  readonly keys: ReadonlyArray<KeySpec & { readonly name: string }>
  /** In restore order: by priority, then by name. */
  readonly datasets: ReadonlyArray<Dataset & { readonly name: string }>
  readonly drills: readonly ScheduledDrill[]
}

export interface ResolvedObjectives {
  readonly rtoKeyMs: Millis
  readonly rtoDataMs: Millis
  readonly rpoMs: Millis
  readonly proofMaxAgeMs: Millis
}

/** @throws DrError E_ENV (64) that names the environments there are; never falls back to one */
export function environmentOf(estate: Estate, name: string | undefined): ResolvedEnvironment {
  const environment =
    name === undefined || !Object.hasOwn(estate.environments, name) ? undefined : estate.environments[name]
  if (environment === undefined || name === undefined) throw unknownEnvironment(estate, name)
  const objectives = { ...DEFAULT_OBJECTIVES, ...present(estate.objectives), ...present(environment.objectives) }
  return {
    name,
    workload: accountOf(estate, environment.account),
    recovery: accountOf(estate, environment.recoveryAccount),
    primaryRegion: environment.primaryRegion,
    recoveryRegion: environment.recoveryRegion,
    ...(environment.endpoint === undefined ? {} : { endpoint: environment.endpoint }),
    simulated: environment.endpoint !== undefined,
    runners: environment.runners,
    ...(estate.organization === undefined ? {} : { organizationId: estate.organization.id }),
    objectives: {
      rtoKeyMs: objectives.rtoKey,
      rtoDataMs: objectives.rtoData,
      rpoMs: objectives.rpo,
      proofMaxAgeMs: objectives.proofMaxAge,
    },
    scratch: environment.scratch,
    keys: Object.entries(environment.keys).map(([key, spec]) => ({ ...spec, name: key })),
    datasets: Object.entries(environment.datasets)
      .map(([dataset, spec]) => ({ ...spec, name: dataset }))
      .sort((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1)),
    drills: environment.drills,
  }
}

function present<T extends object>(given: T | undefined): { [K in keyof T]: NonNullable<T[K]> } | undefined {
  if (given === undefined) return undefined
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>
  }
}

function accountOf(estate: Estate, name: string): ResolvedAccount {
  const account = Object.hasOwn(estate.accounts, name) ? estate.accounts[name] : undefined
  if (account === undefined)
    throw new DrError({ code: "E_CONFIG", exit: EXIT.config, message: `unknown account ${name}` })
  return { ...account, name }
}

function unknownEnvironment(estate: Estate, name: string | undefined): DrError {
  const names = Object.keys(estate.environments)
  const example = names[0] ?? "prod"
  return new DrError({
    code: "E_ENV",
    exit: EXIT.usage,
    message:
      name === undefined
        ? `name an environment with -e; dr.yaml has ${names.join(", ")}`
        : `dr.yaml has no environment ${JSON.stringify(display(name))}; it has ${names.join(", ")}`,
    hints: [`add -e ${example}, or set DR_ENV=${example}`],
  })
}
