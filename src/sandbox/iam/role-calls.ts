import { roleArn } from "../../access/arn.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { ask, requestTags } from "../core/ask.ts"
import type { Form, Xml } from "../protocol/query.ts"
import { trustDocument } from "./documents.ts"
import { conflict, constraint, exists, limitExceeded, noSuchEntity } from "./errors.ts"
import {
  named,
  ownRoleFor,
  paged,
  pathIn,
  roleFor,
  tagKeysIn,
  tagsIn,
  tagXml,
  type Handler,
  type IamCall,
} from "./iam-call.ts"
import { makeRole, type Role } from "./roles.ts"

const MOST_DESCRIPTION = 1000
const MOST_TAGS = 50

/** As in lists, which leave tags and boundary out. */
const summaryXml = (role: Role): { readonly [name: string]: Xml } => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: isoStamp(role.createdAt),
  AssumeRolePolicyDocument: encodeURIComponent(role.trust),
  Description: role.description === "" ? undefined : role.description,
  MaxSessionDuration: role.maxSessionSeconds,
})

export const roleXml = (role: Role): Xml => ({
  ...summaryXml(role),
  PermissionsBoundary:
    role.boundary === undefined
      ? undefined
      : { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: role.boundary },
  Tags: role.tags.size === 0 ? undefined : tagXml(role.tags),
})

const createRole: Handler = (iam) => {
  const { call, form, store } = iam
  const { account } = call.caller
  const name = named(form, "RoleName", 64)
  const path = pathIn(form)
  const trust = trustDocument(form, "AssumeRolePolicyDocument")
  const maxSessionSeconds = sessionSeconds(form) ?? 3600
  const tags = tagsIn(form)
  const boundary = form.get("PermissionsBoundary")
  ask(call, "iam:CreateRole", roleArn(account, `${path.slice(1)}${name}`), {
    context: { ...requestTags(tags), ...(boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary }) },
  })
  if (store.roles.get(account, name) !== undefined) throw exists(`Role with name ${name} already exists.`)
  if (boundary !== undefined) mustBeAttachable(iam, boundary)
  const description = descriptionIn(form) ?? ""
  const role = makeRole(
    {
      account,
      name,
      trust,
      path,
      description,
      maxSessionSeconds,
      tags,
      ...(boundary === undefined ? {} : { boundary }),
    },
    call.world.clock.now(),
    call.world.random,
  )
  store.roles.add(role)
  return { Role: roleXml(role) }
}

function mustBeAttachable({ store }: IamCall, arn: string): void {
  if (!store.policies.has(arn)) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)
}

function sessionSeconds(form: Form): number | undefined {
  const text = form.get("MaxSessionDuration")
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (!(seconds >= 3600)) throw constraint("maxSessionDuration", "have value greater than or equal to 3600", text)
  if (seconds > 43_200) throw constraint("maxSessionDuration", "have value less than or equal to 43200", text)
  return seconds
}

function descriptionIn(form: Form): string | undefined {
  const text = form.get("Description")
  if (text !== undefined && text.length > MOST_DESCRIPTION)
    throw constraint("description", `have length less than or equal to ${MOST_DESCRIPTION}`)
  return text
}

const deleteRole: Handler = (iam) => {
  const role = ownRoleFor(iam, "DeleteRole")
  if (role.attached.size > 0) throw conflict("Cannot delete entity, must detach all policies first.")
  if (role.policies.size > 0) throw conflict("Cannot delete entity, must delete policies first.")
  iam.store.roles.remove(role)
  return undefined
}

const listRoles: Handler = (iam) => {
  const prefix = iam.form.get("PathPrefix") ?? "/"
  ask(iam.call, "iam:ListRoles", roleArn(iam.call.caller.account, prefix.slice(1)))
  const own = iam.store.roles.of(iam.call.caller.account).filter((role) => role.path.startsWith(prefix))
  const { page, tail } = paged(iam, `roles ${prefix}`, own, (role) => role.name)
  return { Roles: page.map(summaryXml), ...tail }
}

const updateRole: Handler = (iam) => {
  const description = descriptionIn(iam.form)
  const seconds = sessionSeconds(iam.form)
  const role = ownRoleFor(iam, "UpdateRole")
  if (description !== undefined) role.description = description
  role.maxSessionSeconds = seconds ?? role.maxSessionSeconds
  // The one change of a role that has a result, an empty one: clients written in Go fail without it.
  return {}
}

const updateRoleDescription: Handler = (iam) => {
  const description = descriptionIn(iam.form) ?? ""
  const role = ownRoleFor(iam, "UpdateRoleDescription")
  role.description = description
  return { Role: roleXml(role) }
}

const updateAssumeRolePolicy: Handler = (iam) => {
  const trust = trustDocument(iam.form, "PolicyDocument")
  ownRoleFor(iam, "UpdateAssumeRolePolicy").trust = trust
  return undefined
}

const putBoundary: Handler = (iam) => {
  const boundary = iam.form.get("PermissionsBoundary")
  if (boundary === undefined) throw constraint("permissionsBoundary", "not be null")
  const role = ownRoleFor(iam, "PutRolePermissionsBoundary", { context: { "iam:PermissionsBoundary": boundary } })
  mustBeAttachable(iam, boundary)
  role.boundary = boundary
  return undefined
}

const deleteBoundary: Handler = (iam) => {
  const role = ownRoleFor(iam, "DeleteRolePermissionsBoundary")
  if (role.boundary === undefined) throw noSuchEntity(`The role ${role.name} does not have a permissions boundary`)
  delete role.boundary
  return undefined
}

const tagRole: Handler = (iam) => {
  const tags = tagsIn(iam.form)
  const role = roleFor(iam, "TagRole", { context: requestTags(tags) })
  if (new Set([...role.tags.keys(), ...tags.keys()]).size > MOST_TAGS)
    throw limitExceeded(`Cannot exceed quota for TagsPerRole: ${MOST_TAGS}`)
  for (const [key, value] of tags) role.tags.set(key, value)
  return undefined
}

const untagRole: Handler = (iam) => {
  const keys = tagKeysIn(iam.form)
  const role = roleFor(iam, "UntagRole", { context: { "aws:TagKeys": keys } })
  for (const key of keys) role.tags.delete(key)
  return undefined
}

const listRoleTags: Handler = (iam) => {
  const role = roleFor(iam, "ListRoleTags")
  const { page, tail } = paged(iam, `tags ${role.arn}`, [...role.tags], ([key]) => key)
  return { Tags: tagXml(new Map(page)), ...tail }
}

/** None: the sandbox has no instances. Terraform asks before it deletes a role. */
const listInstanceProfiles: Handler = (iam) => {
  roleFor(iam, "ListInstanceProfilesForRole")
  return { InstanceProfiles: [], IsTruncated: false }
}

export const ROLE_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["CreateRole", createRole],
  ["GetRole", (iam) => ({ Role: roleXml(roleFor(iam, "GetRole")) })],
  ["DeleteRole", deleteRole],
  ["ListRoles", listRoles],
  ["UpdateRole", updateRole],
  ["UpdateRoleDescription", updateRoleDescription],
  ["UpdateAssumeRolePolicy", updateAssumeRolePolicy],
  ["PutRolePermissionsBoundary", putBoundary],
  ["DeleteRolePermissionsBoundary", deleteBoundary],
  ["TagRole", tagRole],
  ["UntagRole", untagRole],
  ["ListRoleTags", listRoleTags],
  ["ListInstanceProfilesForRole", listInstanceProfiles],
]
