import type { DrEvent } from "../kernel/events.ts"
import type { RestoreRecord } from "./record.ts"
import { wellFormed } from "./well-formed.ts"

/** Objects that did not come over are named in the record, but not by the million: the object journal has them all. */
const NAMED = 100

/** Folds the events of the parts of a restore. A part whose end is missing has no sums, and so proves nothing. */
export class RestoreFolder {
  readonly #parts = new Map<string, RestoreRecord>()

  push(raw: DrEvent): void {
    const event = { ...raw, data: wellFormed(raw.data) } as DrEvent
    switch (event.type) {
      case "restore.part":
        // Begun again by a resume in the same stream: its sums are those of the last time.
        this.#parts.set(event.data.part, { ...event.data, troubles: [], verified: 0 })
        return
      case "restore.object": {
        const { part, result, ...about } = event.data
        this.#change(part, (record) =>
          result === "verified"
            ? { ...record, verified: record.verified + 1 }
            : record.troubles.length >= NAMED
              ? record
              : { ...record, troubles: [...record.troubles, { result, ...about }] },
        )
        return
      }
      case "restore.reconciled": {
        const { part, ...reconciled } = event.data
        this.#change(part, (record) => ({ ...record, reconciled }))
        return
      }
      case "restore.finished": {
        const { part, ...sums } = event.data
        this.#change(part, (record) => ({ ...record, sums }))
        return
      }
      default:
    }
  }

  record(): RestoreRecord[] {
    return [...this.#parts.values()]
  }

  #change(part: string, change: (record: RestoreRecord) => RestoreRecord): void {
    const record = this.#parts.get(part)
    if (record !== undefined) this.#parts.set(part, change(record))
  }
}
