import { DrError } from "../../kernel/errors.ts"
import { MINUTE, type Millis } from "../../kernel/units.ts"
import { listUntilAnswered, type ListPage } from "../listing/list-page.ts"
import { upTo, type ListPosition } from "../listing/ranges.ts"
import type { ListedPage } from "../data-plane.ts"
import { destinationKey, type Aim, type ListedObject } from "../objects.ts"
import { VersionGroups } from "../plan/versions.ts"
import type { RestoreDeps } from "../ports.ts"
import type { Keyed } from "./cursor.ts"
import type { Stretch } from "./stretches.ts"

/** What a listing has under one key, newest first. */
export interface ListedKey extends Keyed {
  readonly objects: readonly ListedObject[]
}

export interface SideListing {
  readonly list: ListPage
  readonly of: "objects" | "versions"
  /** From the keys that are compared to those that are listed, and back. The order must stay the same. */
  readonly keys: KeyMap
  /** How long one page may be asked for. */
  readonly deadlineMs?: Millis
  readonly onListed?: (objects: number) => void
}

interface KeyMap {
  readonly toListed: (key: string) => string
  readonly fromListed: (key: string) => string
}

export const SAME_KEYS: KeyMap = { toListed: (key) => key, fromListed: (key) => key }

/** Keys are compared as they are called at the source. */
export const keysOf = (aim: Pick<Aim, "source" | "destination">): KeyMap => ({
  toListed: (key) => destinationKey(aim, key),
  fromListed: (key) => aim.source.prefix + key.slice(aim.destination.prefix.length),
})

type ListDeps = Pick<RestoreDeps, "clock" | "random" | "signal">

const DEADLINE: Millis = 10 * MINUTE

/** One side of a stretch as it is now. @throws DrError E_LISTING, E_LISTING_STALLED, E_LISTING_INVALID */
export async function* listedKeys(
  deps: ListDeps,
  side: SideListing,
  stretch: Pick<Stretch, "after" | "upTo">,
): AsyncGenerator<readonly ListedKey[], void, void> {
  const versions = new VersionGroups()
  const keyed = (objects: readonly ListedObject[]): ListedKey => ({
    key: side.keys.fromListed(objects[0]?.key ?? ""),
    objects,
  })
  for await (const objects of listedPages(deps, side, stretch)) {
    if (side.of === "objects") {
      yield objects.map((object) => keyed([object]))
      continue
    }
    const ended: ListedKey[] = []
    for (const object of objects) {
      const group = versions.push(object)
      if (group !== undefined) ended.push(keyed(group))
    }
    yield ended
  }
  const last = versions.end()
  if (last !== undefined) yield [keyed(last)]
}

/** The next page is asked for before this one is looked at. */
async function* listedPages(
  deps: ListDeps,
  { list, keys, deadlineMs = DEADLINE, onListed }: SideListing,
  stretch: Pick<Stretch, "after" | "upTo">,
): AsyncGenerator<readonly ListedObject[], void, void> {
  const ask = (after: ListPosition | undefined): Promise<ListedPage> => {
    const page = listUntilAnswered(deps, list, after, deadlineMs, () => undefined)
    // Whoever stops reading does not want its error either.
    page.catch(() => undefined)
    return page
  }
  const end = stretch.upTo === undefined ? undefined : keys.toListed(stretch.upTo)
  let asked = ask(stretch.after === undefined ? undefined : { key: keys.toListed(stretch.after) })
  for (;;) {
    const { objects, truncated } = await asked
    const mine = upTo(objects, end)
    const next = truncated && mine.length === objects.length ? positionBehind(objects, end) : undefined
    if (next !== undefined) asked = ask(next)
    onListed?.(mine.length)
    if (mine.length > 0) yield mine
    if (next === undefined) return
  }
}

/** Undefined = all of the stretch was listed. Of versions the last key may have more to come. */
function positionBehind(objects: readonly ListedObject[], end: string | undefined): ListPosition | undefined {
  const last = objects.at(-1)
  if (last === undefined)
    throw new DrError({
      code: "E_LISTING_INVALID",
      message: "an empty page of a listing says that more comes behind it",
    })
  const { key, versionId } = last
  if (versionId !== undefined) return { key, versionId }
  return key === end ? undefined : { key }
}
