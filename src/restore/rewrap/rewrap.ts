import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { SECOND } from "../../kernel/units.ts"
import type { RestoreDeps } from "../ports.ts"
import { failedLine, readEntry, rewrappedLine, type BadLine, type Entry } from "./entry.ts"
import { GroupWriter, type WrittenLine } from "./group-writer.ts"
import { InputLines, type InputLine } from "./input-lines.ts"
import type { RewrapFiles, RewrapKms, RewrapPace } from "./ports.ts"
import { resume } from "./resume.ts"
import { rewrapKey, type KeyDeps } from "./rewrap-key.ts"
import { planDigest, type RewrapCounts, type RewrapPlan } from "./rewrap-plan.ts"
import { refusal, StopRules } from "./stop-rules.ts"
import type { KeyResult } from "./verdict.ts"

export interface RewrapPorts {
  readonly kms: RewrapKms
  readonly files: RewrapFiles
  readonly pace: RewrapPace
}

export interface RewrapReport {
  /** Of all runs on this output together. */
  readonly counts: RewrapCounts
  /** Settled before this run began. */
  readonly before: RewrapCounts
  readonly out: string
  readonly failures: string
}

/**
 * Re-encrypts every data key of the input under another KMS key, in the order of the input. It may be killed at any instant:
 * the same call again goes on behind the last group that is on the disk. `totalLines` is for progress only.
 *
 * @throws DrError those of `resume`; E_AWS_ACCESS_DENIED, E_CREDENTIALS (77), E_KEY_STATE when KMS refuses one key after the
 * other; E_REWRAP_STALLED (75); the signal's reason after Ctrl-C, with all that was sent on the disk
 */
export async function rewrap(
  deps: RestoreDeps,
  plan: RewrapPlan,
  ports: RewrapPorts,
  totalLines: number,
): Promise<RewrapReport> {
  // The marks first: without them an output is a stranger's.
  const marks = ports.files.open("marks")
  const open = { marks, out: ports.files.open("out"), failed: ports.files.open("failed") }
  try {
    const from = await resume(ports.files, open, plan)
    const writer = new GroupWriter(open, from, planDigest(plan))
    const lines = new InputLines(ports.files.input(from.position.byte), from.position)
    if (from.fresh) await writer.write([], lines.read)
    await new RewrapRun(deps, plan, ports, { lines, writer, totalLines }).finish()
    return { counts: closed(writer.counts), before: from.counts, out: open.out.path, failures: open.failed.path }
  } finally {
    for (const file of Object.values(open)) file.close()
  }
}

/** @throws DrError E_ACCOUNTS when the sum does not close: a bug of ours, and never a success */
function closed(counts: RewrapCounts): RewrapCounts {
  const { listed, done, failed, unknown } = counts
  if (listed === done + failed + unknown) return counts
  throw new DrError({ code: "E_ACCOUNTS", message: `${listed} listed, but ${done} + ${failed} + ${unknown} settled` })
}

function unwritable(cause: unknown): DrError {
  return new DrError({
    code: "E_REWRAP_WRITE",
    exit: EXIT.tryLater,
    message: `cannot write the output: ${messageOf(cause)}`,
    hints: ["free disk space, then the same command again: it goes on where this run stopped"],
    cause,
  })
}

interface RunParts {
  readonly lines: InputLines
  readonly writer: GroupWriter
  readonly totalLines: number
}

/** Of lines that were read and are not on the disk yet. */
const MOST_HELD_BYTES = 64 * 1024 ** 2

/** A line that was read: first under way, then settled, then written in its turn. */
interface Slot {
  readonly line: InputLine
  settled?: WrittenLine
  refused?: true
}

/** As many workers as requests may be in flight, one writer behind them; at most a few windows are held. */
class RewrapRun {
  readonly #deps: RestoreDeps
  readonly #plan: RewrapPlan
  readonly #keyDeps: KeyDeps
  readonly #parts: RunParts
  readonly #rules: StopRules
  /** In the order of the input. The first `#taken` are with workers or settled. */
  #slots: Slot[] = []
  #taken = 0
  #reading: Promise<boolean> | undefined
  #writing: Promise<void> | undefined
  #room: (() => void)[] = []
  #stop: { readonly reason: unknown } | undefined
  #lastRefusal: DrError | undefined
  #passed = 0
  #toldAt = -SECOND
  /** After an error the files must not be written again. */
  #broken = false

