import type { Organization } from "./organization.ts"

export const POLICY_TYPES = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] as const
export type PolicyType = (typeof POLICY_TYPES)[number]

/** AWS has them, the sandbox does not: their lists are empty, making one answers 501. */
export const OTHER_POLICY_TYPES = [
  "TAG_POLICY",
  "BACKUP_POLICY",
  "AISERVICES_OPT_OUT_POLICY",
  "CHATBOT_POLICY",
  "DECLARATIVE_POLICY_EC2",
  "SECURITYHUB_POLICY",
  "INSPECTOR_POLICY",
  "UPGRADE_ROLLOUT_POLICY",
  "BEDROCK_POLICY",
  "S3_POLICY",
  "NETWORK_SECURITY_DIRECTOR_POLICY",
] as const

export interface OrganizationPolicy {
  readonly id: string
  readonly type: PolicyType
  readonly awsManaged: boolean
  readonly tags: Map<string, string>
  name: string
  description: string
  content: string
}

/** What AWS attaches everywhere when a type is enabled. */
const DEFAULTS: Readonly<Record<PolicyType, string>> = {
  SERVICE_CONTROL_POLICY: "p-FullAWSAccess",
  RESOURCE_CONTROL_POLICY: "p-RCPFullAWSAccess",
}

/** This one can never be detached. */
export const isUndetachable = (id: string): boolean => id === DEFAULTS.RESOURCE_CONTROL_POLICY

export function awsPolicies(): OrganizationPolicy[] {
  const everything = { Effect: "Allow", Action: "*", Resource: "*" }
  return [
    awsPolicy("SERVICE_CONTROL_POLICY", "FullAWSAccess", "Allows access to every operation", everything),
    awsPolicy("RESOURCE_CONTROL_POLICY", "RCPFullAWSAccess", "Allows access to every resource", {
      ...everything,
      Principal: "*",
    }),
  ]
}

function awsPolicy(type: PolicyType, name: string, description: string, statement: object): OrganizationPolicy {
  const content = JSON.stringify({ Version: "2012-10-17", Statement: [statement] })
  return { id: DEFAULTS[type], type, awsManaged: true, tags: new Map(), name, description, content }
}

/** A root, unit or account begins with AWS's own policy of every type that is in use. */
export function attachDefaults(
  organization: Organization,
  target: string,
  types: Iterable<PolicyType> = organization.enabled,
): void {
  for (const type of types) attach(organization, target, DEFAULTS[type])
}

export function attach(organization: Organization, target: string, policy: string): void {
  const attached = organization.attached.get(target)
  if (attached === undefined) organization.attached.set(target, new Set([policy]))
  else attached.add(policy)
}

/** The policies of one type that are attached right there. */
export function attachedTo(organization: Organization, target: string, type: PolicyType): OrganizationPolicy[] {
  return [...(organization.attached.get(target) ?? [])]
    .flatMap((id) => organization.policies.get(id) ?? [])
    .filter((policy) => policy.type === type)
}

export function targetsOf(organization: Organization, policy: string): string[] {
  return [...organization.attached].filter(([, ids]) => ids.has(policy)).map(([target]) => target)
}

/** Detaches every policy of the type: enabling it again begins with AWS's own. */
export function detachAll(organization: Organization, type: PolicyType): void {
  for (const ids of organization.attached.values()) {
    for (const id of ids) if (organization.policies.get(id)?.type === type) ids.delete(id)
  }
}
