import { requestTags } from "../core/ask.ts"
import type { ServiceError } from "../core/exchange.ts"
import { tagsIn, text } from "../protocol/input.ts"
import { constraintViolation, invalidInput, noSuchParent, noSuchUnit, refused } from "./errors.ts"
import { allowed, paged, suffix, targetNamed, type Handler, type OrganizationsCall } from "./org-call.ts"
import { ROOT_ID, targetArn, type Organization } from "./organization.ts"
import { attachDefaults } from "./policies.ts"
import { accountsUnder, lineOf, targetOf, unitsUnder, type Target } from "./tree.ts"

const MOST_DEPTH = 5
const MOST_NAME = 128

export const rootOf = (organization: Organization): object => ({
  Id: ROOT_ID,
  Arn: targetArn(organization, ROOT_ID),
  Name: "Root",
  PolicyTypes: [...organization.enabled].map((Type) => ({ Type, Status: "ENABLED" })),
})

const unitOf = ({ id, arn, name }: Target): object => ({ Id: id, Arn: arn, Name: name })

const listRoots: Handler = (each) => {
  allowed(each)
  const { page, tail } = paged(each, [ROOT_ID], (id) => id)
  return { Roots: page.map(() => rootOf(each.organization)), ...tail }
}

/** A root or unit; accounts have no children. */
function parentNamed(each: OrganizationsCall, name = "ParentId"): Target {
  const target = targetNamed(each, name, noSuchParent)
  if (target.kind === "ACCOUNT") throw noSuchParent()
  return target
}

const listParents: Handler = (each) => {
  const missing = (): ServiceError => refused("ChildNotFound", "You specified a child that doesn't exist.")
  const child = targetNamed(each, "ChildId", missing)
  if (child.parent === undefined) throw missing()
  const kind = child.parent === ROOT_ID ? "ROOT" : "ORGANIZATIONAL_UNIT"
  const { page, tail } = paged(each, [child.parent], (id) => id)
  return { Parents: page.map((Id) => ({ Id, Type: kind })), ...tail }
}

const listChildren: Handler = (each) => {
  const type = text(each.input, "ChildType")
  if (type !== "ACCOUNT" && type !== "ORGANIZATIONAL_UNIT")
    throw invalidInput("INVALID_ENUM", "You specified an invalid ChildType.")
  const parent = parentNamed(each)
  const children = (type === "ACCOUNT" ? accountsUnder : unitsUnder)(each.organization, parent.id)
  const { page, tail } = paged(each, children, (id) => id)
  return { Children: page.map((Id) => ({ Id, Type: type })), ...tail }
}

const listUnits: Handler = (each) => {
  const parent = parentNamed(each)
  const { page, tail } = paged(each, unitsUnder(each.organization, parent.id), (id) => id)
  return {
    OrganizationalUnits: page.flatMap((id) => targetOf(each.organization, id) ?? []).map(unitOf),
    ...tail,
  }
}

function unitNamed(each: OrganizationsCall): Target {
  const target = targetNamed(each, "OrganizationalUnitId", noSuchUnit)
  if (target.kind !== "ORGANIZATIONAL_UNIT") throw noSuchUnit()
  return target
}

function nameIn({ input }: OrganizationsCall): string {
  const name = text(input, "Name")
  if (name === "") throw invalidInput("MIN_LENGTH_EXCEEDED", "You provided a value that is too short for Name.")
  if (name.length > MOST_NAME)
    throw invalidInput("MAX_LENGTH_EXCEEDED", "You provided a value that is too long for Name.")
  return name
}

function mustBeUnique({ organization }: OrganizationsCall, parent: string, name: string, but?: string): void {
  const taken = [...organization.units.values()].some(
    (unit) => unit.parent === parent && unit.name === name && unit.id !== but,
  )
  if (taken) throw refused("DuplicateOrganizationalUnit", "An organizational unit with the same name already exists.")
}

const createUnit: Handler = (each) => {
  const { organization, call } = each
  const name = nameIn(each)
  const tags = tagsIn(each.input)
  const parent = targetNamed(each, "ParentId", noSuchParent, { context: requestTags(tags) })
  if (parent.kind === "ACCOUNT") throw noSuchParent()
  mustBeUnique(each, parent.id, name)
  if (lineOf(organization, parent.id).length > MOST_DEPTH)
    throw constraintViolation("OU_DEPTH_LIMIT_EXCEEDED", "You exceeded the allowed levels of organizational units.")
  const id = `ou-${ROOT_ID.slice(2)}-${suffix(call, 4)}`
  organization.units.set(id, { id, name, parent: parent.id, tags })
  attachDefaults(organization, id)
  return { OrganizationalUnit: unitOf({ ...parent, id, name, arn: targetArn(organization, id) }) }
}

const updateUnit: Handler = (each) => {
  const unit = unitNamed(each)
  const known = each.organization.units.get(unit.id)
  const name = each.input["Name"] === undefined ? unit.name : nameIn(each)
  mustBeUnique(each, unit.parent ?? ROOT_ID, name, unit.id)
  if (known !== undefined) known.name = name
  return { OrganizationalUnit: unitOf({ ...unit, name }) }
}

const deleteUnit: Handler = (each) => {
  const { organization } = each
  const { id } = unitNamed(each)
  if (unitsUnder(organization, id).length + accountsUnder(organization, id).length > 0) {
    throw refused("OrganizationalUnitNotEmpty", "The specified organizational unit is not empty.")
  }
  organization.units.delete(id)
  organization.attached.delete(id)
  return undefined
}

/** Root, units, and what stands under what. */
export const TREE_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["ListRoots", listRoots],
  ["ListParents", listParents],
  ["ListChildren", listChildren],
  ["ListOrganizationalUnitsForParent", listUnits],
  ["CreateOrganizationalUnit", createUnit],
  ["DescribeOrganizationalUnit", (each) => ({ OrganizationalUnit: unitOf(unitNamed(each)) })],
  ["UpdateOrganizationalUnit", updateUnit],
  ["DeleteOrganizationalUnit", deleteUnit],
]
