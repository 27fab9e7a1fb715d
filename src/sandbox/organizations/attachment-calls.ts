import { text } from "../protocol/input.ts"
import { constraintViolation, invalidInput, noSuchTarget, refused } from "./errors.ts"
import {
  notImplemented,
  policyNamed,
  policyTypeIn,
  targetNamed,
  type Handler,
  type OrganizationsCall,
} from "./org-call.ts"
import { attach, attachDefaults, attachedTo, detachAll, isUndetachable, type PolicyType } from "./policies.ts"
import { rootOf } from "./tree-calls.ts"
import { everyTarget } from "./tree.ts"

/** Of one type, for one root, unit or account. */
const MOST_ATTACHED = 5

function mustBeEnabled({ organization }: OrganizationsCall, type: PolicyType): void {
  if (!organization.enabled.has(type))
    throw refused("PolicyTypeNotEnabled", "The specified policy type isn't currently enabled in this root.")
}

const attachPolicy: Handler = (each) => {
  const { organization } = each
  const policy = policyNamed(each)
  const target = targetNamed(each, "TargetId", noSuchTarget, { context: { "organizations:PolicyType": policy.type } })
  mustBeEnabled(each, policy.type)
  const attached = attachedTo(organization, target.id, policy.type)
  if (attached.includes(policy))
    throw refused("DuplicatePolicyAttachment", "The selected policy is already attached to the specified target.")
  if (attached.length >= MOST_ATTACHED) {
    throw constraintViolation(
      "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
      "You attempted to exceed the number of policies of this type that can be attached to an entity.",
    )
  }
  attach(organization, target.id, policy.id)
  return undefined
}

const detachPolicy: Handler = (each) => {
  const { organization } = each
  const policy = policyNamed(each)
  const target = targetNamed(each, "TargetId", noSuchTarget, { context: { "organizations:PolicyType": policy.type } })
  mustBeEnabled(each, policy.type)
  const attached = attachedTo(organization, target.id, policy.type)
  if (!attached.includes(policy))
    throw refused("PolicyNotAttached", "The policy isn't attached to the specified target in the specified root.")
  if (isUndetachable(policy.id))
    throw invalidInput("NON_DETACHABLE_POLICY", "You can't detach this AWS managed policy.")
  if (attached.length === 1) {
    throw constraintViolation(
      "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
      "You cannot remove the last policy attached to the specified target.",
    )
  }
  organization.attached.get(target.id)?.delete(policy.id)
  return undefined
}

/** The root and the type of a call that switches one on or off. */
function switched(each: OrganizationsCall): PolicyType {
  const type = policyTypeIn(each.input, "PolicyType")
  const missing = (): ReturnType<typeof refused> => refused("RootNotFound", "You specified a root that doesn't exist.")
  const asked = text(each.input, "PolicyType")
  const root = targetNamed(each, "RootId", missing, { context: { "organizations:PolicyType": asked } })
  if (root.kind !== "ROOT") throw missing()
  if (type === undefined) throw notImplemented(`policies of type ${asked}`)
  return type
}

const enableType: Handler = (each) => {
  const { organization } = each
  const type = switched(each)
  if (organization.enabled.has(type))
    throw refused("PolicyTypeAlreadyEnabled", "The specified policy type is already enabled.")
  organization.enabled.add(type)
  for (const target of everyTarget(organization)) attachDefaults(organization, target, [type])
  return { Root: rootOf(organization) }
}

const disableType: Handler = (each) => {
  const { organization } = each
  const type = switched(each)
  mustBeEnabled(each, type)
  organization.enabled.delete(type)
  detachAll(organization, type)
  return { Root: rootOf(organization) }
}

export const ATTACHMENT_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["EnablePolicyType", enableType],
  ["DisablePolicyType", disableType],
  ["AttachPolicy", attachPolicy],
  ["DetachPolicy", detachPolicy],
]
