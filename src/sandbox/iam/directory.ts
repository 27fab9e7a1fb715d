import { tryParseArn } from "../../access/arn.ts"
import type { IdentityDirectory, PrincipalRecord, StoredPolicy } from "../core/world.ts"
import { ADMINISTRATOR_ACCESS, asStored } from "./managed-policies.ts"
import type { Role } from "./roles.ts"
import type { IamStore } from "./store.ts"

export const ADMIN_USER = "sandbox-admin"

/** IAM as the authorizer asks it, on every call: it only looks up. */
export function identityDirectory(store: IamStore): IdentityDirectory {
  return {
    principal(arn) {
      const role = store.roles.byArn(arn)
      return role === undefined ? administrator(store, arn) : recordOf(store, role)
    },
  }
}

function recordOf(store: IamStore, role: Role): PrincipalRecord {
  const policies: StoredPolicy[] = []
  for (const [name, text] of role.policies) policies.push({ name, text })
  for (const arn of role.attached) {
    const policy = store.policies.get(arn)
    if (policy !== undefined) policies.push(asStored(policy))
  }
  const boundary = role.boundary === undefined ? undefined : store.policies.get(role.boundary)
  return {
    policies,
    ...(boundary === undefined ? {} : { boundary: asStored(boundary) }),
    tags: Object.fromEntries(role.tags),
  }
}

function administrator(store: IamStore, arn: string): PrincipalRecord | undefined {
  const parsed = tryParseArn(arn)
  const policy = store.policies.get(ADMINISTRATOR_ACCESS)
  if (parsed?.service !== "iam" || parsed.resource !== `user/${ADMIN_USER}` || policy === undefined) return undefined
  return { policies: [asStored(policy)], tags: {} }
}
