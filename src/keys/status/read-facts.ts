import { tryParseArn } from "../../access/arn.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import type { DescribedKey } from "../inventory-port.ts"
import { attempt } from "./attempt.ts"
import type { KeyFacts } from "./key-inventory.ts"
import type { KeyReader } from "./key-reader.ts"

export interface FactsContext {
  readonly reader: KeyReader
  readonly signal: AbortSignal
  /** Those of the key, from the list of its Region; or why there is no list. */
  readonly aliases: readonly string[] | { readonly why: string }
}

/**
 * All about one key in one Region. What is refused is a gap, each by itself.
 * @throws DrError of DescribeKey: without it nobody knows the key
 */
export async function readFacts(context: FactsContext, arn: KeyArn): Promise<KeyFacts> {
  const region = tryParseArn(arn)?.region as RegionName
  return factsOf(context, region, await context.reader.describeKey(region, arn))
}

/** The same for a key that was described already. */
export async function factsOf(context: FactsContext, region: RegionName, key: DescribedKey): Promise<KeyFacts> {
  const { reader, signal, aliases } = context
  const gaps: Array<{ what: string; why: string }> = []
  const read = async <T>(what: string, asked: boolean, ask: () => Promise<T>): Promise<T | undefined> => {
    if (!asked) return undefined
    const answer = await attempt(signal, ask)
    if (answer.ok) return answer.value
    gaps.push({ what, why: answer.error.message })
    return undefined
  }
  const { arn } = key
  const imported = key.origin === "EXTERNAL"
  // Related keys share rotation and materials, but each Region holds or misses imported material by itself.
  const leads = key.multiRegionType !== "REPLICA" && key.origin === "AWS_KMS"
  const [policy, grants, tags, use, rotation, materials] = await Promise.all([
    read("policy", true, () => reader.keyPolicy(region, arn)),
    read("grants", true, () => reader.grants(region, arn)),
    read("tags", true, () => reader.keyTags(region, arn)),
    read("use", true, () => reader.lastUse(region, arn)),
    read("rotation", leads, () => reader.rotation(region, arn)),
    read("materials", leads || imported, () => reader.materials(region, arn)),
  ])
  if (!Array.isArray(aliases)) gaps.push({ what: "aliases", why: (aliases as { why: string }).why })
  return {
    ...describedFacts(key, region),
    ...(policy === undefined ? {} : { policy }),
    ...(Array.isArray(aliases) ? { aliases } : {}),
    ...(grants === undefined ? {} : { grants: inOrder(grants, ({ id }) => id) }),
    ...(tags === undefined ? {} : { tags }),
    ...(rotation === undefined ? {} : { rotation }),
    ...(materials === undefined ? {} : { materials }),
    ...(use === undefined ? {} : { use }),
    gaps: gaps.sort((a, b) => (a.what < b.what ? -1 : 1)),
  }
}

function describedFacts(key: DescribedKey, region: RegionName): Omit<KeyFacts, "gaps"> {
  const { arn, state, spec, usage, description, multiRegionType } = key
  return {
    arn,
    region,
    state,
    ...(multiRegionType === "PRIMARY" || multiRegionType === "REPLICA" ? { multiRegionType } : {}),
    related: primaryFirst(key.related),
    origin: key.origin ?? "",
    spec,
    usage,
    description,
    ...(key.createdAt === undefined ? {} : { createdAt: key.createdAt }),
    ...(key.deletionAt === undefined ? {} : { deletionAt: key.deletionAt }),
    ...(key.deletionWindowDays === undefined ? {} : { deletionWindowDays: key.deletionWindowDays }),
    ...(key.materialExpiresAt === undefined ? {} : { materialExpiresAt: key.materialExpiresAt }),
  }
}

/** As DescribeKey tells it; of the replicas KMS promises no order. */
const primaryFirst = ([primary, ...replicas]: readonly KeyArn[]): KeyArn[] =>
  primary === undefined ? [] : [primary, ...inOrder(replicas, (replica) => replica)]

/** KMS promises no order, and an inventory that did not change must read the same. */
const inOrder = <T>(items: readonly T[], by: (item: T) => string): T[] =>
  [...items].sort((a, b) => (by(a) < by(b) ? -1 : 1))
