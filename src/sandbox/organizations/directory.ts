import type { OrganizationDirectory, PolicyLevel } from "../core/world.ts"
import { policyArn, type Organization, type OrganizationStore } from "./organization.ts"
import { attachedTo, type PolicyType } from "./policies.ts"
import { lineOf, pathOf } from "./tree.ts"

const made = new WeakMap<Organization, OrganizationDirectory>()

/** Organizations as the authorizer asks it, on every call: levels are kept until something changes. */
export function organizationDirectory(store: OrganizationStore): OrganizationDirectory | undefined {
  const { current } = store
  if (current === undefined) return undefined
  const known = made.get(current)
  if (known !== undefined) return known
  const directory = directoryOf(current)
  made.set(current, directory)
  return directory
}

function directoryOf(organization: Organization): OrganizationDirectory {
  const levels = new Map<string, readonly PolicyLevel[]>()
  let revision = organization.revision
  return {
    id: organization.id,
    managementAccount: organization.managementAccount,
    levels(account, type) {
      if (revision !== organization.revision) levels.clear()
      revision = organization.revision
      const name = `${type} ${account}`
      const known = levels.get(name) ?? levelsOf(organization, account, type)
      levels.set(name, known)
      return known
    },
    pathOf(account) {
      const line = lineOf(organization, account)
      return line.length === 0 ? undefined : pathOf(organization, line.slice(0, -1))
    },
  }
}

function levelsOf(organization: Organization, account: string, type: PolicyType): readonly PolicyLevel[] {
  if (!organization.enabled.has(type)) return []
  return lineOf(organization, account).map(({ id }) => ({
    target: id,
    policies: attachedTo(organization, id, type).map((policy) => ({
      name: policy.name,
      arn: policyArn(organization, policy.id),
      text: policy.content,
    })),
  }))
}
