import { roleArn } from "../../access/arn.ts"
import { ask, type AskedAbout } from "../core/ask.ts"
import { ServiceError, type Call } from "../core/exchange.ts"
import { pageOf } from "../protocol/page.ts"
import { formList, type Form, type Xml } from "../protocol/query.ts"
import { constraint, noSuchEntity, validation } from "./errors.ts"
import type { Role } from "./roles.ts"
import type { IamStore } from "./store.ts"

export interface IamCall {
  readonly call: Call
  readonly form: Form
  readonly store: IamStore
}

export type Handler = (iam: IamCall) => Xml | undefined

const memberOf = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1)

export function required(form: Form, name: string): string {
  const value = form.get(name)
  if (value === undefined || value === "") throw constraint(memberOf(name), "not be null")
  return value
}

const NAME = /^[\w+=,.@-]+$/

/** A name of IAM. @throws ServiceError ValidationError */
export function named(form: Form, name: string, most: number): string {
  const value = required(form, name)
  if (value.length > most) throw constraint(memberOf(name), `have length less than or equal to ${most}`, value)
  if (!NAME.test(value)) {
    throw validation(
      `The specified value for ${memberOf(name)} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    )
  }
  return value
}

export function pathIn(form: Form): string {
  const path = form.get("Path") ?? "/"
  if (path.length > 512 || !/^\/([!-~]+\/)?$/.test(path)) {
    throw validation(
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    )
  }
  return path
}

/** The role that a call names, once the caller may do `action` with it. Its own tags and boundary are conditions. */
export function roleFor(iam: IamCall, action: string, about: AskedAbout = {}): Role {
  const { call, form, store } = iam
  const name = named(form, "RoleName", 64)
  const role = store.roles.get(call.caller.account, name)
  ask(call, `iam:${action}`, role?.arn ?? roleArn(call.caller.account, name), {
    ...about,
    ...(role === undefined ? {} : { tags: role.tags }),
    context: {
      ...(role?.boundary === undefined ? {} : { "iam:PermissionsBoundary": role.boundary }),
      ...tagConditions(role?.tags),
      ...about.context,
    },
  })
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`)
  return role
}

export function tagConditions(tags: ReadonlyMap<string, string> = new Map()): Record<string, string> {
  return Object.fromEntries([...tags].map(([key, value]) => [`iam:ResourceTag/${key}`, value]))
}

/** The same for a call that changes it: what AWS made for itself is only AWS's to change. */
export function ownRoleFor(iam: IamCall, action: string, about: AskedAbout = {}): Role {
  const role = roleFor(iam, action, about)
  if (role.path.startsWith("/aws-service-role/")) {
    throw new ServiceError(
      "UnmodifiableEntity",
      `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
    )
  }
  return role
}

const MOST_TAGS = 50

/** @throws ServiceError InvalidInput, ValidationError */
export function tagsIn(form: Form): Map<string, string> {
  const tags = new Map<string, string>()
  for (const { Key: key = "", Value: value = "" } of formList(form, "Tags")) {
    if (key === "" || key.length > 128) throw constraint("tags.1.member.key", "have length between 1 and 128", key)
    if (value.length > 256) throw constraint("tags.1.member.value", "have length less than or equal to 256", value)
    if ([...tags.keys()].some((each) => each.toLowerCase() === key.toLowerCase())) {
      throw new ServiceError(
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      )
    }
    tags.set(key, value)
  }
  if (tags.size > MOST_TAGS) throw constraint("tags", `have length less than or equal to ${MOST_TAGS}`)
  return tags
}

export function tagKeysIn(form: Form): string[] {
  return [...form].filter(([name]) => name.startsWith("TagKeys.member.")).map(([, key]) => key)
}

export const tagXml = (tags: ReadonlyMap<string, string>): Xml => [...tags].map(([Key, Value]) => ({ Key, Value }))

/** One page of a list and what stands behind it in the answer. */
export function paged<T>(
  { call, form }: IamCall,
  subject: string,
  items: readonly T[],
  nameOf: (item: T) => string,
): { page: readonly T[]; tail: { IsTruncated: boolean; Marker?: string } } {
  const asked = Number(form.get("MaxItems") ?? 100)
  if (!Number.isInteger(asked) || asked < 1 || asked > 1000)
    throw constraint("maxItems", "have value between 1 and 1000", form.get("MaxItems"))
  const { items: page, next } = pageOf(items, {
    subject: `iam ${call.caller.account} ${subject}`,
    nameOf,
    token: form.get("Marker"),
    size: Math.min(asked, call.world.settings.pageSize ?? 1000),
    invalid: () => validation("Invalid Marker"),
  })
  return { page, tail: { IsTruncated: next !== undefined, ...(next === undefined ? {} : { Marker: next }) } }
}
