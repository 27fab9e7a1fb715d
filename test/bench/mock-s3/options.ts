export interface MockOptions {
  readonly keys: number
  readonly shards?: number
  /** Before every answer. */
  readonly delayMs?: number
  /** Copies and updates that pass; the rest gets 503 SlowDown. */
  readonly perSecond?: number
  /** Shares of copies that fail so, 0 to 1. */
  readonly fail500?: number
  readonly fail503?: number
  readonly reset?: number
  /** HTTP 200 with an error or nonsense inside. */
  readonly broken?: number
}

/** What the server saw, whatever a client says that it did. */
export interface Counters {
  connections: number
  lists: number
  heads: number
  copies: number
  updates: number
  /** Copies of keys that lay there already. */
  repeated: number
  throttled: number
  faults: number
  other: number
}

export function noCounters(): Counters {
  return { connections: 0, lists: 0, heads: 0, copies: 0, updates: 0, repeated: 0, throttled: 0, faults: 0, other: 0 }
}
