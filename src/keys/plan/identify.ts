import { keyIdOf, tryParseArn } from "../../access/arn.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import { KEY_TAGS, type EstateKey, type KeyFacts } from "../status/key-inventory.ts"
import type { PlanProblem } from "./key-plan.ts"
import { problem } from "./problem.ts"
import type { WantedState } from "./wanted-state.ts"

/** Which key of AWS is the one that dr.yaml means. */
export type Identity =
  | { readonly kind: "none" }
  | { readonly kind: "key"; readonly key: KnownKey }
  /** Nobody can say, or two could be it: nothing is planned for it. */
  | { readonly kind: "unclear"; readonly problems: readonly PlanProblem[] }

/** The same key id in every Region in which it was seen. */
export interface KnownKey {
  readonly keyId: string
  readonly regions: ReadonlyMap<RegionName, KeyFacts>
  /** As AWS names it; undefined for a single-Region key. */
  readonly primary?: KeyArn
}

/**
 * The key behind the alias; without any alias the one key that carries our tags, which a killed apply left. Keys whose
 * deletion is scheduled were given up by somebody and are no candidates.
 */
export function identify(wanted: WantedState, seen: EstateKey): Identity {
  const found = seen.places.flatMap((place) => (place.kind === "found" ? [place.facts] : []))
  const ids = new Set(found.filter((facts) => isWanted(wanted, facts)).map(idOf))
  const unread = seen.places.filter((place) => place.kind === "unread" && place.wanted)
  if (ids.size > 1) return unclear(aliasElsewhere(wanted, found))
  const [id] = ids
  if (id !== undefined) return { kind: "key", key: knownKey(id, [...found, ...seen.strays]) }
  if (unread[0]?.kind === "unread") {
    const { region, why } = unread[0]
    return unclear(
      problem(wanted, "not-read", {
        region,
        message: `nobody can say whether the key exists: ${region} was not read: ${why}`,
        hint: `dr keys plan again when ${region} answers; a second key would split the data`,
        blocks: true,
      }),
    )
  }
  return amongStrays(wanted, seen)
}

function amongStrays(wanted: WantedState, seen: EstateKey): Identity {
  const living = seen.strays.filter(({ state }) => !state.startsWith("Pending") || state === "PendingImport")
  const ours = living.filter(({ tags }) => tags?.[KEY_TAGS.rotation] === undefined)
  const ids = [...new Set(ours.map(idOf))]
  const [id] = ids
  if (ids.length > 1) return unclear(twoStrays(wanted, ours))
  if (id !== undefined) return { kind: "key", key: knownKey(id, ours) }
  if (living[0] !== undefined)
    return unclear(
      problem(wanted, "rotation-under-way", {
        region: living[0].region,
        message: `${wanted.alias} is nowhere, but a rotation has made ${living[0].arn} for it`,
        hint: `dr keys rotate ${wanted.name} goes on with it; or give the alias back to the key that had it`,
        blocks: true,
      }),
    )
  if (seen.straysUnknown !== undefined)
    return unclear(
      problem(wanted, "strays-unknown", {
        message: `nobody can say whether an earlier apply made the key already: ${seen.straysUnknown}`,
        hint: "let the reading role list keys and their tags (kms:ListKeys, kms:ListResourceTags), then plan again",
        blocks: true,
      }),
    )
  return { kind: "none" }
}

function knownKey(keyId: string, all: readonly KeyFacts[]): KnownKey {
  const own = all.filter((facts) => idOf(facts) === keyId)
  // DescribeKey names the primary first, and the primary itself says that it is one.
  const primary = own.find(({ multiRegionType }) => multiRegionType === "PRIMARY")?.arn ?? own[0]?.related[0]
  return {
    keyId,
    regions: new Map(own.map((facts) => [facts.region, facts])),
    ...(primary === undefined ? {} : { primary }),
  }
}

const idOf = ({ arn }: Pick<KeyFacts, "arn">): string => keyIdOf(arn) ?? arn
export const regionOf = (arn: KeyArn): RegionName => tryParseArn(arn)?.region as RegionName
const isWanted = ({ regions }: WantedState, { region }: KeyFacts): boolean => regions.includes(region)
const unclear = (...problems: readonly PlanProblem[]): Identity => ({ kind: "unclear", problems })
const listed = (keys: readonly KeyFacts[]): string => [...new Set(keys.map(({ arn }) => arn))].join(" and ")

const aliasElsewhere = (wanted: WantedState, found: readonly KeyFacts[]): PlanProblem =>
  problem(wanted, "alias-elsewhere", {
    message: `${wanted.alias} leads to different keys: ${listed(found)}`,
    hint: `decide which key holds the data (dr keys status); then move the alias of the other Region: aws kms update-alias --alias-name ${wanted.alias} --target-key-id KEY --region REGION`,
    blocks: true,
  })

const twoStrays = (wanted: WantedState, strays: readonly KeyFacts[]): PlanProblem =>
  problem(wanted, "two-strays", {
    message: `two keys carry the tags of this key and no alias leads to either: ${listed(strays)}`,
    hint: `decide which one holds data (dr keys status); give it the alias: aws kms create-alias --alias-name ${wanted.alias} --target-key-id KEY; or schedule the other's deletion`,
    blocks: true,
  })
