import type { KeyArn } from "../../kernel/brands.ts"
import { mapBounded } from "../../kernel/concurrency.ts"
import { attempt, isNotFound } from "./attempt.ts"
import { KEY_TAGS, type KeyFacts } from "./key-inventory.ts"
import { byArn, type ListedRegion } from "./read-region.ts"
import type { WantedKey } from "./wanted-keys.ts"

const KEYS_AT_ONCE = 32

/** Keys with our tags in one account and Region. */
export interface TaggedKeys {
  readonly found: ReadonlyArray<{ readonly of: Pick<WantedKey, "name" | "side">; readonly facts: KeyFacts }>
  /** Why there may be more. */
  readonly unknown?: string
}

/** Looks at the tags of every key of the Region but those of AWS and those in `known`. */
export async function taggedKeys(
  env: string,
  region: ListedRegion,
  known: ReadonlySet<KeyArn>,
  signal: AbortSignal,
): Promise<TaggedKeys> {
  const { reader, region: name } = region
  const listed = await attempt(signal, () => reader.keysIn(name))
  if (!listed.ok) return { found: [], unknown: listed.error.message }
  const others = listed.value.filter((arn) => !known.has(arn) && !isAwsOwned(region, arn))
  const looked = await mapBounded(others, KEYS_AT_ONCE, (arn) => lookAt(env, region, arn, signal), signal)
  const refusals = looked.flatMap((each) => (each?.why === undefined ? [] : [each.why]))
  return {
    found: looked.flatMap((each) => (each?.stray === undefined ? [] : [each.stray])),
    ...(refusals.length === 0
      ? {}
      : { unknown: `${refusals.length} of ${others.length} keys in ${name} could not be looked at: ${refusals[0]}` }),
  }
}

async function lookAt(
  env: string,
  region: ListedRegion,
  arn: KeyArn,
  signal: AbortSignal,
): Promise<{ stray?: TaggedKeys["found"][number]; why?: string } | undefined> {
  const tags = await attempt(signal, () => region.reader.keyTags(region.region, arn))
  if (!tags.ok) return isNotFound(tags.error) ? undefined : { why: tags.error.message }
  const { [KEY_TAGS.env]: tagged, [KEY_TAGS.key]: name, [KEY_TAGS.side]: side } = tags.value
  if (tagged !== env || name === undefined || (side !== "workload" && side !== "recovery")) return undefined
  const answer = await byArn(region, arn, signal)
  if (answer.kind === "unread") return { why: answer.error.message }
  return answer.kind === "none" ? undefined : { stray: { of: { name, side }, facts: answer.facts } }
}

const isAwsOwned = ({ aliases }: ListedRegion, arn: KeyArn): boolean =>
  aliases instanceof Map &&
  ((aliases.get(arn.slice(arn.lastIndexOf("/") + 1)) as readonly string[] | undefined) ?? []).some((alias) =>
    alias.startsWith("alias/aws/"),
  )
