import type { DrEvent, DrEventOf, DrEventType, EventStream } from "../../src/kernel/events.ts"

export interface Collected {
  readonly all: readonly DrEvent[]
  ofType<T extends DrEventType>(type: T): DrEventOf<T>[]
}

/** Everything that the stream tells from now on. */
export function collectEvents(stream: EventStream): Collected {
  const all: DrEvent[] = []
  stream.subscribe((event) => void all.push(event))
  return {
    all,
    ofType: <T extends DrEventType>(type: T) => all.filter((event) => event.type === type) as unknown as DrEventOf<T>[],
  }
}
