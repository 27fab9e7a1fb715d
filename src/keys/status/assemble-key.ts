import { tryParseArn } from "../../access/arn.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import { isSilence, type DrError } from "../../kernel/errors.ts"
import type { EstateKey, KeyFacts, KeyPlace, UnreadPlace } from "./key-inventory.ts"
import type { RegionAnswer } from "./read-region.ts"
import type { WantedKey } from "./wanted-keys.ts"

/** Reads one key of an account by its ARN. */
export type ReadByArn = (arn: KeyArn) => Promise<RegionAnswer>

/**
 * One key from what its Regions said: where no alias leads to it, a related key in another Region may. `strays` are
 * related keys in a Region whose alias points to another.
 */
export async function assembleKey(
  wanted: WantedKey,
  answers: ReadonlyMap<RegionName, RegionAnswer>,
  readByArn: ReadByArn,
): Promise<EstateKey> {
  const related = relatedOf(answers)
  const places: KeyPlace[] = []
  for (const region of wanted.regions) {
    const answer = answers.get(region) ?? { kind: "none" }
    places.push(await placeIn(region, answer, related.get(region)?.[0], readByArn))
  }
  const strays: KeyFacts[] = []
  for (const [region, arns] of related) {
    const taken = wanted.regions.includes(region)
    for (const arn of arns) {
      if (places.some((place) => arnOf(place) === arn)) continue
      const answer = await readByArn(arn)
      if (answer.kind === "none") continue
      if (answer.kind === "unread" && !taken) places.push(unread(region, false, answer.error, arn))
      if (answer.kind === "found" && taken) strays.push(answer.facts)
      if (answer.kind === "found" && !taken) places.push({ kind: "found", region, wanted: false, facts: answer.facts })
    }
  }
  const { name, side, account, alias } = wanted
  return { name, side, account, alias, places, strays }
}

async function placeIn(
  region: RegionName,
  answer: RegionAnswer,
  relative: KeyArn | undefined,
  readByArn: ReadByArn,
): Promise<KeyPlace> {
  if (answer.kind === "found") return { kind: "found", region, wanted: true, facts: answer.facts }
  const silent = answer.kind === "unread" && isSilence(answer.error)
  if (relative !== undefined && !silent) {
    const byArn = await readByArn(relative)
    if (byArn.kind === "found") return { kind: "found", region, wanted: true, facts: byArn.facts }
    if (byArn.kind === "unread") return unread(region, true, byArn.error, relative)
  }
  if (answer.kind === "unread") return unread(region, true, answer.error, relative)
  return { kind: "absent", region, wanted: true }
}

function unread(region: RegionName, wanted: boolean, error: DrError, arn?: KeyArn): UnreadPlace {
  return {
    kind: "unread",
    region,
    wanted,
    why: error.message,
    unreachable: isSilence(error),
    ...(arn === undefined ? {} : { arn }),
  }
}

export const arnOf = (place: KeyPlace): KeyArn | undefined =>
  place.kind === "found" ? place.facts.arn : place.kind === "unread" ? place.arn : undefined

/** ARNs by Region, of every key that a found one names as its primary or replica. */
function relatedOf(answers: ReadonlyMap<RegionName, RegionAnswer>): Map<RegionName, KeyArn[]> {
  const byRegion = new Map<RegionName, KeyArn[]>()
  for (const answer of answers.values()) {
    if (answer.kind !== "found") continue
    for (const arn of answer.facts.related) {
      const region = tryParseArn(arn)?.region as RegionName
      const known = byRegion.get(region) ?? []
      if (!known.includes(arn)) byRegion.set(region, [...known, arn])
    }
  }
  return byRegion
}
