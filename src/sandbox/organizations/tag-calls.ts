import { requestTags, type AskedAbout } from "../core/ask.ts"
import { tagList, tagsIn, text, texts } from "../protocol/input.ts"
import { constraintViolation, noSuchTarget } from "./errors.ts"
import { paged, allowed, targetNamed, type Handler, type OrganizationsCall } from "./org-call.ts"
import { policyArn } from "./organization.ts"

const MOST_TAGS = 50

/** Tags of the root, unit, account or policy that a call names. */
function tagsNamed(each: OrganizationsCall, about: AskedAbout = {}): Map<string, string> {
  const id = text(each.input, "ResourceId")
  if (!id.startsWith("p-")) return targetNamed(each, "ResourceId", noSuchTarget, about).tags
  const policy = each.organization.policies.get(id)
  allowed(each, policyArn(each.organization, id), about)
  if (policy === undefined) throw noSuchTarget()
  return policy.tags
}

const tagResource: Handler = (each) => {
  const added = tagsIn(each.input)
  const tags = tagsNamed(each, { context: requestTags(added) })
  if (new Set([...tags.keys(), ...added.keys()]).size > MOST_TAGS)
    throw constraintViolation("MAX_TAG_LIMIT_EXCEEDED", "You exceeded the number of tags allowed on this resource.")
  for (const [key, value] of added) tags.set(key, value)
  return undefined
}

const untagResource: Handler = (each) => {
  const keys = texts(each.input, "TagKeys")
  const tags = tagsNamed(each, { context: { "aws:TagKeys": keys } })
  for (const key of keys) tags.delete(key)
  return undefined
}

/** All in one page, as many as a resource can have: Terraform's provider reads no second one. */
const listTags: Handler = (each) => {
  const { page, tail } = paged(each, [...tagsNamed(each)], ([key]) => key, MOST_TAGS)
  return { Tags: tagList(new Map(page)), ...tail }
}

export const TAG_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["TagResource", tagResource],
  ["UntagResource", untagResource],
  ["ListTagsForResource", listTags],
]
