import type { ListedObject } from "../objects.ts"
import type { Staleness } from "./staleness.ts"

/** How far a recovery copy is behind its source: the RPO side. */
export interface Freshness {
  readonly fresh: number
  readonly absent: number
  readonly stale: number
  /** Of the absent and stale. */
  readonly bytesBehind: number
  /** Only the copy has them: told, and never deleted. */
  readonly onlyInCopy: number
  /** When the oldest and the newest of what is not yet copied were written; epoch milliseconds. Undefined = all is copied. */
  readonly oldestBehindAt: number | undefined
  readonly newestBehindAt: number | undefined
}

/** Data written from then on would be lost with the source: the RPO of this moment. Zero when all is copied. */
export const exposureMs = ({ oldestBehindAt }: Freshness, now: number): number =>
  oldestBehindAt === undefined ? 0 : Math.max(now - oldestBehindAt, 0)

export class FreshnessTally {
  readonly #counts = { fresh: 0, absent: 0, stale: 0, bytesBehind: 0, onlyInCopy: 0 }
  #oldest: number | undefined
  #newest: number | undefined

  add({ kind }: Staleness, { sizeBytes, modifiedAt }: ListedObject): void {
    this.#counts[kind]++
    if (kind === "fresh") return
    this.#counts.bytesBehind += sizeBytes
    this.#oldest = Math.min(this.#oldest ?? modifiedAt, modifiedAt)
    this.#newest = Math.max(this.#newest ?? modifiedAt, modifiedAt)
  }

  addOnlyInCopy(): void {
    this.#counts.onlyInCopy++
  }

  result(): Freshness {
    return { ...this.#counts, oldestBehindAt: this.#oldest, newestBehindAt: this.#newest }
  }
}
