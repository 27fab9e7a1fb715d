import { isoStamp } from "../../kernel/clock.ts"
import { ask, requestTags, type AskedAbout } from "../core/ask.ts"
import { ServiceError } from "../core/exchange.ts"
import type { Xml } from "../protocol/query.ts"
import { managedDocument } from "./documents.ts"
import { conflict, constraint, exists, noSuchEntity } from "./errors.ts"
import {
  named,
  paged,
  pathIn,
  required,
  tagConditions,
  tagKeysIn,
  tagsIn,
  tagXml,
  type Handler,
  type IamCall,
} from "./iam-call.ts"
import { policyArn, type ManagedPolicy } from "./managed-policies.ts"
import { uniqueId, type Role } from "./roles.ts"

/** The policy that a call names, once the caller may do `action` with it. */
export function policyFor({ call, form, store }: IamCall, action: string, about: AskedAbout = {}): ManagedPolicy {
  const arn = required(form, "PolicyArn")
  if (arn.length < 20) throw constraint("policyArn", "have length greater than or equal to 20", arn)
  const policy = store.policies.get(arn)
  ask(call, `iam:${action}`, arn, {
    ...(policy === undefined ? {} : { tags: policy.tags }),
    context: { ...tagConditions(policy?.tags), ...about.context },
  })
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
  return policy
}

/** The same for a call that changes it. */
export function ownPolicyFor(iam: IamCall, action: string, about: AskedAbout = {}): ManagedPolicy {
  const policy = policyFor(iam, action, about)
  if (policy.account === "aws")
    throw new ServiceError("AccessDenied", `Policy ${policy.arn} is managed by AWS and cannot be changed`, 403)
  return policy
}

const rolesWith = ({ call, store }: IamCall, has: (role: Role) => boolean): Role[] =>
  store.roles.of(call.caller.account).filter(has)
const attachedTo = (iam: IamCall, { arn }: ManagedPolicy): Role[] => rolesWith(iam, (role) => role.attached.has(arn))
const bounds = (iam: IamCall, { arn }: ManagedPolicy): Role[] => rolesWith(iam, (role) => role.boundary === arn)

const summaryXml = (iam: IamCall, policy: ManagedPolicy): { readonly [name: string]: Xml } => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersion,
  AttachmentCount: attachedTo(iam, policy).length,
  PermissionsBoundaryUsageCount: bounds(iam, policy).length,
  IsAttachable: true,
  CreateDate: isoStamp(policy.createdAt),
  UpdateDate: isoStamp(policy.updatedAt),
})

const policyXml = (iam: IamCall, policy: ManagedPolicy): Xml => ({
  ...summaryXml(iam, policy),
  Description: policy.description === "" ? undefined : policy.description,
  Tags: tagXml(policy.tags),
})

const createPolicy: Handler = (iam) => {
  const { call, form, store } = iam
  const name = named(form, "PolicyName", 128)
  const path = pathIn(form)
  const text = managedDocument(form)
  const tags = tagsIn(form)
  const { account } = call.caller
  const arn = policyArn(account, path, name)
  ask(call, "iam:CreatePolicy", arn, { context: requestTags(tags) })
  if ([...store.policies.values()].some((each) => each.account === account && sameName(each.name, name)))
    throw exists(`A policy called ${name} already exists. Duplicate names are not allowed.`)
  const now = call.world.clock.now()
  const policy: ManagedPolicy = {
    account,
    name,
    path,
    arn,
    id: uniqueId("ANPA", call.world.random),
    createdAt: now,
    updatedAt: now,
    description: form.get("Description") ?? "",
    tags,
    versions: [{ id: "v1", text, createdAt: now }],
    defaultVersion: "v1",
    versionCount: 1,
  }
  store.policies.set(arn, policy)
  return { Policy: policyXml(iam, policy) }
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const deletePolicy: Handler = (iam) => {
  const policy = ownPolicyFor(iam, "DeletePolicy")
  if (attachedTo(iam, policy).length + bounds(iam, policy).length > 0)
    throw conflict("Cannot delete a policy attached to entities.")
  if (policy.versions.length > 1) {
    throw conflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    )
  }
  iam.store.policies.delete(policy.arn)
  return undefined
}

const listPolicies: Handler = (iam) => {
  const { call, form, store } = iam
  const scope = form.get("Scope") ?? "All"
  const prefix = form.get("PathPrefix") ?? "/"
  ask(call, "iam:ListPolicies")
  const onlyAttached = form.get("OnlyAttached") === "true"
  const policies = [...store.policies.values()]
    .filter((policy) => (policy.account === "aws" ? scope !== "Local" : policy.account === call.caller.account))
    .filter((policy) => scope !== "AWS" || policy.account === "aws")
    .filter((policy) => policy.path.startsWith(prefix))
    .filter((policy) => !onlyAttached || attachedTo(iam, policy).length > 0)
  const { page, tail } = paged(iam, `policies ${scope} ${prefix} ${onlyAttached}`, policies, (policy) => policy.arn)
  return { Policies: page.map((policy) => summaryXml(iam, policy)), ...tail }
}

const listEntities: Handler = (iam) => {
  const policy = policyFor(iam, "ListEntitiesForPolicy")
  const { form } = iam
  const filter = form.get("EntityFilter")
  const usage = form.get("PolicyUsageFilter")
  const prefix = form.get("PathPrefix") ?? "/"
  const found = usage === "PermissionsBoundary" ? bounds(iam, policy) : attachedTo(iam, policy)
  const roles = filter === undefined || filter === "Role" ? found.filter((role) => role.path.startsWith(prefix)) : []
  const subject = `entities ${policy.arn} ${filter} ${usage} ${prefix}`
  const { page, tail } = paged(iam, subject, roles, (role) => role.name)
  return {
    PolicyGroups: [],
    PolicyUsers: [],
    PolicyRoles: page.map((role) => ({ RoleName: role.name, RoleId: role.id })),
    ...tail,
  }
}

const tagPolicy: Handler = (iam) => {
  const tags = tagsIn(iam.form)
  const policy = ownPolicyFor(iam, "TagPolicy", { context: requestTags(tags) })
  for (const [key, value] of tags) policy.tags.set(key, value)
  return undefined
}

const untagPolicy: Handler = (iam) => {
  const keys = tagKeysIn(iam.form)
  const policy = ownPolicyFor(iam, "UntagPolicy", { context: { "aws:TagKeys": keys } })
  for (const key of keys) policy.tags.delete(key)
  return undefined
}

const listPolicyTags: Handler = (iam) => {
  const policy = policyFor(iam, "ListPolicyTags")
  const { page, tail } = paged(iam, `tags ${policy.arn}`, [...policy.tags], ([key]) => key)
  return { Tags: tagXml(new Map(page)), ...tail }
}

export const POLICY_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["CreatePolicy", createPolicy],
  ["GetPolicy", (iam) => ({ Policy: policyXml(iam, policyFor(iam, "GetPolicy")) })],
  ["DeletePolicy", deletePolicy],
  ["ListPolicies", listPolicies],
  ["ListEntitiesForPolicy", listEntities],
  ["TagPolicy", tagPolicy],
  ["UntagPolicy", untagPolicy],
  ["ListPolicyTags", listPolicyTags],
]
