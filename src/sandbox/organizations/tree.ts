import type { AccountId } from "../../kernel/brands.ts"
import { ROOT_ID, targetArn, type Organization } from "./organization.ts"

export interface Target {
  readonly kind: "ROOT" | "ORGANIZATIONAL_UNIT" | "ACCOUNT"
  readonly id: string
  readonly name: string
  readonly arn: string
  readonly tags: Map<string, string>
  /** Undefined only for the root. */
  readonly parent: string | undefined
}

export function targetOf(organization: Organization, id: string): Target | undefined {
  const arn = targetArn(organization, id)
  if (id === ROOT_ID) return { kind: "ROOT", id, name: "Root", arn, tags: organization.rootTags, parent: undefined }
  const unit = organization.units.get(id)
  if (unit !== undefined)
    return { kind: "ORGANIZATIONAL_UNIT", id, name: unit.name, arn, tags: unit.tags, parent: unit.parent }
  const member = organization.members.get(id as AccountId)
  if (member === undefined) return undefined
  return { kind: "ACCOUNT", id, name: member.name, arn, tags: member.tags, parent: member.parent }
}

/** From the root down to the target itself; empty when there is none. */
export function lineOf(organization: Organization, id: string): Target[] {
  const target = targetOf(organization, id)
  if (target === undefined) return []
  return target.parent === undefined ? [target] : [...lineOf(organization, target.parent), target]
}

/** `o-…/r-…/ou-…/`, with the account at the end where it is named. */
export const pathOf = (organization: Organization, line: readonly Target[]): string =>
  `${[organization.id, ...line.map(({ id }) => id)].join("/")}/`

export const unitsUnder = (organization: Organization, parent: string): string[] =>
  [...organization.units.values()].filter((unit) => unit.parent === parent).map((unit) => unit.id)

export const accountsUnder = (organization: Organization, parent: string): AccountId[] =>
  [...organization.members.values()].filter((member) => member.parent === parent).map((member) => member.id)

/** Root, units and accounts. */
export const everyTarget = (organization: Organization): string[] => [
  ROOT_ID,
  ...organization.units.keys(),
  ...organization.members.keys(),
]
