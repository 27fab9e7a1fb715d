import { keyArn } from "../../access/arn.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import { mapBounded } from "../../kernel/concurrency.ts"
import type { DrError } from "../../kernel/errors.ts"
import { attempt, isNotFound } from "./attempt.ts"
import type { KeyFacts } from "./key-inventory.ts"
import type { KeyReader } from "./key-reader.ts"
import { factsOf, readFacts, type FactsContext } from "./read-facts.ts"

/** What a Region says about an alias: the key behind it, that there is none, or nothing. */
export type RegionAnswer =
  | { readonly kind: "found"; readonly facts: KeyFacts }
  | { readonly kind: "none" }
  | { readonly kind: "unread"; readonly error: DrError }

/** One account in one Region. */
export interface ListedRegion {
  readonly region: RegionName
  readonly reader: KeyReader
  /** Aliases by key id; or why nobody may list them. */
  readonly aliases: ReadonlyMap<string, readonly string[]> | DrError
}

/** Keys in work at once; the calls have their own budget. */
const KEYS_AT_ONCE = 32

/** ListAliases, which also finds out whether anybody is there. */
export async function listRegion(reader: KeyReader, region: RegionName, signal: AbortSignal): Promise<ListedRegion> {
  const listed = await attempt(signal, () => reader.aliasesIn(region))
  return { region, reader, aliases: listed.ok ? byKey(listed.value) : listed.error }
}

/** Every key behind one of `wanted`. */
export async function readAliases(
  listed: ListedRegion,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, RegionAnswer>> {
  const targets = targetsOf(listed)
  const answers = await mapBounded(
    wanted,
    KEYS_AT_ONCE,
    (alias) => {
      const arn = targets.get(alias)
      return arn === undefined ? byAlias(listed, alias, signal) : byArn(listed, arn, signal)
    },
    signal,
  )
  return new Map(wanted.map((alias, at) => [alias, answers[at] as RegionAnswer]))
}

/** A key of the Region by its ARN. `none`: AWS knows no such key. */
export async function byArn(listed: ListedRegion, arn: KeyArn, signal: AbortSignal): Promise<RegionAnswer> {
  const answer = await attempt(signal, () => readFacts(contextOf(listed, arn, signal), arn))
  if (answer.ok) return { kind: "found", facts: answer.value }
  return isNotFound(answer.error) ? { kind: "none" } : { kind: "unread", error: answer.error }
}

/** Not in the list, or there is no list: the list may lag behind, and who may not list may still look. */
async function byAlias(listed: ListedRegion, alias: string, signal: AbortSignal): Promise<RegionAnswer> {
  const { reader, region, aliases } = listed
  const described = await attempt(signal, () => reader.describeKey(region, alias))
  if (described.ok) {
    const context = contextOf(listed, described.value.arn, signal)
    const own = Array.isArray(context.aliases) ? { aliases: [...context.aliases, alias] } : {}
    return { kind: "found", facts: await factsOf({ ...context, ...own }, region, described.value) }
  }
  if (isNotFound(described.error)) return { kind: "none" }
  // A refusal to look at what the list does not know is no doubt about the list.
  const known = aliases instanceof Map && described.error.code === "E_AWS_ACCESS_DENIED"
  return known ? { kind: "none" } : { kind: "unread", error: described.error }
}

function contextOf({ reader, aliases }: ListedRegion, arn: KeyArn, signal: AbortSignal): FactsContext {
  const keyId = arn.slice(arn.lastIndexOf("/") + 1)
  return {
    reader,
    signal,
    aliases: aliases instanceof Map ? (aliases.get(keyId) ?? []) : { why: (aliases as DrError).message },
  }
}

function byKey(list: ReadonlyArray<{ readonly alias: string; readonly keyId: string }>): Map<string, string[]> {
  const keys = new Map<string, string[]>()
  for (const { alias, keyId } of list) keys.set(keyId, [...(keys.get(keyId) ?? []), alias].sort())
  return keys
}

function targetsOf({ aliases, reader, region }: ListedRegion): Map<string, KeyArn> {
  if (!(aliases instanceof Map)) return new Map()
  const pairs = [...(aliases as ReadonlyMap<string, readonly string[]>)].flatMap(([keyId, names]) =>
    names.map((name) => [name, keyArn(region, reader.account, keyId)] as const),
  )
  return new Map(pairs)
}
