import { SECOND, type Millis } from "../../kernel/units.ts"
import type { Again, Attempt, Fatal, Item, Settled } from "../ports.ts"
import { assertClosed, Books, type PageSummary, type Sums } from "./accounting.ts"
import { Alarm } from "./alarm.ts"
import { Backlog, type Next } from "./backlog.ts"
import { Breaker } from "./breaker.ts"
import { FatalStreak } from "./fatal-streak.ts"
import { hearing } from "./hearing.ts"
import type { PaceChange, Pacer } from "./pacer.ts"
import { Pacers } from "./pacers.ts"
import type { Ended, Scheduler, SchedulerInit, SchedulerResult } from "./scheduler-init.ts"
import { Slot, type Flight } from "./slot.ts"

const DEFAULT_MAX_IN_FLIGHT = 1_024
/** How long requests in flight are waited for once nothing new may start. */
const DRAIN_MS: Millis = 10 * SECOND
/** A fatal answer stops the run within five seconds. */
const FATAL_DRAIN_MS: Millis = 4 * SECOND

/** Takes every object of the source to its end; resolves when all are settled, or when the run had to stop. */
export function runScheduler(init: SchedulerInit): Promise<SchedulerResult> {
  return startScheduler(init).result
}

export function startScheduler(init: SchedulerInit): Scheduler {
  const run = new Run(init)
  return { result: run.start(), sums: () => run.sums() }
}

/**
 * Answers, pages and the alarm call in; each ends in `#pump`, which starts what may start. Nothing is decided elsewhere: how
 * fast by the pacers, what next by the backlog, whether at all by the breaker, the journal and the phase.
 */
class Run {
  readonly #init: SchedulerInit
  readonly #maxInFlight: number
  readonly #books = new Books()
  readonly #backlog: Backlog
  readonly #pacers: Pacers
  readonly #breaker = new Breaker()
  readonly #streak = new FatalStreak()
  readonly #alarm: Alarm
  readonly #deadlineAt: Millis
  readonly #slots: Slot[] = []
  readonly #free: Slot[] = []
  #inFlight = 0
  #phase: "running" | "draining" | "over" = "running"
  #ended: Ended = { kind: "finished" }
  #drainUntil: Millis = Infinity
  #pumping = false
  #pulling = false
  #exhausted = false
  #notAdmitted = false
  #resolve!: (result: SchedulerResult) => void
  #reject!: (error: unknown) => void

