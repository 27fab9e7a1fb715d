import { roleNameOf } from "../../access/arn.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { recoveryRolePolicy, syncRolePolicy } from "./recovery-roles.ts"
import { recoveryRestorePolicy, workloadRestorePolicy } from "./restore-roles.ts"
import { rendered, type RenderedPolicy, type Template } from "./rendered.ts"
import { breakGlassPolicy, drillRolePolicy, operatorPolicy, userPolicy } from "./role-policies.ts"
import { workloadRegions } from "./scene.ts"
import type { Policy } from "./statement.ts"
import { breakGlassTrust, drillTrust } from "./trust-policies.ts"

export function rolePolicies(environment: ResolvedEnvironment): RenderedPolicy[] {
  const { workload, recovery, keys, datasets, primaryRegion } = environment
  const regionsOf = (account: ResolvedAccount): RegionName[] => [
    ...new Set(
      keys.flatMap((key) => (account === workload ? workloadRegions(environment, key) : key.recovery.regions)),
    ),
  ]
  const found: RenderedPolicy[] = []
  for (const account of [workload, recovery]) {
    const { drill, operator, breakGlass } = account.roles
    if (drill !== undefined) {
      const template = account === workload ? "drill-role" : "recovery-role"
      const policy = account === workload ? drillRolePolicy(environment) : recoveryRolePolicy(environment)
      found.push(
        trust(account, drill, template, drillTrust(environment, account)),
        identity(environment, account, drill, template, policy),
      )
    }
    if (operator !== undefined) {
      const policy = operatorPolicy(environment, account, regionsOf(account), readableBy(environment, account))
      found.push(trust(account, operator, "operator-role", drillTrust(environment, account)))
      found.push(identity(environment, account, operator, "operator-role", policy))
    }
    if (breakGlass !== undefined) {
      found.push(trust(account, breakGlass, "break-glass-role", breakGlassTrust(account, primaryRegion)))
      found.push(
        identity(
          environment,
          account,
          breakGlass,
          "break-glass-role",
          breakGlassPolicy(environment, account, regionsOf(account)),
        ),
      )
    }
  }
  if (recovery.roles.sync !== undefined) {
    const { sync } = recovery.roles
    found.push(trust(recovery, sync, "sync-role", drillTrust(environment, recovery)))
    found.push(identity(environment, recovery, sync, "sync-role", syncRolePolicy(environment)))
  }
  for (const account of [workload, recovery]) {
    const { restore } = account.roles
    if (restore === undefined) continue
    const policy = account === workload ? workloadRestorePolicy(environment) : recoveryRestorePolicy(environment)
    found.push(trust(account, restore, "restore-role", drillTrust(environment, account)))
    found.push(identity(environment, account, restore, "restore-role", policy))
  }
  const users = new Set(datasets.flatMap((dataset) => dataset.users))
  for (const user of users) {
    const own = datasets.filter((dataset) => dataset.users.includes(user))
    found.push(identity(environment, workload, user, "service-role", userPolicy(environment, own)))
  }
  return found
}

/** What of the account the estate names. */
function readableBy({ workload, keys, datasets, scratch }: ResolvedEnvironment, account: ResolvedAccount) {
  const named = Object.values(account.roles).filter((arn) => arn !== undefined)
  const own = account === workload
  const users = own ? [...keys.flatMap((key) => key.users), ...datasets.flatMap((dataset) => dataset.users)] : []
  return {
    roles: [...named, ...users],
    buckets: own
      ? datasets.map(({ bucket }) => bucket)
      : [...datasets.map(({ recoveryBucket }) => recoveryBucket), scratch.bucket],
  }
}

const trust = (account: ResolvedAccount, role: string, template: Template, document: Policy): RenderedPolicy =>
  rendered({
    kind: "trust",
    template,
    account: account.id,
    subject: role,
    path: `roles/${fileOf(account, role)}/trust.json`,
    document,
  })

const identity = (
  environment: ResolvedEnvironment,
  account: ResolvedAccount,
  role: string,
  template: Template,
  document: Policy,
): RenderedPolicy =>
  rendered({
    kind: "identity",
    template,
    name: `dr-${environment.name}`,
    account: account.id,
    subject: role,
    path: `roles/${fileOf(account, role)}/identity-dr-${environment.name}.json`,
    document,
  })

/** The account stands in the name, as two accounts may have a role of the same name. */
const fileOf = (account: ResolvedAccount, role: string): string => `${roleNameOf(role) ?? "role"}@${account.id}`
