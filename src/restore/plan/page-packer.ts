import type { ListedObject, ManifestPage } from "../objects.ts"
import type { KeyGroup } from "./versions.ts"

/** Objects of a page, as listings have them too. */
const PAGE_OBJECTS = 1_000
/** Ranges that may have a page begun: more than listers there are, so only those that are at rest are cut short. */
const OPEN_RANGES = 128

/**
 * Makes pages of what is left of a listing. What one range brings stays in byte order, and all versions of a key lie in one
 * page, however many they are.
 */
export class PagePacker {
  readonly #open = new Map<number, ListedObject[]>()
  #pages = 0

  /** The page that this group does not fit into any more, if any. */
  add(range: number, group: KeyGroup): ManifestPage | undefined {
    const open = this.#open.get(range) ?? []
    const full = open.length > 0 && open.length + group.length > PAGE_OBJECTS
    const next = full ? [...group] : open
    if (!full) next.push(...group)
    // Behind all others: the first is the one that was not touched for longest.
    this.#open.delete(range)
    this.#open.set(range, next)
    return full ? this.#page(range, open) : this.#evicted()
  }

  /** What is begun. */
  *rest(): Iterable<ManifestPage> {
    for (const [range, objects] of this.#open) if (objects.length > 0) yield this.#page(range, objects)
    this.#open.clear()
  }

  /** A whole page as it was listed. */
  pass(range: number, objects: readonly ListedObject[]): ManifestPage {
    return this.#page(range, objects)
  }

  #evicted(): ManifestPage | undefined {
    if (this.#open.size <= OPEN_RANGES) return undefined
    const [first] = this.#open
    if (first === undefined) return undefined
    this.#open.delete(first[0])
    return first[1].length === 0 ? undefined : this.#page(first[0], first[1])
  }

  #page(range: number, objects: readonly ListedObject[]): ManifestPage {
    return { page: this.#pages++, range, objects }
  }
}
