import { ask, type AskedAbout } from "../core/ask.ts"
import { ServiceError, type Call } from "../core/exchange.ts"
import { optionalNumber, optionalText, text, type Input } from "../protocol/input.ts"
import { pageOf } from "../protocol/page.ts"
import { invalidInput, noSuchPolicy } from "./errors.ts"
import { policyArn, targetArn, type Organization, type OrganizationStore } from "./organization.ts"
import { OTHER_POLICY_TYPES, POLICY_TYPES, type OrganizationPolicy, type PolicyType } from "./policies.ts"
import { targetOf, type Target } from "./tree.ts"

export interface OrganizationsCall {
  readonly call: Call
  readonly operation: string
  readonly organization: Organization
  readonly store: OrganizationStore
  readonly input: Input
}

export type Handler = (each: OrganizationsCall) => object | undefined

/** The caller may do this operation with the resource. */
export function allowed({ call, operation }: OrganizationsCall, resource?: string, about?: AskedAbout): void {
  ask(call, `organizations:${operation}`, resource, about)
}

/** The root, unit or account that a member of the input names; `missing` is its own error of each operation. */
export function targetNamed(
  each: OrganizationsCall,
  name: string,
  missing: () => ServiceError,
  about: AskedAbout = {},
): Target {
  const id = text(each.input, name)
  const target = targetOf(each.organization, id)
  allowed(each, targetArn(each.organization, id), { ...about, ...(target === undefined ? {} : { tags: target.tags }) })
  if (target === undefined) throw missing()
  return target
}

export function policyNamed(each: OrganizationsCall): OrganizationPolicy {
  const id = text(each.input, "PolicyId")
  const policy = each.organization.policies.get(id)
  const about = policy && { tags: policy.tags, context: { "organizations:PolicyType": policy.type } }
  allowed(each, policyArn(each.organization, id), about)
  if (policy === undefined) throw noSuchPolicy()
  return policy
}

/** Undefined = a type that AWS has and the sandbox does not. */
export function policyTypeIn(input: Input, name: string): PolicyType | undefined {
  const value = text(input, name)
  const type = POLICY_TYPES.find((each) => each === value)
  if (type === undefined && !OTHER_POLICY_TYPES.some((each) => each === value))
    throw invalidInput("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type.")
  return type
}

export const notImplemented = (what: string): ServiceError =>
  new ServiceError("NotImplemented", `the sandbox has no ${what}`, 501)

const MOST_PER_PAGE = 20

/**
 * In small-page mode the first page of every list is empty and carries a token, as Organizations may answer: a
 * caller that stops at an empty page finds nothing.
 */
export function paged<T>(
  { call, operation, input }: OrganizationsCall,
  items: readonly T[],
  nameOf: (item: T) => string,
  most = MOST_PER_PAGE,
): { page: readonly T[]; tail: { NextToken?: string } } {
  const { pageSize } = call.world.settings
  const asked = optionalNumber(input, "MaxResults") ?? most
  if (asked < 1) throw invalidInput("MIN_VALUE_EXCEEDED", "You specified a value for MaxResults that is too small.")
  const { NextToken: _token, MaxResults: _size, ...subject } = input
  const { items: page, next } = pageOf(items, {
    subject: `${operation} ${JSON.stringify(subject)}`,
    nameOf,
    token: optionalText(input, "NextToken"),
    size: Math.min(asked, most, pageSize ?? most),
    invalid: () => invalidInput("INVALID_NEXT_TOKEN", "You specified an invalid value for NextToken."),
    emptyFirst: pageSize !== undefined,
  })
  return { page, tail: next === undefined ? {} : { NextToken: next } }
}

/** Twelve to a hundred and twenty-eight lower-case letters and digits, as ids of Organizations end. */
export const suffix = (call: Call, bytes: number): string => Buffer.from(call.world.random(bytes)).toString("hex")
