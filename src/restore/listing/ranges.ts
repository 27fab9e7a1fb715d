import { compareKeys } from "../../kernel/byte-order.ts"
import type { ListedPage } from "../data-plane.ts"
import type { ListedObject } from "../objects.ts"
import { Alphabet } from "./alphabet.ts"

/** A listing goes on behind this. With a version: behind that version of the key, else behind the key. */
export interface ListPosition {
  readonly key: string
  readonly versionId?: string
}

/** A stretch of the key space that one lister reads from front to back: everything behind `position` up to and with `end`. */
export interface KeyRange {
  /** 0, 1, 2 … in the order in which ranges were begun. */
  readonly id: number
  /** Undefined = from the prefix's beginning. */
  readonly position: ListPosition | undefined
  /** Undefined = no upper bound: nothing sorts behind every key that S3 allows. */
  readonly end: string | undefined
  /** Everything in it has been listed. */
  readonly done: boolean
}

interface State {
  id: number
  position: ListPosition | undefined
  end: string | undefined
  done: boolean
  /** First key that was seen; where the density is measured from. */
  first: string | undefined
  seen: number
  /** What its robber was told to expect; holds until the first page. */
  guess: number
}

/** Below this much of a page left there is nothing to win: the page in flight will bring it. */
const WORTH_STEALING_PAGES = 1.5

/**
 * Divides a listing among listers that know nothing of the keys beforehand (performance 4.1). Who has nothing to do takes
 * the back half of the range with the largest estimated rest. Midpoints only decide how well the work is balanced; which
 * key belongs to whom is decided by comparison, so every key is listed once whatever the estimates were. The versions of
 * one key are never divided.
 */
export class KeyRanges {
  readonly #prefix: string
  readonly #pageSize: number
  readonly #alphabet = new Alphabet()
  #open: State[] = []
  #begun = 0

  constructor(prefix: string, pageSize: number) {
    this.#prefix = prefix
    this.#pageSize = pageSize
  }

  /** Every key of the prefix has been listed. */
  get finished(): boolean {
    return this.#begun > 0 && this.#open.length === 0
  }

  /** The whole at first, then half of what another one has left; undefined = nothing worth taking now. */
  take(): KeyRange | undefined {
    if (this.#begun === 0) return this.#begin(undefined, undefined, 0)
    const victim = this.#richest()
    if (victim === undefined) return undefined
    const middle = this.#middle(victim.state, victim.rest)
    if (middle === undefined) return undefined
    const stolen = this.#begin({ key: middle }, victim.state.end, victim.rest / 2)
    victim.state.end = middle
    victim.state.guess = victim.rest / 2
    return stolen
  }

  /** Notes a page that was listed from the range's position; gives what of it belongs to the range. */
  accept(range: KeyRange, page: ListedPage): readonly ListedObject[] {
    const state = range as State
    const mine = upTo(page.objects, state.end)
    this.#note(state, mine)
    state.done = !page.truncated || mine.length < page.objects.length || isAtEnd(state)
    if (state.done) this.#open = this.#open.filter((each) => each !== state)
    return mine
  }

  #begin(position: ListPosition | undefined, end: string | undefined, guess: number): KeyRange {
    const state = { id: this.#begun++, position, end, done: false, first: undefined, seen: 0, guess }
    this.#open.push(state)
    return state
  }

  #note(state: State, objects: readonly ListedObject[]): void {
    const last = objects.at(-1)
    if (last === undefined) return
    state.first ??= objects[0]?.key
    state.seen += objects.length
    state.position = { key: last.key, ...(last.versionId === undefined ? {} : { versionId: last.versionId }) }
    const step = Math.ceil(objects.length / 16)
    for (let at = 0; at < objects.length; at += step) this.#alphabet.learn(objects[at]?.key ?? "", this.#prefix.length)
  }

  #richest(): { state: State; rest: number } | undefined {
    let richest: { state: State; rest: number } | undefined
    for (const state of this.#open) {
      const rest = this.#restOf(state)
      if (rest >= WORTH_STEALING_PAGES * this.#pageSize && rest > (richest?.rest ?? 0)) richest = { state, rest }
    }
    return richest
  }

  /** Keys seen per stretch of key space, times the stretch that is left. */
  #restOf(state: State): number {
    if (state.first === undefined || state.position === undefined) return state.guess
    const shared = this.#sharedLength(state.first, state.end)
    const at = this.#alphabet.place(state.position.key, shared)
    const walked = at - this.#alphabet.place(state.first, shared)
    const left = this.#endOf(state, shared) - at
    return walked > 0 ? Math.min((state.seen / walked) * left, MOST_KEYS) : MOST_KEYS
  }

  /** Half of what is left behind the page that is in flight, as a key; undefined where no text lies between. */
  #middle(state: State, rest: number): string | undefined {
    const low = state.position?.key ?? this.#prefix
    const shared = this.#sharedLength(low, state.end)
    const at = this.#alphabet.place(low, shared)
    const left = this.#endOf(state, shared) - at
    const inFlight = Math.min(this.#pageSize / rest, 0.5)
    const middle = at + left * (inFlight + (1 - inFlight) / 2)
    const key = low.slice(0, shared) + this.#alphabet.textAt(middle, left / 64)
    return compareKeys(low, key) < 0 && (state.end === undefined || compareKeys(key, state.end) < 0) ? key : undefined
  }

  #endOf(state: State, shared: number): number {
    return state.end === undefined ? 1 : this.#alphabet.place(state.end, shared)
  }

  /** Never ends inside a surrogate pair. */
  #sharedLength(low: string, end: string | undefined): number {
    if (end === undefined) return this.#prefix.length
    let length = 0
    while (length < low.length && low.charCodeAt(length) === end.charCodeAt(length)) length++
    return length > 0 && isHighSurrogate(low.charCodeAt(length - 1)) ? length - 1 : length
  }
}

const MOST_KEYS = 1e15

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** Of versions the end's key may have more to come. */
const isAtEnd = ({ position, end }: State): boolean =>
  position !== undefined && position.key === end && position.versionId === undefined

export function upTo(objects: readonly ListedObject[], end: string | undefined): readonly ListedObject[] {
  const last = objects.at(-1)
  if (end === undefined || last === undefined || compareKeys(last.key, end) <= 0) return objects
  let low = 0
  let high = objects.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareKeys(objects[middle]?.key ?? "", end) <= 0) low = middle + 1
    else high = middle
  }
  return objects.slice(0, low)
}
