import { roleArn, tryParseArn } from "../../access/arn.ts"
import type { AccountId } from "../../kernel/brands.ts"
import type { RandomBytes } from "../../kernel/random.ts"

export interface Role {
  readonly account: AccountId
  readonly name: string
  /** `/` or `/team/` */
  readonly path: string
  readonly arn: string
  readonly id: string
  readonly createdAt: number
  readonly description: string
  readonly maxSessionSeconds: number
  trust: string
  /** Inline policies by name: stored, enforced by the access engine. */
  readonly policies: Map<string, string>
}

export interface RoleStore {
  get(account: string, name: string): Role | undefined
  byArn(arn: string): Role | undefined
  add(role: Role): void
  remove(role: Role): void
  of(account: string): Role[]
  all(): Role[]
}

export function roleStore(): RoleStore {
  const roles = new Map<string, Role>()
  // IAM compares role names without case.
  const keyOf = (account: string, name: string): string => `${account}/${name.toLowerCase()}`
  return {
    get: (account, name) => roles.get(keyOf(account, name)),
    byArn: (arn) => [...roles.values()].find((role) => role.arn === arn),
    add: (role) => void roles.set(keyOf(role.account, role.name), role),
    remove: (role) => void roles.delete(keyOf(role.account, role.name)),
    of: (account) => [...roles.values()].filter((role) => role.account === account),
    all: () => [...roles.values()],
  }
}

export interface NewRole {
  readonly account: AccountId
  readonly name: string
  readonly path?: string
  readonly trust: string
  readonly description?: string
  readonly maxSessionSeconds?: number
}

export function makeRole(wanted: NewRole, now: number, random: RandomBytes): Role {
  const path = wanted.path ?? "/"
  return {
    account: wanted.account,
    name: wanted.name,
    path,
    arn: roleArn(wanted.account, `${path.slice(1)}${wanted.name}`),
    id: `AROA${Buffer.from(random(9)).toString("hex").toUpperCase().slice(0, 17)}`,
    createdAt: now,
    description: wanted.description ?? "",
    maxSessionSeconds: wanted.maxSessionSeconds ?? 3600,
    trust: wanted.trust,
    policies: new Map(),
  }
}

/** Account, path and name of a role ARN; undefined for anything else. */
export function partsOfRoleArn(arn: string): { account: AccountId; path: string; name: string } | undefined {
  const parsed = tryParseArn(arn)
  if (parsed?.service !== "iam" || !parsed.resource.startsWith("role/")) return undefined
  const whole = parsed.resource.slice("role".length)
  const cut = whole.lastIndexOf("/") + 1
  return { account: parsed.account as AccountId, path: whole.slice(0, cut), name: whole.slice(cut) }
}
