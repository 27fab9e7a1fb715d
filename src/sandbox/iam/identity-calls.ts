import { formatArn, roleArn } from "../../access/arn.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { adminOf } from "../auth/credentials.ts"
import { ask } from "../core/ask.ts"
import { ADMIN_USER } from "./directory.ts"
import { invalidInput, noSuchEntity, validation } from "./errors.ts"
import { required, type Handler } from "./iam-call.ts"
import { MULTI_REGION_KEYS_POLICY } from "./managed-policies.ts"
import { roleXml } from "./role-calls.ts"
import { makeRole } from "./roles.ts"

/** Every account has one user, its administrator; it is as old as the world. */
const getUser: Handler = ({ call, form }) => {
  const { caller, world } = call
  if (form.get("UserName") === undefined && caller.kind === "role-session")
    throw validation("Must specify userName when calling with non-User credentials")
  if (form.get("UserName") === undefined && caller.kind === "root")
    return { User: { Path: "/", UserId: caller.account, Arn: caller.arn, CreateDate: isoStamp(0) } }
  const name = form.get("UserName") ?? ADMIN_USER
  const arn = formatArn({
    partition: "aws",
    service: "iam",
    region: "",
    account: caller.account,
    resource: `user/${name}`,
  })
  ask(call, "iam:GetUser", arn)
  if (name !== ADMIN_USER || !world.accounts.has(caller.account))
    throw noSuchEntity(`The user with name ${name} cannot be found.`)
  const { userId } = adminOf(caller.account).caller
  return { User: { Path: "/", UserName: name, UserId: userId, Arn: arn, CreateDate: isoStamp(0) } }
}

const MULTI_REGION = { service: "mrk.kms.amazonaws.com", name: "AWSServiceRoleForKeyManagementServiceMultiRegionKeys" }

const createServiceLinkedRole: Handler = (iam) => {
  const { call, form, store } = iam
  const { account } = call.caller
  const service = required(form, "AWSServiceName")
  const path = `/aws-service-role/${service}/`
  const { name } = MULTI_REGION
  ask(call, "iam:CreateServiceLinkedRole", roleArn(account, `${path.slice(1)}*`), {
    context: { "iam:AWSServiceName": service },
  })
  if (service !== MULTI_REGION.service) throw invalidInput(`The sandbox knows no service-linked role of ${service}`)
  if (form.get("CustomSuffix") !== undefined) throw invalidInput(`Custom suffix is not allowed for ${service}`)
  if (store.roles.get(account, name) !== undefined) {
    throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`)
  }
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  }
  const role = makeRole(
    { account, name, path, trust: JSON.stringify(trust), description: form.get("Description") ?? "" },
    call.world.clock.now(),
    call.world.random,
  )
  role.attached.add(MULTI_REGION_KEYS_POLICY)
  store.roles.add(role)
  return { Role: roleXml(role) }
}

export const IDENTITY_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["GetUser", getUser],
  ["CreateServiceLinkedRole", createServiceLinkedRole],
]
