import { Cron } from "croner"
import { parseArn } from "../access/arn.ts"
import { nearest } from "../kernel/nearest.ts"
import { entriesOf, has, type DraftEnvironment, type DraftEstate } from "./draft.ts"
import { escrowProblems } from "./escrow-rules.ts"

/** One thing wrong with dr.yaml; `path` leads to it. */
export interface Problem {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
  /** The name is wrong, not what stands under it. */
  readonly onName?: boolean
}

/** What the shape alone cannot say: references, accounts that must differ, Regions that must. All problems, not the first. */
export function crossFieldProblems(estate: DraftEstate): Problem[] {
  return [
    ...organizationProblems(estate),
    ...accountProblems(estate),
    ...entriesOf(estate.environments).flatMap(([name, environment]) => environmentProblems(estate, name, environment)),
    ...splitRoleProblems(estate),
  ]
}

type Path = ReadonlyArray<string | number>
type At = (...rest: Path) => Path

function unknownName(what: string, name: string, names: object | undefined): string {
  const all = Object.keys(names ?? {})
  const meant = nearest(name, all)
  return `unknown ${what} ${JSON.stringify(name)}; ${meant === undefined ? `known are ${all.join(", ") || "none"}` : `did you mean ${meant}?`}`
}

function organizationProblems(estate: DraftEstate): Problem[] {
  const manager = estate.organization?.managementAccount
  if (manager === undefined || has(estate.accounts, manager)) return []
  return [{ path: ["organization", "managementAccount"], message: unknownName("account", manager, estate.accounts) }]
}

function accountProblems(estate: DraftEstate): Problem[] {
  const seen = new Map<string, string>()
  return entriesOf(estate.accounts).flatMap(([name, { id, roles }]) => {
    if (id === undefined) return []
    const problems: Problem[] = []
    const other = seen.get(id)
    if (other !== undefined)
      problems.push({
        path: ["accounts", name, "id"],
        message: `account ${id} already stands as ${JSON.stringify(other)}`,
      })
    seen.set(id, name)
    for (const [role, arn] of entriesOf(roles)) {
      if (parseArn(arn).account === id) continue
      problems.push({
        path: ["accounts", name, "roles", role],
        message: `role is in account ${parseArn(arn).account}, this account is ${id}`,
      })
    }
    return problems
  })
}

function environmentProblems(estate: DraftEstate, name: string, environment: DraftEnvironment): Problem[] {
  const at: At = (...rest) => ["environments", name, ...rest]
  return [
    ...actorProblems(estate, environment, at),
    ...placeProblems(environment, at),
    ...keyProblems(environment, at),
    ...datasetProblems(environment, at),
    ...scheduleProblems(environment, at),
  ]
}

function actorProblems(estate: DraftEstate, environment: DraftEnvironment, at: At): Problem[] {
  return (["account", "recoveryAccount"] as const).flatMap((field) => {
    const name = environment[field]
    if (name === undefined || estate.accounts === undefined) return []
    if (!has(estate.accounts, name))
      return [{ path: at(field), message: unknownName("account", name, estate.accounts) }]
    const account = estate.accounts[name]
    if (account === undefined || has(account.roles, "drill") || (has(account, "roles") && account.roles === undefined))
      return []
    return [{ path: at(field), message: `account ${JSON.stringify(name)} has no roles.drill: drills cannot act in it` }]
  })
}

function placeProblems(
  { account, recoveryAccount, primaryRegion, recoveryRegion, endpoint }: DraftEnvironment,
  at: At,
): Problem[] {
  const problems: Problem[] = []
  if (account !== undefined && account === recoveryAccount) {
    problems.push({
      path: at("recoveryAccount"),
      message: "the recovery account is the workload account: a hostile or lost account would take its copies along",
    })
  }
  if (primaryRegion !== undefined && primaryRegion === recoveryRegion) {
    problems.push({
      path: at("recoveryRegion"),
      message: `the recovery Region equals the primary Region ${primaryRegion}`,
    })
  }
  if (endpoint !== undefined && !isLoopback(endpoint)) {
    problems.push({
      path: at("endpoint"),
      message: `only a loopback address may stand here, received ${JSON.stringify(endpoint)}`,
    })
  }
  return problems
}