  constructor(deps: RestoreDeps, plan: RewrapPlan, ports: RewrapPorts, parts: RunParts) {
    this.#deps = deps
    this.#plan = plan
    this.#parts = parts
    const { clock, random, signal } = deps
    const rules = new StopRules(plan, clock.mono())
    this.#rules = rules
    this.#keyDeps = {
      clock,
      random,
      signal,
      kms: ports.kms,
      pace: ports.pace,
      alive: () => rules.alive(clock.mono()),
      again: (error) => rules.again(error, clock.mono()),
    }
  }

  async finish(): Promise<void> {
    const workers = Array.from({ length: this.#plan.maxInFlight }, () => this.#work())
    await Promise.all(workers)
    while (this.#writing !== undefined) await this.#writing
    if (this.#stop === undefined && this.#passed === 0 && this.#lastRefusal !== undefined)
      this.#stop = { reason: this.#lastRefusal }
    if (this.#stop === undefined) this.#rules.passed() // the last few were refused, and others were not
    await this.#write()
    this.#tell(true)
    if (this.#stop !== undefined) throw this.#stop.reason
    this.#deps.signal.throwIfAborted()
  }

  async #work(): Promise<void> {
    try {
      for (let slot = await this.#take(); slot !== undefined; slot = await this.#take()) {
        await this.#settle(slot)
        this.#writeSoon()
      }
    } catch (reason) {
      this.#stop ??= { reason }
      this.#wake()
    }
  }

  get #stopping(): boolean {
    return this.#stop !== undefined || this.#deps.signal.aborted
  }

  /** The next line; undefined when there is none or the run stops. */
  async #take(): Promise<Slot | undefined> {
    for (;;) {
      if (this.#stopping) return undefined
      if (this.#full) await this.#waitForRoom()
      else if (this.#taken < this.#slots.length) return this.#slots[this.#taken++]
      else if (!(await this.#refill())) return undefined
    }
  }

  get #full(): boolean {
    const [first, last] = [this.#slots[0]?.line.toByte ?? 0, this.#slots.at(-1)?.line.toByte ?? 0]
    return this.#taken > 4 * this.#plan.maxInFlight + 1_000 || (this.#taken > 0 && last - first > MOST_HELD_BYTES)
  }

  #waitForRoom(): Promise<void> {
    return new Promise((resolve) => void this.#room.push(resolve))
  }

  #wake(): void {
    const waiting = this.#room
    this.#room = []
    for (const go of waiting) go()
  }

  /** One reads, the others wait for it. */
  #refill(): Promise<boolean> {
    this.#reading ??= this.#parts.lines.next().then((lines) => {
      this.#reading = undefined
      for (const line of lines ?? []) this.#slots.push({ line })
      return lines !== undefined
    })
    return this.#reading
  }

  async #settle(slot: Slot): Promise<void> {
    const { line, toByte, text, bad } = slot.line
    if (bad === undefined && text === undefined) {
      slot.settled = { line, toByte, result: "blank", text: "" }
      return
    }
    const entry = bad ?? readEntry(text ?? "", line)
    if (entry.kind === "bad") return this.#fail(slot, entry, "failed", entry.code, entry.message)
    const result = await rewrapKey(this.#keyDeps, this.#plan, entry)
    this.#note(result)
    if (result.kind === "done")
      slot.settled = { line, toByte, result: "done", text: rewrappedLine(entry, result.ciphertext, this.#plan.to) }
    else if (result.kind === "refused") {
      slot.refused = true
      this.#fail(slot, entry, "failed", result.error.code, result.error.message)
    } else this.#fail(slot, entry, result.kind, result.code, result.message)
  }

  #fail(slot: Slot, entry: Entry | BadLine, result: "failed" | "unknown", code: string, message: string): void {
    const { line, toByte } = slot.line
    slot.settled = { line, toByte, result, text: failedLine(entry, { line, result, code, message }) }
    if (slot.refused === undefined)
      this.#deps.emit("restore.object", { part: "rewrap", object: entry.id, result, why: code, message })
  }

  #note(result: KeyResult): void {
    if (result.kind !== "refused") {
      this.#passed++
      this.#rules.passed()
      return
    }
    this.#lastRefusal = refusal(result.error, this.#plan)
    const reason = this.#rules.refused(result.error)
    if (reason !== undefined) throw reason
  }

  #writeSoon(): void {
    this.#writing ??= this.#write()
      .catch((reason: unknown) => void (this.#stop ??= { reason }))
      .finally(() => {
        this.#writing = undefined
        this.#wake()
        if (this.#ready() > 0 && !this.#stopping) this.#writeSoon()
      })
  }

  /** How many lines at the front may be written now. */
  #ready(): number {
    const end = this.#slots.findIndex(
      ({ settled, refused }) => settled === undefined || (refused === true && this.#rules.undecided),
    )
    return end === -1 ? this.#slots.length : end
  }

  async #write(): Promise<void> {
    const count = this.#ready()
    if (count === 0 || this.#broken) return
    const group = this.#slots.slice(0, count)
    this.#slots = this.#slots.slice(count)
    this.#taken -= count
    const { writer, lines } = this.#parts
    await writer
      .write(
        group.flatMap(({ settled }) => (settled === undefined ? [] : [settled])),
        lines.read,
      )
      .catch((cause: unknown) => {
        this.#broken = true
        throw unwritable(cause)
      })
    this.#tell(false)
  }

  #tell(last: boolean): void {
    const now = this.#deps.clock.mono()
    if (!last && now - this.#toldAt < SECOND) return
    this.#toldAt = now
    const { listed } = this.#parts.writer.counts
    this.#deps.emit("progress", {
      phase: "rewrap",
      done: listed,
      total: Math.max(listed, this.#parts.totalLines),
      unit: "data keys",
    })
  }
}
