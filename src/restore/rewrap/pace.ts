import type { RestoreDeps } from "../ports.ts"
import { Pacer, type PacerLimits } from "../engine/pacer.ts"
import type { RewrapPace } from "./ports.ts"

interface Waiter {
  readonly go: (ticket: number) => void
  readonly give: (reason: unknown) => void
}

/** Turns at KMS's pace, first come, first served. Nobody waits any longer once the signal has aborted. */
export class PacedTurns implements RewrapPace {
  readonly #deps: Pick<RestoreDeps, "clock" | "emit" | "signal">
  readonly #pacer: Pacer
  readonly #waiting: Waiter[] = []
  #asleep = false

  constructor(deps: Pick<RestoreDeps, "clock" | "emit" | "signal">, limits: PacerLimits) {
    this.#deps = deps
    this.#pacer = new Pacer("kms", deps.clock.mono(), limits)
    deps.signal.addEventListener("abort", () => this.#release(deps.signal.reason), { once: true })
  }

  async turn(): Promise<number> {
    const { clock, signal } = this.#deps
    signal.throwIfAborted()
    if (this.#waiting.length === 0 && this.#pacer.waitMs(clock.mono()) === 0) return this.#pacer.start(clock.mono())
    return new Promise((go, give) => {
      this.#waiting.push({ go, give })
      this.#pump()
    })
  }

  ended(ticket: number, answer: "ok" | "throttled" | "neutral"): void {
    const change = this.#pacer.answered(this.#deps.clock.mono(), ticket, answer)
    if (change !== undefined) this.#deps.emit("restore.pace", { limit: "kms", name: "kms", ...change })
    this.#pump()
  }

  #pump(): void {
    for (let first = this.#waiting[0]; first !== undefined && !this.#asleep; first = this.#waiting[0]) {
      const waitMs = this.#pacer.waitMs(this.#deps.clock.mono())
      if (waitMs === Infinity) return // the next answer opens the window
      if (waitMs > 0) return this.#sleep(waitMs)
      this.#waiting.shift()
      first.go(this.#pacer.start(this.#deps.clock.mono()))
    }
  }

  #sleep(ms: number): void {
    this.#asleep = true
    const wake = (): void => {
      this.#asleep = false
      this.#pump()
    }
    this.#deps.clock.sleep(ms, this.#deps.signal).then(wake, (reason: unknown) => this.#release(reason))
  }

  #release(reason: unknown): void {
    for (const { give } of this.#waiting.splice(0)) give(reason)
  }
}
