import { nearest } from "../../kernel/nearest.ts"
import { findAction } from "./actions.ts"
import type { KeyFacts } from "./facts.ts"
import { KEYS_OF_ALL_ACTIONS, TAG_KEYS } from "./overlay.ts"
import { DETAILED_SERVICES, SERVICE_PREFIXES, detailsOf, readKey } from "./services.ts"

export type KeyStatus =
  | ({ readonly kind: "known" } & KeyFacts)
  /** A key of a service whose keys the catalogue does not list. */
  | { readonly kind: "other-service"; readonly service: string }
  | { readonly kind: "unknown"; readonly suggestion?: string }

/** Stands for every key of an identity provider, whose claims nobody can list: `oidc.eks.….amazonaws.com/id/ABC:sub`. */
const PROVIDER_KEY = "*.*:*"

/** Takes a key as a policy writes it, in any case: `aws:ResourceTag/env`, `kms:EncryptionContext:aws:s3:arn`. */
export function conditionKeyStatus(key: string): KeyStatus {
  const lower = key.toLowerCase()
  if (isProviderKey(lower)) return { kind: "known", ...providerKey(lower) }
  const service = lower.slice(0, Math.max(0, lower.indexOf(":")))
  const facts = find(GLOBAL, lower) ?? find(keysUnder(service), lower)
  if (facts !== undefined) return { kind: "known", ...facts }
  if (SERVICE_PREFIXES.has(service) && service !== "saml" && detailsOf(service) === undefined)
    return { kind: "other-service", service }
  return { kind: "unknown", ...guess(key) }
}

/**
 * Keys that an action supports, lower-cased, patterns as `aws:resourcetag/*`: its own, its resources' and those that any
 * request may carry. Empty for an action that the catalogue does not know: nothing can be said of it.
 */
export function keysOf(action: string): ReadonlySet<string> {
  const facts = findAction(action)
  if (facts === undefined) return NONE
  const known = keySets.get(facts.name)
  if (known !== undefined) return known
  const own = [...facts.keys, ...facts.resources.flatMap((use) => use.keys)]
  const keys = new Set([...own, ...OF_ALL_ACTIONS.map((key) => key.name), PROVIDER_KEY].map((key) => key.toLowerCase()))
  keySets.set(facts.name, keys)
  return keys
}

/** Whether a request for the action can carry the key. True where the catalogue cannot tell, false for an unknown key. */
export function supportsKey(action: string, key: string): boolean {
  const keys = keysOf(action)
  const status = conditionKeyStatus(key)
  if (status.kind !== "known") return status.kind === "other-service"
  return keys.size === 0 || keys.has(status.name.toLowerCase())
}

/** False for keys that KMS sets only when it evaluates IAM policies. Source: KMS developer guide, condition keys. */
export function worksInKeyPolicy(key: string): boolean {
  const lower = key.toLowerCase()
  return lower !== "kms:resourcealiases" && !lower.startsWith("aws:resourcetag/")
}

const NONE: ReadonlySet<string> = new Set()
const keySets = new Map<string, ReadonlySet<string>>()

interface Keys {
  readonly exact: ReadonlyMap<string, KeyFacts>
  /** Keys with a free part; `head` is what stands before it, lower-cased. */
  readonly patterns: readonly { readonly head: string; readonly facts: KeyFacts }[]
}

const OF_ALL_ACTIONS = readLines(KEYS_OF_ALL_ACTIONS)
const OF_SOME_ACTIONS = readLines(TAG_KEYS)
const GLOBAL = index([...OF_ALL_ACTIONS, ...OF_SOME_ACTIONS])

/** Keys by the service in whose table they stand: STS has those of SAML and of role tags. */
const TABLE_OF: ReadonlyMap<string, string> = new Map([
  ["saml", "sts"],
  ["iam", "sts"],
])
const indexes = new Map<string, Keys>()

/** Empty for a service whose keys the catalogue does not list. */
function keysUnder(prefix: string): Keys {
  const service = TABLE_OF.get(prefix) ?? prefix
  const keys = indexes.get(service) ?? index(detailsOf(service)?.keys ?? [])
  if (detailsOf(service) !== undefined) indexes.set(service, keys)
  return keys
}

function readLines(lines: string): KeyFacts[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => readKey(line))
}

function index(keys: readonly KeyFacts[]): Keys {
  const fixed = keys.filter((key) => !key.name.endsWith("*"))
  const free = keys.filter((key) => key.name.endsWith("*"))
  return {
    exact: new Map(fixed.map((key) => [key.name.toLowerCase(), key])),
    patterns: free.map((facts) => ({ head: facts.name.slice(0, -1).toLowerCase(), facts })),
  }
}

function find({ exact, patterns }: Keys, lower: string): KeyFacts | undefined {
  return exact.get(lower) ?? patterns.find(({ head }) => lower.length > head.length && lower.startsWith(head))?.facts
}

/** The part before the first slash or colon is a host name, and a claim follows a colon. */
function isProviderKey(lower: string): boolean {
  return /^[^:/]+\.[^:]*:./.test(lower)
}

function providerKey(lower: string): KeyFacts {
  if (lower === "accounts.google.com:google/organization_number")
    return { name: PROVIDER_KEY, type: "Numeric", multi: false }
  return { name: PROVIDER_KEY, type: "String", multi: lower.endsWith(":amr") }
}

/** The same name under another service first (`kms:SourceArn`, `PrincipalArn`), then a similar one. */
function guess(key: string): { suggestion?: string } {
  const { head, rest } = parts(key)
  const known = [
    ...OF_ALL_ACTIONS,
    ...OF_SOME_ACTIONS,
    ...DETAILED_SERVICES.flatMap((service) => detailsOf(service)?.keys ?? []),
  ]
  const names = known.map(({ name }) => name.replace(/\*$/, ""))
  const bare = head.slice(head.indexOf(":") + 1).toLowerCase()
  const meant = names.find((name) => name.slice(name.indexOf(":") + 1).toLowerCase() === bare) ?? nearest(head, names)
  if (meant === undefined) return {}
  return { suggestion: /[:/]$/.test(meant) ? meant + (rest === "" ? "<key>" : rest) : meant }
}

/** `kms:EncryptionContextt:env` -> `kms:EncryptionContextt:` and `env`; a key without a free part is all head. */
function parts(key: string): { head: string; rest: string } {
  const separator = /^[^:]*:[^:/]*[:/]/.exec(key)?.[0]
  return separator === undefined ? { head: key, rest: "" } : { head: separator, rest: key.slice(separator.length) }
}
