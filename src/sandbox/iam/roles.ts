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
  description: string
  maxSessionSeconds: number
  trust: string
  /** Inline policies: name → text. */
  readonly policies: Map<string, string>
  /** ARNs of managed policies, in the order of attaching. */
  readonly attached: Set<string>
  /** ARN of the managed policy that bounds the role. */
  boundary?: string
  readonly tags: Map<string, string>
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
  const byName = new Map<string, Role>()
  const byArn = new Map<string, Role>()
  // IAM compares role names without case.
  const keyOf = (account: string, name: string): string => `${account}/${name.toLowerCase()}`
  return {
    get: (account, name) => byName.get(keyOf(account, name)),
    byArn: (arn) => byArn.get(arn),
    add(role) {
      const before = byName.get(keyOf(role.account, role.name))
      if (before !== undefined) byArn.delete(before.arn)
      byName.set(keyOf(role.account, role.name), role)
      byArn.set(role.arn, role)
    },
    remove(role) {
      byName.delete(keyOf(role.account, role.name))
      byArn.delete(role.arn)
    },
    of: (account) => [...byName.values()].filter((role) => role.account === account),
    all: () => [...byName.values()],
  }
}

export interface NewRole {
  readonly account: AccountId
  readonly name: string
  readonly path?: string
  readonly trust: string
  readonly description?: string
  readonly maxSessionSeconds?: number
  readonly boundary?: string
  readonly tags?: ReadonlyMap<string, string>
}

export function makeRole(wanted: NewRole, now: number, random: RandomBytes): Role {
  const path = wanted.path ?? "/"
  return {
    account: wanted.account,
    name: wanted.name,
    path,
    arn: roleArn(wanted.account, `${path.slice(1)}${wanted.name}`),
    id: uniqueId("AROA", random),
    createdAt: now,
    description: wanted.description ?? "",
    maxSessionSeconds: wanted.maxSessionSeconds ?? 3600,
    trust: wanted.trust,
    policies: new Map(),
    attached: new Set(),
    ...(wanted.boundary === undefined ? {} : { boundary: wanted.boundary }),
    tags: new Map(wanted.tags),
  }
}

/** 21 characters, of which the first four say what it names (`AROA`: a role, `ANPA`: a policy). */
export const uniqueId = (prefix: string, random: RandomBytes): string =>
  `${prefix}${Buffer.from(random(9)).toString("hex").toUpperCase().slice(0, 17)}`

/** Account, path and name of a role ARN; undefined for anything else. */
export function partsOfRoleArn(arn: string): { account: AccountId; path: string; name: string } | undefined {
  const parsed = tryParseArn(arn)
  if (parsed?.service !== "iam" || !parsed.resource.startsWith("role/")) return undefined
  const whole = parsed.resource.slice("role".length)
  const cut = whole.lastIndexOf("/") + 1
  return { account: parsed.account as AccountId, path: whole.slice(0, cut), name: whole.slice(cut) }
}
