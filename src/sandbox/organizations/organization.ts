import { formatArn } from "../../access/arn.ts"
import type { AccountId } from "../../kernel/brands.ts"
import type { SandboxAccount } from "../core/world.ts"
import { attachDefaults, awsPolicies, type OrganizationPolicy, type PolicyType } from "./policies.ts"

/** The whole organisation. Every change counts up `revision`, so that what was derived from it can be kept until then. */
export interface Organization {
  readonly id: string
  readonly managementAccount: AccountId
  readonly createdAt: number
  readonly members: Map<AccountId, Member>
  readonly units: Map<string, Unit>
  readonly policies: Map<string, OrganizationPolicy>
  /** Root, unit or account → ids of its policies, in the order of attaching. */
  readonly attached: Map<string, Set<string>>
  readonly enabled: Set<PolicyType>
  readonly requests: Map<string, AccountRequest>
  readonly rootTags: Map<string, string>
  revision: number
}

export interface Member {
  readonly id: AccountId
  readonly name: string
  readonly email: string
  readonly joinedAt: number
  readonly method: "INVITED" | "CREATED"
  readonly tags: Map<string, string>
  parent: string
}

export interface Unit {
  readonly id: string
  readonly parent: string
  readonly tags: Map<string, string>
  name: string
}

/** What came of a CreateAccount. */
export interface AccountRequest {
  readonly id: string
  readonly name: string
  readonly requestedAt: number
  readonly accountId?: AccountId
  /** `EMAIL_ALREADY_EXISTS`; undefined = it succeeded. */
  readonly failure?: string
}

export interface OrganizationStore {
  /** Undefined until somebody founds it. */
  current: Organization | undefined
  /** Makes an account of the world: its administrator, and the role by which the management account enters it. */
  readonly openAccount: (account: SandboxAccount, role: string, managementAccount: AccountId) => void
}

export const ROOT_ID = "r-sbx1"

export function foundOrganization(
  id: string,
  managementAccount: AccountId,
  accounts: Iterable<SandboxAccount>,
  now: number,
): Organization {
  const organization: Organization = {
    id,
    managementAccount,
    createdAt: now,
    members: new Map(),
    units: new Map(),
    policies: new Map(awsPolicies().map((policy) => [policy.id, policy])),
    attached: new Map(),
    enabled: new Set(),
    requests: new Map(),
    rootTags: new Map(),
    revision: 0,
  }
  for (const { id: account, name } of accounts) {
    const method = account === managementAccount ? "INVITED" : "CREATED"
    join(organization, { id: account, name, email: `${name}@sandbox.invalid`, joinedAt: now, method, tags: new Map() })
  }
  return organization
}

/** New members stand right under the root. */
export function join(organization: Organization, member: Omit<Member, "parent">): void {
  organization.members.set(member.id, { ...member, parent: ROOT_ID })
  attachDefaults(organization, member.id)
}

const arnOf = (organization: Organization, resource: string): string =>
  formatArn({
    partition: "aws",
    service: "organizations",
    region: "",
    account: organization.managementAccount,
    resource,
  })

export const organizationArn = (organization: Organization): string =>
  arnOf(organization, `organization/${organization.id}`)

/** By what its id looks like: also of one that does not exist. */
export function targetArn(organization: Organization, id: string): string {
  const kind = id.startsWith("r-") ? "root" : id.startsWith("ou-") ? "ou" : "account"
  return arnOf(organization, `${kind}/${organization.id}/${id}`)
}

export function policyArn(organization: Organization, id: string): string {
  const policy = organization.policies.get(id)
  const type = (policy?.type ?? "SERVICE_CONTROL_POLICY").toLowerCase()
  if (policy?.awsManaged !== true) return arnOf(organization, `policy/${organization.id}/${type}/${id}`)
  return formatArn({
    partition: "aws",
    service: "organizations",
    region: "",
    account: "aws",
    resource: `policy/${type}/${id}`,
  })
}
