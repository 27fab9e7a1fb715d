import { requestTags } from "../core/ask.ts"
import { optionalText, tagsIn, text } from "../protocol/input.ts"
import { invalidInput, noSuchTarget, refused } from "./errors.ts"
import {
  allowed,
  notImplemented,
  paged,
  policyNamed,
  policyTypeIn,
  suffix,
  targetNamed,
  type Handler,
  type OrganizationsCall,
} from "./org-call.ts"
import { policyArn, type Organization } from "./organization.ts"
import { attachedTo, targetsOf, type OrganizationPolicy } from "./policies.ts"
import { checkContent } from "./policy-content.ts"
import { targetOf } from "./tree.ts"

const summaryOf = (organization: Organization, policy: OrganizationPolicy): object => ({
  Id: policy.id,
  Arn: policyArn(organization, policy.id),
  Name: policy.name,
  Description: policy.description,
  Type: policy.type,
  AwsManaged: policy.awsManaged,
})

const policyOf = (organization: Organization, policy: OrganizationPolicy): object => ({
  Policy: { PolicySummary: summaryOf(organization, policy), Content: policy.content },
})

function mustBeUnique({ organization }: OrganizationsCall, name: string, but?: OrganizationPolicy): void {
  if ([...organization.policies.values()].some((policy) => policy !== but && policy.name === name))
    throw refused("DuplicatePolicy", "A policy with the same name already exists.")
}

function lengthOf(name: string, value: string, least: number, most: number): string {
  if (value.length < least)
    throw invalidInput("MIN_LENGTH_EXCEEDED", `You provided a value that is too short for ${name}.`)
  if (value.length > most)
    throw invalidInput("MAX_LENGTH_EXCEEDED", `You provided a value that is too long for ${name}.`)
  return value
}

const createPolicy: Handler = (each) => {
  const { call, input, organization } = each
  const name = lengthOf("Name", text(input, "Name"), 1, 128)
  const description = lengthOf("Description", text(input, "Description"), 0, 512)
  const content = text(input, "Content")
  const type = policyTypeIn(input, "Type")
  const tags = tagsIn(input)
  const asked = text(input, "Type")
  allowed(each, "*", { context: { ...requestTags(tags), "organizations:PolicyType": asked } })
  if (type === undefined) throw notImplemented(`policies of type ${asked}`)
  checkContent(content, type)
  mustBeUnique(each, name)
  const id = `p-${suffix(call, 5)}`
  const policy: OrganizationPolicy = { id, type, awsManaged: false, tags, name, description, content }
  organization.policies.set(id, policy)
  return policyOf(organization, policy)
}

/** What AWS manages is not the organisation's to change. */
function ownPolicy(each: OrganizationsCall): OrganizationPolicy {
  const policy = policyNamed(each)
  if (policy.awsManaged)
    throw invalidInput("IMMUTABLE_POLICY", "You specified a policy that is managed by AWS and can't be modified.")
  return policy
}

const updatePolicy: Handler = (each) => {
  const { input, organization } = each
  const policy = ownPolicy(each)
  const name = lengthOf("Name", optionalText(input, "Name") ?? policy.name, 1, 128)
  const description = lengthOf("Description", optionalText(input, "Description") ?? policy.description, 0, 512)
  const content = optionalText(input, "Content") ?? policy.content
  checkContent(content, policy.type)
  mustBeUnique(each, name, policy)
  Object.assign(policy, { name, description, content })
  return policyOf(organization, policy)
}

const deletePolicy: Handler = (each) => {
  const policy = ownPolicy(each)
  if (targetsOf(each.organization, policy.id).length > 0)
    throw refused("PolicyInUse", "The policy is attached to one or more entities.")
  each.organization.policies.delete(policy.id)
  return undefined
}

const listPolicies: Handler = (each) => {
  const type = policyTypeIn(each.input, "Filter")
  allowed(each, "*", { context: { "organizations:PolicyType": text(each.input, "Filter") } })
  const policies = [...each.organization.policies.values()].filter((policy) => policy.type === type)
  const { page, tail } = paged(each, policies, ({ id }) => id)
  return { Policies: page.map((policy) => summaryOf(each.organization, policy)), ...tail }
}

const listForTarget: Handler = (each) => {
  const type = policyTypeIn(each.input, "Filter")
  const target = targetNamed(each, "TargetId", noSuchTarget, {
    context: { "organizations:PolicyType": text(each.input, "Filter") },
  })
  const policies = type === undefined ? [] : attachedTo(each.organization, target.id, type)
  const { page, tail } = paged(each, policies, ({ id }) => id)
  return { Policies: page.map((policy) => summaryOf(each.organization, policy)), ...tail }
}

const listTargets: Handler = (each) => {
  const policy = policyNamed(each)
  const { page, tail } = paged(each, targetsOf(each.organization, policy.id), (id) => id)
  const targets = page.flatMap((id) => targetOf(each.organization, id) ?? [])
  return {
    Targets: targets.map(({ id, arn, name, kind }) => ({ TargetId: id, Arn: arn, Name: name, Type: kind })),
    ...tail,
  }
}

export const POLICY_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["CreatePolicy", createPolicy],
  ["DescribePolicy", (each) => policyOf(each.organization, policyNamed(each))],
  ["UpdatePolicy", updatePolicy],
  ["DeletePolicy", deletePolicy],
  ["ListPolicies", listPolicies],
  ["ListPoliciesForTarget", listForTarget],
  ["ListTargetsForPolicy", listTargets],
]
