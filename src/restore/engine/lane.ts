import type { ListedObject } from "../objects.ts"
import { Fifo } from "./fifo.ts"
import type { Pacer } from "./pacer.ts"
import type { Waiting } from "./waiting.ts"

/** Objects of one page and one partition, side by side; no object of the queue has anything of its own. */
interface Stretch {
  readonly page: number
  readonly objects: readonly ListedObject[]
  next: number
  /** Exclusive. */
  readonly end: number
}

/** What waits for one partition. */
export interface Lane {
  readonly pacer: Pacer
  /** Backed off long enough; before anything new. */
  readonly due: Fifo<Waiting>
  readonly fresh: Fifo<Stretch>
}

export function lane(pacer: Pacer): Lane {
  return { pacer, due: new Fifo(), fresh: new Fifo() }
}
