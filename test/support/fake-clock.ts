import type { Clock } from "../../src/kernel/clock.ts"

export interface FakeClock extends Clock {
  /** Moves both clocks and wakes the sleepers whose time has come, in order. */
  advance(ms: number): void
  /** Sets the wall clock only, as an administrator or NTP would. */
  setWall(epochMillis: number): void
}

export const START = Date.parse("2026-11-16T02:00:00.000Z")

export function fakeClock(start = START): FakeClock {
  let wall = start
  let mono = 0
  let sleepers: { at: number; wake: () => void }[] = []
  return {
    now: () => wall,
    mono: () => mono,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const stop = (): void => reject(signal?.reason as Error)
        signal?.addEventListener("abort", stop, { once: true })
        const wake = (): void => {
          signal?.removeEventListener("abort", stop)
          resolve()
        }
        sleepers.push({ at: mono + ms, wake })
      }),
    advance(ms) {
      wall += ms
      mono += ms
      const due = sleepers.filter(({ at }) => at <= mono).sort((a, b) => a.at - b.at)
      sleepers = sleepers.filter(({ at }) => at > mono)
      for (const { wake } of due) wake()
    },
    setWall: (epochMillis) => void (wall = epochMillis),
  }
}
