import type { EstateKey, FoundPlace, KeyFacts, KeyInventory, KeyPlace, LastKnown } from "./key-inventory.ts"

/**
 * Adds what an older reading knew of the places that could not be read now, or not wholly. It stands beside what is true
 * now, with its age, and is never older than what `now` brings already. What AWS says is absent is forgotten.
 */
export function remember(now: KeyInventory, older: KeyInventory | undefined): KeyInventory {
  if (older === undefined) return now
  const known = new Map(older.keys.map((key) => [idOf(key), key]))
  return {
    ...now,
    keys: now.keys.map((key) => {
      const then = known.get(idOf(key))
      return then === undefined
        ? key
        : { ...key, places: key.places.map((place) => filled(place, then, older.takenAt)) }
    }),
  }
}

/** Another account or alias is another key. */
const idOf = ({ side, name, account, alias }: EstateKey): string => JSON.stringify([side, name, account, alias])

function filled(place: KeyPlace, then: EstateKey, takenAt: string): KeyPlace {
  if (place.kind === "absent" || (place.kind === "found" && place.facts.gaps.length === 0)) return place
  const last = lastOf(
    then.places.find(({ region }) => region === place.region),
    takenAt,
  )
  if (last === undefined || isOther(place, last.facts)) return place
  return place.last !== undefined && place.last.takenAt >= last.takenAt ? place : { ...place, last }
}

/** The last time that everything was read there; a reading with gaps only where there was none without. */
function lastOf(place: KeyPlace | undefined, takenAt: string): LastKnown | undefined {
  if (place === undefined || place.kind === "absent") return undefined
  if (place.kind === "unread") return place.last
  return place.facts.gaps.length === 0
    ? { facts: place.facts, takenAt }
    : (place.last ?? { facts: place.facts, takenAt })
}

/** The alias leads to another key since. */
const isOther = (place: FoundPlace | Extract<KeyPlace, { kind: "unread" }>, last: KeyFacts): boolean =>
  place.kind === "found" && place.facts.arn !== last.arn
