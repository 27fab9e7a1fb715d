import { ServiceError } from "../core/exchange.ts"
import { constraint } from "./errors.ts"
import { list, text, texts } from "./input.ts"
import { tagFacts } from "./key-facts.ts"
import { keyFor, mustBeCustomers, mustNotBePending, type Handler } from "./kms-call.ts"
import { pageOf } from "./page.ts"

const MOST_TAGS = 50
const tagError = (message: string): ServiceError => new ServiceError("TagException", message)

/** @throws ServiceError TagException, ValidationException */
export function readTags(value: readonly unknown[]): Map<string, string> {
  const tags = new Map<string, string>()
  value.forEach((each, index) => {
    const { TagKey: key, TagValue: content } = each as { TagKey?: unknown; TagValue?: unknown }
    if (typeof key !== "string" || typeof content !== "string") throw new ServiceError("SerializationException", "")
    const at = `tags.${index + 1}.member`
    if (key.length > 128) throw constraint(`${at}.tagKey`, "have length less than or equal to 128", key)
    if (content.length > 256) throw constraint(`${at}.tagValue`, "have length less than or equal to 256", content)
    if (key.toLowerCase().startsWith("aws:")) throw tagError("Tags beginning with aws: are reserved")
    if (tags.has(key)) throw tagError("Duplicate tag keys")
    tags.set(key, content)
  })
  if (tags.size > MOST_TAGS) throw tagError("Too many tags")
  return tags
}

export const tagResource: Handler = (call) => {
  const added = readTags(list(call.input, "Tags"))
  const key = keyFor(call, text(call.input, "KeyId"), "TagResource", tagFacts(added))
  mustBeCustomers(call, key, "TagResource")
  mustNotBePending(key)
  if (new Set([...key.tags.keys(), ...added.keys()]).size > MOST_TAGS) throw tagError("Too many tags")
  for (const [name, value] of added) key.tags.set(name, value)
  return undefined
}

export const untagResource: Handler = (call) => {
  const names = texts(call.input, "TagKeys")
  const context = names.length === 0 ? {} : { "aws:TagKeys": names }
  const key = keyFor(call, text(call.input, "KeyId"), "UntagResource", context)
  mustBeCustomers(call, key, "UntagResource")
  mustNotBePending(key)
  for (const name of names) key.tags.delete(name)
  return undefined
}

export const listResourceTags: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "ListResourceTags")
  const page = pageOf(call, `tags ${key.arn}`, [...key.tags], ([name]) => name, 50, 50)
  return { Tags: page.items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...page.tail }
}
