import { Cron } from "croner"
import { parseArn } from "../access/arn.ts"
import type { Environment, Estate } from "./model.ts"

/** One thing wrong with dr.yaml; `path` leads to it. */
export interface Problem {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
}

/** What the shape alone cannot say: references, accounts that must differ, Regions that must. All problems, not the first. */
export function crossFieldProblems(estate: Estate): Problem[] {
  return [
    ...organizationProblems(estate),
    ...accountProblems(estate),
    ...Object.entries(estate.environments).flatMap(([name, environment]) => environmentProblems(estate, name, environment)),
    ...splitRoleProblems(estate),
  ]
}

const known = (names: object): string => Object.keys(names).join(", ") || "none"

function organizationProblems(estate: Estate): Problem[] {
  const manager = estate.organization?.managementAccount
  if (manager === undefined || Object.hasOwn(estate.accounts, manager)) return []
  return [{ path: ["organization", "managementAccount"], message: `unknown account ${JSON.stringify(manager)}; known are ${known(estate.accounts)}` }]
}

function accountProblems(estate: Estate): Problem[] {
  const seen = new Map<string, string>()
  return Object.entries(estate.accounts).flatMap(([name, account]) => {
    const problems: Problem[] = []
    const other = seen.get(account.id)
    if (other !== undefined) problems.push({ path: ["accounts", name, "id"], message: `account ${account.id} already stands as ${JSON.stringify(other)}` })
    seen.set(account.id, name)
    for (const [role, arn] of Object.entries(account.roles)) {
      if (arn === undefined || parseArn(arn).account === account.id) continue
      problems.push({ path: ["accounts", name, "roles", role], message: `role is in account ${parseArn(arn).account}, this account is ${account.id}` })
    }
    return problems
  })
}

function environmentProblems(estate: Estate, name: string, environment: Environment): Problem[] {
  const at = (...rest: ReadonlyArray<string | number>): ReadonlyArray<string | number> => ["environments", name, ...rest]
  const problems: Problem[] = []
  const add = (path: ReadonlyArray<string | number>, message: string): void => void problems.push({ path, message })

  for (const field of ["account", "recoveryAccount"] as const) {
    const account = estate.accounts[environment[field]]
    if (account === undefined) add(at(field), `unknown account ${JSON.stringify(environment[field])}; known are ${known(estate.accounts)}`)
    else if (account.roles.drill === undefined) add(at(field), `account ${JSON.stringify(environment[field])} has no roles.drill: drills cannot act in it`)
  }
  if (environment.account === environment.recoveryAccount) add(at("recoveryAccount"), "the recovery account is the workload account: a hostile or lost account would take its copies along")
  if (environment.primaryRegion === environment.recoveryRegion) add(at("recoveryRegion"), `the recovery Region equals the primary Region ${environment.primaryRegion}`)
  if (environment.endpoint !== undefined && !isLoopback(environment.endpoint)) add(at("endpoint"), `only a loopback address may stand here, received ${JSON.stringify(environment.endpoint)}`)
  problems.push(...keyProblems(environment, at), ...datasetProblems(environment, at), ...scheduleProblems(environment, at))
  return problems
}

type At = (...rest: ReadonlyArray<string | number>) => ReadonlyArray<string | number>

function keyProblems(environment: Environment, at: At): Problem[] {
  return Object.entries(environment.keys).flatMap(([name, key]) => {
    const problems: Problem[] = []
    if (!key.multiRegion && key.replicas.length > 0) problems.push({ path: at("keys", name, "replicas"), message: "a single-Region key has no replicas: set multiRegion: true" })
    if (key.replicas.includes(environment.primaryRegion)) problems.push({ path: at("keys", name, "replicas"), message: `the primary Region ${environment.primaryRegion} holds the primary key, not a replica` })
    if (!key.recovery.regions.includes(environment.recoveryRegion)) {
      problems.push({ path: at("keys", name, "recovery", "regions"), message: `the recovery key must exist in the recovery Region ${environment.recoveryRegion}` })
    }
    return problems
  })
}

function datasetProblems(environment: Environment, at: At): Problem[] {
  return Object.entries(environment.datasets).flatMap(([name, dataset]) => {
    const problems: Problem[] = []
    if (!Object.hasOwn(environment.keys, dataset.key)) problems.push({ path: at("datasets", name, "key"), message: `unknown key ${JSON.stringify(dataset.key)}; known are ${known(environment.keys)}` })
    if (dataset.bucket === dataset.recoveryBucket) problems.push({ path: at("datasets", name, "recoveryBucket"), message: "the recovery bucket is the source bucket" })
    return problems
  })
}

function scheduleProblems(environment: Environment, at: At): Problem[] {
  return environment.drills.flatMap((drill, index) => {
    const problems: Problem[] = []
    if (!isTimeZone(drill.timezone)) problems.push({ path: at("drills", index, "timezone"), message: `unknown time zone ${JSON.stringify(drill.timezone)}` })
    else if (!isCron(drill.cron, drill.timezone)) problems.push({ path: at("drills", index, "cron"), message: `not a cron expression: ${JSON.stringify(drill.cron)}` })
    return problems
  })
}

/** One account may not carry workloads here and guard copies there: its loss would take both. */
function splitRoleProblems(estate: Estate): Problem[] {
  const workloads = new Map(Object.entries(estate.environments).map(([name, environment]) => [environment.account, name]))
  return Object.entries(estate.environments).flatMap(([name, environment]) => {
    const other = workloads.get(environment.recoveryAccount)
    if (other === undefined || other === name) return []
    return [{ path: ["environments", name, "recoveryAccount"], message: `account ${JSON.stringify(environment.recoveryAccount)} is the workload account of environment ${JSON.stringify(other)}` }]
  })
}

function isLoopback(endpoint: string): boolean {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.password !== "") return false
  return url.hostname === "localhost" || url.hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(url.hostname)
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone })
    return true
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
