import { policyStore, type ManagedPolicy, type PolicyStore } from "./managed-policies.ts"
import { roleStore, type Role, type RoleStore } from "./roles.ts"

/** IAM of all accounts. */
export interface IamStore {
  readonly roles: RoleStore
  readonly policies: PolicyStore
}

export const iamStore = (): IamStore => ({ roles: roleStore(), policies: policyStore() })

type DumpedRole = Omit<Role, "policies" | "attached" | "tags"> & {
  readonly policies: ReadonlyArray<[string, string]>
  readonly attached: readonly string[]
  readonly tags: ReadonlyArray<[string, string]>
}
type DumpedPolicy = Omit<ManagedPolicy, "tags"> & { readonly tags: ReadonlyArray<[string, string]> }

export interface DumpedIam {
  readonly roles: readonly DumpedRole[]
  /** Those of AWS come with the sandbox. */
  readonly policies: readonly DumpedPolicy[]
}

export function dumpIam({ roles, policies }: IamStore): DumpedIam {
  return {
    roles: roles.all().map((role) => ({
      ...role,
      policies: [...role.policies],
      attached: [...role.attached],
      tags: [...role.tags],
    })),
    policies: [...policies.values()]
      .filter((policy) => policy.account !== "aws")
      .map((policy) => ({ ...policy, tags: [...policy.tags] })),
  }
}

/** What was seeded and is not in the snapshot stays; what has the same name is replaced. */
export function loadIam(store: IamStore, dumped: DumpedIam): void {
  for (const role of dumped.roles) {
    store.roles.add({
      ...role,
      policies: new Map(role.policies),
      attached: new Set(role.attached),
      tags: new Map(role.tags),
    })
  }
  for (const policy of dumped.policies) store.policies.set(policy.arn, { ...policy, tags: new Map(policy.tags) })
}
