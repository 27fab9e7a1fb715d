import type { AccountId } from "../../kernel/brands.ts"
import type { AccountRequest, Member, Organization, Unit } from "./organization.ts"
import type { OrganizationPolicy, PolicyType } from "./policies.ts"

type Tagged<T> = Omit<T, "tags"> & { readonly tags: ReadonlyArray<[string, string]> }

export interface DumpedOrganization {
  readonly id: string
  readonly managementAccount: AccountId
  readonly createdAt: number
  readonly members: ReadonlyArray<Tagged<Member>>
  readonly units: ReadonlyArray<Tagged<Unit>>
  readonly policies: ReadonlyArray<Tagged<OrganizationPolicy>>
  readonly attached: ReadonlyArray<[string, string[]]>
  readonly enabled: readonly PolicyType[]
  readonly requests: readonly AccountRequest[]
  readonly rootTags: ReadonlyArray<[string, string]>
}

const dumpTags = <T extends { readonly tags: Map<string, string> }>(each: T): Tagged<T> => ({
  ...each,
  tags: [...each.tags],
})

export function dumpOrganization(organization: Organization): DumpedOrganization {
  const { id, managementAccount, createdAt } = organization
  return {
    id,
    managementAccount,
    createdAt,
    members: [...organization.members.values()].map(dumpTags),
    units: [...organization.units.values()].map(dumpTags),
    policies: [...organization.policies.values()].map(dumpTags),
    attached: [...organization.attached].map(([target, ids]) => [target, [...ids]]),
    enabled: [...organization.enabled],
    requests: [...organization.requests.values()],
    rootTags: [...organization.rootTags],
  }
}

export function readOrganization(dumped: DumpedOrganization): Organization {
  const { id, managementAccount, createdAt } = dumped
  return {
    id,
    managementAccount,
    createdAt,
    members: new Map(dumped.members.map((each) => [each.id, { ...each, tags: new Map(each.tags) }])),
    units: new Map(dumped.units.map((each) => [each.id, { ...each, tags: new Map(each.tags) }])),
    policies: new Map(dumped.policies.map((each) => [each.id, { ...each, tags: new Map(each.tags) }])),
    attached: new Map(dumped.attached.map(([target, ids]) => [target, new Set(ids)])),
    enabled: new Set(dumped.enabled),
    requests: new Map(dumped.requests.map((each) => [each.id, each])),
    rootTags: new Map(dumped.rootTags),
    revision: 0,
  }
}
