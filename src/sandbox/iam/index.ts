import { isoStamp } from "../../kernel/clock.ts"
import { ServiceError, type Call, type Service } from "../core/exchange.ts"
import { parsePolicy } from "../authorize/policy.ts"
import { queryAnswer, queryError, readForm, type Form, type Xml } from "../protocol/query.ts"
import { makeRole, type Role, type RoleStore } from "./roles.ts"

const IAM_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"

interface IamCall {
  readonly call: Call
  readonly form: Form
  readonly roles: RoleStore
}

type Handler = (call: IamCall) => Xml | undefined

function required(form: Form, name: string): string {
  const value = form.get(name)
  if (value !== undefined && value !== "") return value
  const member = name.slice(0, 1).toLowerCase() + name.slice(1)
  throw new ServiceError(
    "ValidationError",
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  )
}

function roleOf({ call, form, roles }: IamCall): Role {
  const name = required(form, "RoleName")
  const role = roles.get(call.caller.account, name)
  if (role === undefined) throw new ServiceError("NoSuchEntity", `The role with name ${name} cannot be found.`, 404)
  return role
}

function document(form: Form, name: string): string {
  const text = required(form, name)
  if (parsePolicy(text) === undefined)
    throw new ServiceError("MalformedPolicyDocument", "This policy contains invalid Json")
  return text
}

const roleXml = (role: Role): Xml => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: isoStamp(role.createdAt),
  AssumeRolePolicyDocument: encodeURIComponent(role.trust),
  Description: role.description,
  MaxSessionDuration: role.maxSessionSeconds,
})

/** IAM's own pages; in small-page mode few at a time. */
function paged<T>(
  { call, form }: IamCall,
  items: readonly T[],
): { page: readonly T[]; tail: { IsTruncated: boolean; Marker?: string } } {
  const most = Math.min(Number(form.get("MaxItems") ?? 100), call.world.settings.pageSize ?? 1000)
  const start = Number(form.get("Marker") ?? 0)
  if (!Number.isInteger(start) || start < 0) throw new ServiceError("ValidationError", "Invalid Marker")
  const end = start + most
  const more = end < items.length
  return { page: items.slice(start, end), tail: { IsTruncated: more, ...(more ? { Marker: String(end) } : {}) } }
}

const OPERATIONS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    "CreateRole",
    ({ call, form, roles }) => {
      const name = required(form, "RoleName")
      const trust = document(form, "AssumeRolePolicyDocument")
      if (roles.get(call.caller.account, name) !== undefined) {
        throw new ServiceError("EntityAlreadyExists", `Role with name ${name} already exists.`, 409)
      }
      const role = makeRole(
        {
          account: call.caller.account,
          name,
          trust,
          path: form.get("Path") ?? "/",
          description: form.get("Description") ?? "",
          maxSessionSeconds: Number(form.get("MaxSessionDuration") ?? 3600),
        },
        call.world.clock.now(),
        call.world.random,
      )
      roles.add(role)
      return { Role: roleXml(role) }
    },
  ],
  ["GetRole", (iam) => ({ Role: roleXml(roleOf(iam)) })],
  [
    "DeleteRole",
    (iam) => {
      const role = roleOf(iam)
      if (role.policies.size > 0)
        throw new ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
      iam.roles.remove(role)
      return undefined
    },
  ],
  [
    "ListRoles",
    (iam) => {
      const prefix = iam.form.get("PathPrefix") ?? "/"
      const own = iam.roles.of(iam.call.caller.account).filter((role) => role.path.startsWith(prefix))
      const { page, tail } = paged(iam, own)
      return { Roles: page.map(roleXml), ...tail }
    },
  ],
  [
    "UpdateAssumeRolePolicy",
    (iam) => {
      roleOf(iam).trust = document(iam.form, "PolicyDocument")
      return undefined
    },
  ],
  [
    "PutRolePolicy",
    (iam) => {
      roleOf(iam).policies.set(required(iam.form, "PolicyName"), document(iam.form, "PolicyDocument"))
      return undefined
    },
  ],
  [
    "GetRolePolicy",
    (iam) => {
      const role = roleOf(iam)
      const name = required(iam.form, "PolicyName")
      const policy = role.policies.get(name)
      if (policy === undefined) throw noSuchPolicy(name)
      return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(policy) }
    },
  ],
  [
    "DeleteRolePolicy",
    (iam) => {
      const name = required(iam.form, "PolicyName")
      if (!roleOf(iam).policies.delete(name)) throw noSuchPolicy(name)
      return undefined
    },
  ],
  [
    "ListRolePolicies",
    (iam) => {
      const { page, tail } = paged(iam, [...roleOf(iam).policies.keys()])
      return { PolicyNames: page, ...tail }
    },
  ],
])

const noSuchPolicy = (name: string): ServiceError =>
  new ServiceError("NoSuchEntity", `The role policy with name ${name} cannot be found.`, 404)

export function createIam(roles: RoleStore): Service {
  return {
    name: "iam",
    operationOf(request) {
      const action = readForm(request).get("Action")
      return action !== undefined && OPERATIONS.has(action) ? action : undefined
    },
    handle(call, operation) {
      const result = OPERATIONS.get(operation)?.({ call, form: readForm(call.request), roles })
      return queryAnswer(IAM_NAMESPACE, operation, result, call.requestId)
    },
    errorResponse: (error, _request, requestId) => queryError(IAM_NAMESPACE, error, requestId),
  }
}
