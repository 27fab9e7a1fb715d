import { setMaxListeners } from "node:events"
import { compareKeys } from "../../kernel/byte-order.ts"
import type { Millis } from "../../kernel/units.ts"
import type { DataPlane } from "../data-plane.ts"
import { pagesOf } from "../listing/list-page.ts"
import type { Aim, ListedObject, ManifestPage } from "../objects.ts"
import { PagePacker } from "../plan/page-packer.ts"
import type { ListedPages } from "../plan/plan-ports.ts"
import type { RestoreDeps } from "../ports.ts"
import { keysOf, listedKeys, SAME_KEYS, type ListedKey } from "../reconcile/listed-keys.ts"
import { mergeJoin, type Pair } from "../reconcile/merge-join.ts"
import { FreshnessTally, type Freshness } from "./freshness.ts"
import { stalenessOf } from "./staleness.ts"

export interface SyncListing {
  /** The recovery copy is the destination. */
  readonly aim: Pick<Aim, "source" | "destination">
  readonly source: DataPlane
  readonly copy: DataPlane
  /**
   * Keys of the source that divide it into ranges, in any order: the ends of the ranges of an earlier manifest, say. None =
   * one range. They decide how well the work is balanced, nothing else.
   */
  readonly cuts?: readonly string[]
  /** Ranges at once. */
  readonly atOnce?: number
  readonly deadlineMs?: Millis
}

/** What must be copied, as a listing that a plan can be made of, and how fresh the copy is. */
export interface Delta extends ListedPages {
  /** Complete when `next` has said that there are no more pages. */
  freshness(): Freshness
  /** Asks for no more pages. */
  stop(): void
}

type ListDeps = Pick<RestoreDeps, "clock" | "random" | "signal">
type Pairs = ReadonlyArray<Pair<ListedKey, ListedKey>>
interface Range {
  readonly id: number
  readonly pairs: AsyncGenerator<Pairs, void, void>
}
interface Arrived {
  readonly range: Range
  readonly pairs: Pairs | undefined
}

const AT_ONCE = 8

/**
 * Joins the listings of a source and of its recovery copy. Objects that the copy has in an older state name the ETag that
 * may be replaced. Rests while nobody takes its pages; in memory are some pages per range at work.
 *
 * @throws DrError from `next`: E_LISTING, E_LISTING_STALLED (75), E_LISTING_INVALID, E_JOIN_ORDER
 */
export function deltaOf(deps: ListDeps, listing: SyncListing): Delta {
  return new RunningDelta(deps, listing)
}

class RunningDelta implements Delta {
  readonly #deps: ListDeps
  readonly #listing: SyncListing
  readonly #stop = new AbortController()
  readonly #waiting: Iterator<Range>
  readonly #atWork = new Map<Range, Promise<Arrived>>()
  readonly #packer = new PagePacker()
  readonly #tally = new FreshnessTally()
  readonly #ready: ManifestPage[] = []
  #ended = false

  constructor(deps: ListDeps, listing: SyncListing) {
    const signal = AbortSignal.any([deps.signal, this.#stop.signal])
    setMaxListeners(0, signal)
    this.#deps = { ...deps, signal }
    this.#listing = listing
    this.#waiting = this.#ranges()
  }

  async next(): Promise<ManifestPage | undefined> {
    while (this.#ready.length === 0 && !this.#ended) {
      this.#beginRanges()
      if (this.#atWork.size === 0) this.#end()
      else this.#take(await this.#arrival())
    }
    return this.#ready.shift()
  }

  freshness(): Freshness {
    return this.#tally.result()
  }

  stop(): void {
    this.#ended = true
    this.#stop.abort()
  }

  *#ranges(): Generator<Range, void, void> {
    const { aim, source, copy, cuts = [], deadlineMs } = this.#listing
    const deadline = deadlineMs === undefined ? {} : { deadlineMs }
    const sides = {
      left: { list: pagesOf(source, aim.source, "objects"), of: "objects", keys: SAME_KEYS, ...deadline },
      right: { list: pagesOf(copy, aim.destination, "objects"), of: "objects", keys: keysOf(aim), ...deadline },
    } as const
    const names = { left: "the listing of the source", right: "the listing of the recovery copy" }
    const ends = [...[...new Set(cuts)].toSorted(compareKeys), undefined]
    for (const [id, upTo] of ends.entries()) {
      const stretch = { after: ends[id - 1], upTo }
      const [left, right] = [listedKeys(this.#deps, sides.left, stretch), listedKeys(this.#deps, sides.right, stretch)]
      yield { id, pairs: mergeJoin(left, right, names) }
    }
  }

  #beginRanges(): void {
    while (this.#atWork.size < (this.#listing.atOnce ?? AT_ONCE)) {
      const { done, value: range } = this.#waiting.next()
      if (done === true || range === undefined) return
      this.#ask(range)
    }
  }

  #ask(range: Range): void {
    const arrived = range.pairs.next().then(({ value }): Arrived => ({ range, pairs: value ?? undefined }))
    // It is told by the race; those that lose it are not waited for.
    arrived.catch(() => undefined)
    this.#atWork.delete(range)
    this.#atWork.set(range, arrived)
  }

  async #arrival(): Promise<Arrived> {
    try {
      return await Promise.race(this.#atWork.values())
    } catch (error) {
      this.stop()
      throw error
    }
  }

  #take({ range, pairs }: Arrived): void {
    if (pairs === undefined) return void this.#atWork.delete(range)
    this.#ask(range)
    for (const { left, right } of pairs) {
      const [source, copy] = [left?.objects[0], right?.objects[0]]
      if (source === undefined) this.#tally.addOnlyInCopy()
      else this.#compare(range, source, copy)
    }
  }

  #compare(range: Range, source: ListedObject, copy: ListedObject | undefined): void {
    const staleness = stalenessOf(source, copy)
    this.#tally.add(staleness, source)
    if (staleness.kind === "fresh") return
    const object = staleness.kind === "stale" ? { ...source, replaces: staleness.replaces } : source
    const page = this.#packer.add(range.id, [object])
    if (page !== undefined) this.#ready.push(page)
  }

  #end(): void {
    this.#ended = true
    this.#ready.push(...this.#packer.rest())
  }
}