  constructor(init: SchedulerInit) {
    const { clock, random } = init.deps
    this.#init = init
    this.#maxInFlight = init.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT
    this.#pacers = init.pacers ?? new Pacers(clock.mono(), { maxInFlight: this.#maxInFlight })
    this.#alarm = new Alarm(clock, () => this.#pump())
    this.#deadlineAt = clock.mono() + init.deadlineMs
    this.#backlog = new Backlog({
      pacerOf: (key) => this.#pacers.partition(clock.mono(), init.partitionOf(key)),
      random,
      inOrder: init.inOrder ?? false,
    })
  }

  start(): Promise<SchedulerResult> {
    const { signal } = this.#init.deps
    const result = new Promise<SchedulerResult>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    signal.addEventListener("abort", this.#onAbort)
    if (signal.aborted) this.#onAbort()
    this.#pump()
    return result
  }

  sums(): Sums {
    const { queued, backingOff } = this.#backlog
    return this.#books.sums({ queued, inFlight: this.#inFlight, backingOff })
  }

  readonly #onAbort = (): void => this.#stop({ kind: "aborted" }, DRAIN_MS)

  get #now(): Millis {
    return this.#init.deps.clock.mono()
  }

  #pump(): void {
    if (this.#pumping || this.#phase === "over") return
    this.#pumping = true
    let wakeAt: Millis = 0
    while (wakeAt === 0) wakeAt = this.#startNext()
    this.#pumping = false
    if (this.#mayPull()) void this.#pull()
    if (this.#isOver()) return this.#conclude()
    this.#alarm.set(this.#now, Math.min(wakeAt, this.#phase === "running" ? this.#deadlineAt : this.#drainUntil))
  }

  /** 0 when one was started; else the moment at which another may be (Infinity = something else must happen first). */
  #startNext(): Millis {
    const now = this.#now
    if (this.#phase === "running" && now >= this.#deadlineAt) this.#stop({ kind: "deadline" }, DRAIN_MS)
    if (this.#phase !== "running" || this.#inFlight >= this.#maxInFlight || this.#notAdmitted) return Infinity
    const waitMs = Math.max(this.#breaker.waitMs(now), this.#pacers.kms.waitMs(now))
    if (waitMs > 0) return now + waitMs
    if (!this.#isAdmitted()) return Infinity
    const next = this.#backlog.take(now)
    if (typeof next === "number") return next
    this.#launch(now, next)
    return 0
  }

  #isAdmitted(): boolean {
    const admitted = this.#init.admit?.() ?? true
    if (admitted === true) return true
    this.#notAdmitted = true
    void this.#awaitAdmission(admitted)
    return false
  }

  async #awaitAdmission(admitted: Promise<void>): Promise<void> {
    try {
      await admitted
      this.#notAdmitted = false
      this.#pump()
    } catch (error) {
      this.#halt(error)
    }
  }

  #launch(now: Millis, { item, lane, waiting }: Next): void {
    const slot = this.#free.pop() ?? this.#newSlot()
    const probe = this.#breaker.started()
    slot.take({
      item,
      lane,
      waiting,
      laneTicket: lane.pacer.start(now),
      kmsTicket: this.#pacers.kms.start(now),
      probe,
      readBack: item.doubtful,
    })
    this.#inFlight += 1
    item.attempts += 1
    this.#books.attempted()
    try {
      this.#init.attempt(item).then(slot.heard, slot.broke)
    } catch (error) {
      slot.broke(error)
    }
  }

  #newSlot(): Slot {
    const slot = new Slot(
      (of, attempt) => this.#heard(of, attempt),
      (of, error) => this.#broke(of, error),
    )
    this.#slots.push(slot)
    return slot
  }

  /** Undefined after the end: an answer that came too late is for the resumed run to find out. */
  #land(slot: Slot): Flight | undefined {
    const flight = this.#phase === "over" ? undefined : slot.empty()
    if (flight === undefined) return undefined
    this.#free.push(slot)
    this.#inFlight -= 1
    return flight
  }

  #heard(slot: Slot, attempt: Attempt): void {
    const flight = this.#land(slot)
    if (flight === undefined) return
    const now = this.#now
    this.#learn(now, flight, attempt)
    if (attempt.kind === "again") this.#again(now, flight, attempt)
    else if (attempt.kind === "fatal") this.#fatal(now, flight, attempt)
    else this.#settle(now, flight, attempt)
    this.#pump()
  }

  #broke(slot: Slot, error: unknown): void {
    const flight = this.#land(slot)
    if (flight === undefined) return
    this.#learn(this.#now, flight, undefined)
    this.#backlog.putBack(this.#now, flight, "the attempt threw", false)
    this.#halt(error)
  }

  /** Tells the pacers and the breaker. */
  #learn(now: Millis, { lane, laneTicket, kmsTicket, probe, readBack }: Flight, attempt: Attempt | undefined): void {
    const { partition, kms, transient } = hearing(attempt)
    this.#tellPace("partition", lane.pacer, lane.pacer.answered(now, laneTicket, partition))
    this.#tellPace("kms", this.#pacers.kms, this.#pacers.kms.answered(now, kmsTicket, kms))
    // Two calls, a HEAD and a write, and one of them failed.
    const failure = readBack ? 0.5 : 1
    const turn = this.#breaker.heard(now, transient ? failure : 0, probe)
    if (turn === undefined) return
    const message = attempt?.kind === "again" ? attempt.message : ""
    const why = turn === "opened" ? `most calls fail, pausing for 30 s: ${message}` : "calls go through again"
    this.#init.deps.emit("restore.pace", { limit: "breaker", name: lane.pacer.name, why })
  }

  #tellPace(limit: "partition" | "kms", { name }: Pacer, change: PaceChange | undefined): void {
    if (change === undefined) return
    this.#init.deps.emit("restore.pace", { limit, name, perSecond: Math.round(change.perSecond), why: change.why })
  }

  #again(now: Millis, flight: Flight, { cause, message }: Again): void {
    const throttled = cause === "throttled" || cause === "kms-throttled"
    if (throttled) this.#books.throttled()
    this.#backlog.putBack(now, flight, message, cause !== "conflict")
  }

  #fatal(now: Millis, flight: Flight, { why, message }: Fatal): void {
    const before = flight.waiting?.denials
    const judgement = this.#streak.judge(why, flight.item, before)
    if (judgement === "itself") {
      this.#settle(now, flight, { kind: "failed", why, message })
      return
    }
    this.#backlog.putBack(now, flight, message, false).denials = this.#streak.denied(before)
    if (judgement === "stop") this.#stop({ kind: "fatal", why, message }, FATAL_DRAIN_MS)
  }

  /** False when it could not be recorded: then it is not settled. */
  #settle(now: Millis, next: Next, settled: Settled): boolean {
    try {
      this.#init.onSettled(next.item, settled)
    } catch (error) {
      this.#backlog.putBack(now, next, "its record could not be written", false)
      this.#halt(error)
      return false
    }
    if (settled.kind === "done") this.#streak.broken()
    this.#backlog.settled(next.item)
    this.#turnPage(this.#books.settle(next.item, settled))
    return true
  }

  #turnPage(summary: PageSummary | undefined): void {
    if (summary === undefined) return
    try {
      this.#init.onPage(summary)
    } catch (error) {
      this.#halt(error)
    }
  }

  #mayPull(): boolean {
    return this.#phase === "running" && !this.#pulling && !this.#exhausted && this.#backlog.wantsPages
  }

  async #pull(): Promise<void> {
    this.#pulling = true
    try {
      const page = await this.#init.source.next()
      if (page === undefined) this.#exhausted = true
      else if (this.#phase === "running") {
        const summary = this.#books.list(page)
        this.#backlog.add(page)
        this.#turnPage(summary)
      }
    } catch (error) {
      this.#halt(error)
    }
    this.#pulling = false
    this.#pump()
  }

  #halt(error: unknown): void {
    this.#stop({ kind: "halted", error }, DRAIN_MS)
  }

  /** The first reason counts, but for an error that comes while the run drains: nobody may miss it. */
  #stop(ended: Ended, drainMs: Millis): void {
    if (this.#phase === "over") return
    if (this.#phase === "running") this.#drainUntil = this.#now + drainMs
    if (this.#phase === "running" || (ended.kind === "halted" && this.#ended.kind !== "halted")) this.#ended = ended
    this.#phase = "draining"
    this.#pump()
  }

  #isOver(): boolean {
    if (this.#inFlight > 0) return this.#phase === "draining" && this.#now >= this.#drainUntil
    if (this.#phase === "draining") return true
    const { queued, backingOff } = this.#backlog
    return this.#exhausted && queued === 0 && backingOff === 0
  }

  #conclude(): void {
    if (this.#ended.kind === "deadline") this.#settleLeft()
    this.#phase = "over"
    this.#alarm.clear()
    this.#init.deps.signal.removeEventListener("abort", this.#onAbort)
    const sums = this.sums()
    try {
      assertClosed(sums)
      this.#resolve({ ended: this.#ended, sums, exhausted: this.#exhausted })
    } catch (error) {
      this.#reject(error)
    }
  }

  /** Time ran out: everything that was listed gets its end, until one cannot be recorded. */
  #settleLeft(): void {
    this.#pumping = true // what is settled here must start nothing
    const now = this.#now
    for (const slot of this.#slots) {
      const flight = this.#land(slot)
      if (flight !== undefined && !this.#settle(now, flight, { kind: "unknown", message: UNANSWERED })) return
    }
    for (let next = this.#backlog.takeLeft(); next !== undefined; next = this.#backlog.takeLeft())
      if (!this.#settle(now, next, outOfTime(next.item, next.waiting?.message))) return
  }
}

const UNANSWERED = "sent, and not answered before the run's deadline"

function outOfTime({ doubtful }: Item, last: string | undefined): Settled {
  const message =
    last === undefined ? "its turn did not come before the run's deadline" : `the run's deadline is over: ${last}`
  return doubtful ? { kind: "unknown", message } : { kind: "failed", why: "deadline", message }
}
