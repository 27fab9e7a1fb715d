import { inlineDocument } from "./documents.ts"
import { limitExceeded, noSuchEntity } from "./errors.ts"
import { named, ownRoleFor, paged, required, roleFor, type Handler } from "./iam-call.ts"

const MOST_ATTACHED = 10

const putRolePolicy: Handler = (iam) => {
  const name = named(iam.form, "PolicyName", 128)
  const role = ownRoleFor(iam, "PutRolePolicy")
  const others = [...role.policies].filter(([each]) => each !== name).map(([, text]) => text)
  role.policies.set(name, inlineDocument(iam.form, role.name, others))
  return undefined
}

const getRolePolicy: Handler = (iam) => {
  const name = named(iam.form, "PolicyName", 128)
  const role = roleFor(iam, "GetRolePolicy")
  const policy = role.policies.get(name)
  if (policy === undefined) throw noInline(name)
  return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(policy) }
}

const deleteRolePolicy: Handler = (iam) => {
  const name = named(iam.form, "PolicyName", 128)
  if (!ownRoleFor(iam, "DeleteRolePolicy").policies.delete(name)) throw noInline(name)
  return undefined
}

const noInline = (name: string): Error => noSuchEntity(`The role policy with name ${name} cannot be found.`)

const listRolePolicies: Handler = (iam) => {
  const role = roleFor(iam, "ListRolePolicies")
  const { page, tail } = paged(iam, `inline ${role.arn}`, [...role.policies.keys()], (name) => name)
  return { PolicyNames: page, ...tail }
}

const attachRolePolicy: Handler = (iam) => {
  const arn = required(iam.form, "PolicyArn")
  const role = ownRoleFor(iam, "AttachRolePolicy", { context: { "iam:PolicyARN": arn } })
  const policy = iam.store.policies.get(arn)
  const attachable = policy?.account === "aws" ? policy.path === "/" : policy?.account === role.account
  if (!attachable) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
  if (!role.attached.has(arn) && role.attached.size >= MOST_ATTACHED)
    throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED}`)
  role.attached.add(arn)
  return undefined
}

const detachRolePolicy: Handler = (iam) => {
  const arn = required(iam.form, "PolicyArn")
  const role = ownRoleFor(iam, "DetachRolePolicy", { context: { "iam:PolicyARN": arn } })
  if (!role.attached.delete(arn)) throw noSuchEntity(`Policy ${arn} was not found.`)
  return undefined
}

const listAttached: Handler = (iam) => {
  const role = roleFor(iam, "ListAttachedRolePolicies")
  const prefix = iam.form.get("PathPrefix") ?? "/"
  const policies = [...role.attached]
    .flatMap((arn) => iam.store.policies.get(arn) ?? [])
    .filter((policy) => policy.path.startsWith(prefix))
  const { page, tail } = paged(iam, `attached ${role.arn} ${prefix}`, policies, (policy) => policy.arn)
  return { AttachedPolicies: page.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...tail }
}

/** What a role may do: inline policies and attached ones. */
export const ATTACHMENT_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["PutRolePolicy", putRolePolicy],
  ["GetRolePolicy", getRolePolicy],
  ["DeleteRolePolicy", deleteRolePolicy],
  ["ListRolePolicies", listRolePolicies],
  ["AttachRolePolicy", attachRolePolicy],
  ["DetachRolePolicy", detachRolePolicy],
  ["ListAttachedRolePolicies", listAttached],
]