function keyProblems({ keys, primaryRegion, recoveryRegion }: DraftEnvironment, at: At): Problem[] {
  return entriesOf(keys).flatMap(([name, key]) => {
    const problems: Problem[] = []
    const add = (field: Path, message: string): void =>
      void problems.push({ path: at("keys", name, ...field), message })
    const replicas = key.replicas ?? []
    // An entry without a value was refused for its shape: whether the list is complete cannot be said.
    const replicasRead = !replicas.includes(undefined) && !(has(key, "replicas") && key.replicas === undefined)
    if (key.multiRegion === false && replicas.length > 0)
      add(["replicas"], "a single-Region key has no replicas: set multiRegion: true")
    if (primaryRegion !== undefined && replicas.includes(primaryRegion))
      add(["replicas"], `the primary Region ${primaryRegion} holds the primary key, not a replica`)
    const wantsReplica = key.multiRegion !== false && recoveryRegion !== undefined && recoveryRegion !== primaryRegion
    if (wantsReplica && replicasRead && !replicas.includes(recoveryRegion)) {
      add(
        ["replicas"],
        `a multi-Region key needs a replica in the recovery Region ${recoveryRegion}; or set multiRegion: false`,
      )
    }
    const regions = key.recovery?.regions
    if (
      recoveryRegion !== undefined &&
      regions !== undefined &&
      !regions.includes(undefined) &&
      !regions.includes(recoveryRegion)
    ) {
      add(["recovery", "regions"], `the recovery key must exist in the recovery Region ${recoveryRegion}`)
    }
    for (const [field, list] of [
      [["replicas"], replicas],
      [["recovery", "regions"], regions ?? []],
    ] as const) {
      const twice = list.find((region, index) => region !== undefined && list.indexOf(region) !== index)
      if (twice !== undefined) add(field, `${twice} stands here twice`)
    }
    escrowProblems(key, add)
    return problems
  })
}

function datasetProblems({ datasets, keys }: DraftEnvironment, at: At): Problem[] {
  return entriesOf(datasets).flatMap(([name, dataset]) => {
    const problems: Problem[] = []
    if (dataset.key !== undefined && keys !== undefined && !has(keys, dataset.key)) {
      problems.push({ path: at("datasets", name, "key"), message: unknownName("key", dataset.key, keys) })
    }
    if (dataset.bucket !== undefined && dataset.bucket === dataset.recoveryBucket) {
      problems.push({
        path: at("datasets", name, "recoveryBucket"),
        message: "the recovery bucket is the source bucket",
      })
    }
    return problems
  })
}

function scheduleProblems({ drills }: DraftEnvironment, at: At): Problem[] {
  return (drills ?? []).flatMap((drill, index): Problem[] => {
    if (drill === undefined) return []
    const timezone = drill.timezone ?? "UTC"
    if (!isTimeZone(timezone))
      return [{ path: at("drills", index, "timezone"), message: `unknown time zone ${JSON.stringify(timezone)}` }]
    if (drill.cron === undefined || isCron(drill.cron, timezone)) return []
    return [{ path: at("drills", index, "cron"), message: `not a cron expression: ${JSON.stringify(drill.cron)}` }]
  })
}

/** One account may not carry workloads here and guard copies there: its loss would take both. */
function splitRoleProblems({ environments }: DraftEstate): Problem[] {
  const workloads = new Map(entriesOf(environments).map(([name, environment]) => [environment.account, name]))
  return entriesOf(environments).flatMap(([name, { recoveryAccount }]) => {
    const other = recoveryAccount === undefined ? undefined : workloads.get(recoveryAccount)
    if (other === undefined || other === name) return []
    return [
      {
        path: ["environments", name, "recoveryAccount"],
        message: `account ${JSON.stringify(recoveryAccount)} is the workload account of environment ${JSON.stringify(other)}`,
      },
    ]
  })
}

function isLoopback(endpoint: string): boolean {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.password !== "")
    return false
  return url.hostname === "localhost" || url.hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(url.hostname)
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}

function isCron(expression: string, timezone: string): boolean {
  try {
    return new Cron(expression, { timezone, paused: true }).nextRun() !== null
  } catch {
    return false
  }
}
