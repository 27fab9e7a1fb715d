import type { Attempt, Item } from "../../../src/restore/ports.ts"
import type { Dice } from "./dice.ts"
import type { VirtualClock } from "./virtual-clock.ts"

/** What goes wrong, as shares of all calls. */
export interface Weather {
  readonly error500: number
  readonly error503: number
  readonly reset: number
  /** The copy is made, its answer is lost. */
  readonly cutAfterCommit: number
  readonly conflict: number
}

export const CALM: Weather = { error500: 0, error503: 0, reset: 0, cutAfterCommit: 0, conflict: 0 }

export interface Outage {
  /** A partition's name; `*` = every one. */
  readonly partition: string
  readonly from: number
  readonly to: number
  readonly as: "reset" | "error503" | "denied" | "silence"
}

/** What is wrong with one object for good. */
export type Flaw = "gone" | "refused" | "denied"

export interface S3Init {
  readonly clock: VirtualClock
  readonly dice: Dice
  readonly latencyMs: () => number
  readonly partitionOf: (key: string) => string
  /** Writes per second of each partition and what may gather unused; Infinity = no limit. */
  readonly perSecond: number
  readonly burst: number
  readonly kmsPerSecond: number
  readonly weather: Weather
  readonly outages: readonly Outage[]
  readonly flaws: ReadonlyMap<string, Flaw>
}

const AGAIN = { kind: "again", message: "503 SlowDown" } as const
/** The deadline of one call. */
const SILENCE_MS = 60_000

/** A bucket behind limits and bad weather, and the route that would talk to it. Its own ledger tells what is really there. */
export class SimulatedS3 {
  /** Times each destination key was written. */
  readonly written = new Map<string, number>()
  requests = 0
  throttled = 0
  inFlight = 0
  mostInFlight = 0
  readonly #init: S3Init
  readonly #startedAt: number
  readonly #buckets = new Map<string, Allowance>()
  readonly #kms: Allowance

  constructor(init: S3Init) {
    this.#init = init
    this.#startedAt = init.clock.mono()
    this.#kms = new Allowance(init.kmsPerSecond, Math.max(1, init.kmsPerSecond / 10))
  }

  readonly attempt = async (item: Item): Promise<Attempt> => {
    this.inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    const attempt = item.doubtful ? ((await this.#readBack(item)) ?? (await this.#copy(item))) : await this.#copy(item)
    this.inFlight -= 1
    return attempt
  }

  /** HEAD: it is there, it is not, or nobody knows. */
  async #readBack(item: Item): Promise<Attempt | undefined> {
    const trouble = await this.#call(item.object.key, false)
    if (trouble !== undefined) return trouble
    if (this.written.has(item.object.key)) return done(true)
    item.doubtful = false
    return undefined
  }

  async #copy(item: Item): Promise<Attempt> {
    const { dice, weather, flaws } = this.#init
    const { key } = item.object
    const trouble = await this.#call(key, true)
    if (trouble !== undefined) {
      if (trouble.kind === "again" && trouble.cause === "transient") item.doubtful = true
      return trouble
    }
    const flaw = flaws.get(key)
    if (flaw === "gone") return { kind: "skipped", why: "SOURCE_GONE", message: "404" }
    if (flaw === "refused") return { kind: "failed", why: "InvalidRequest", message: "400" }
    if (flaw === "denied") return { kind: "fatal", why: "access-denied", message: "403" }
    if (dice.chance(weather.conflict)) return { ...AGAIN, cause: "conflict", message: "409" }
    if (this.written.has(key)) {
      item.doubtful = true // 412: ours or another's, to be read back
      return { ...AGAIN, cause: "conflict", message: "412" }
    }
    this.written.set(key, (this.written.get(key) ?? 0) + 1)
    if (!dice.chance(weather.cutAfterCommit)) return done(false)
    item.doubtful = true
    return { ...AGAIN, cause: "transient", message: "cut" }
  }

  /** One round trip; what the network, the weather and the limits make of it. */
  async #call(key: string, write: boolean): Promise<Attempt | undefined> {
    const { clock, dice, weather, partitionOf } = this.#init
    this.requests += 1
    const partition = partitionOf(key)
    const outage = this.#outage(partition)
    await this.#pass(outage?.as === "silence" ? SILENCE_MS : this.#init.latencyMs())
    if (outage?.as === "reset" || outage?.as === "silence" || dice.chance(weather.reset))
      return { ...AGAIN, cause: "transient", message: "ECONNRESET" }
    if (outage?.as === "denied") return { kind: "fatal", why: "key-state", message: "the key is disabled" }
    if (outage?.as === "error503" || dice.chance(weather.error503)) return this.#throttle("throttled")
    if (dice.chance(weather.error500)) return { ...AGAIN, cause: "transient", message: "500" }
    if (!write) return undefined
    if (!this.#bucket(partition).take(clock.mono())) return this.#throttle("throttled")
    return this.#kms.take(clock.mono()) ? undefined : this.#throttle("kms-throttled")
  }

  #throttle(cause: "throttled" | "kms-throttled"): Attempt {
    this.throttled += 1
    return { ...AGAIN, cause }
  }

  #outage(partition: string): Outage | undefined {
    const now = this.#init.clock.mono() - this.#startedAt // outages are told from the start of the run
    return this.#init.outages.find(
      (one) => now >= one.from && now < one.to && (one.partition === "*" || one.partition === partition),
    )
  }

  #bucket(partition: string): Allowance {
    const known = this.#buckets.get(partition) ?? new Allowance(this.#init.perSecond, this.#init.burst)
    this.#buckets.set(partition, known)
    return known
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.#init.clock.after(ms, resolve))
  }
}

function done(adopted: boolean): Attempt {
  return { kind: "done", proof: { by: adopted ? "head" : "answer", etag: '"e"', ...(adopted && { adopted }) } }
}

/** The service's own limit, written apart from the engine's token bucket on purpose. */
class Allowance {
  readonly #perMs: number
  readonly #burst: number
  #level: number
  #at = 0

  constructor(perSecond: number, burst: number) {
    this.#perMs = perSecond / 1_000
    this.#burst = burst
    this.#level = burst
  }

  take(now: number): boolean {
    if (this.#perMs === Infinity) return true
    this.#level = Math.min(this.#burst, this.#level + (now - this.#at) * this.#perMs)
    this.#at = now
    if (this.#level < 1) return false
    this.#level -= 1
    return true
  }
}
