import { createHash } from "node:crypto"
import { canonicalJson } from "../kernel/canonical-json.ts"
import { sha256Hex } from "../kernel/digest.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import type { DrEvent, EventReader } from "../kernel/events.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { wellFormed } from "../rto/well-formed.ts"
import { AppendFile } from "./append-file.ts"

export interface ClosedJournal {
  readonly path: string
  /** Of the whole file, lower-case hex. */
  readonly sha256: string
  readonly events: number
}

const FLUSH_AT = 256

/**
 * The journal of one run: every event as one line of JSON, chained by hash (`previous` is the hash of the line before), so
 * that a missing or altered line shows. Lines are written in groups and synced at each end of a phase.
 *
 * A journal that cannot be written ends the run, because what is not recorded cannot be proven. But it must not break the
 * clean-up on its way out: the first failure goes to `onFailure` (which aborts), later events are dropped, and `close`
 * throws.
 */
export class Journal {
  readonly path: string
  readonly #file: AppendFile
  readonly #onFailure: (error: DrError) => void
  readonly #whole = createHash("sha256")
  #pending: string[] = []
  #previous = ""
  #events = 0
  #failure: DrError | undefined

  /** @throws DrError E_JOURNAL (75) */
  constructor(path: string, onFailure: (error: DrError) => void = () => {}) {
    this.path = path
    this.#onFailure = onFailure
    try {
      this.#file = new AppendFile(path, { fresh: true })
    } catch (cause) {
      throw journalError(path, cause)
    }
  }

  readonly reader: EventReader = (event) => {
    if (this.#failure !== undefined) return
    try {
      this.#append(event)
      if (this.#pending.length >= FLUSH_AT || event.type.endsWith(".finished"))
        this.#flush(event.type === "phase.finished")
    } catch (cause) {
      this.#fail(cause)
    }
  }

  /** @throws DrError E_JOURNAL (75) when anything of the run is not on the disk */
  close(): ClosedJournal {
    try {
      if (this.#failure === undefined) this.#flush(true)
    } catch (cause) {
      this.#fail(cause)
    }
    this.#file.close()
    if (this.#failure !== undefined) throw this.#failure
    return { path: this.path, sha256: this.#whole.digest("hex"), events: this.#events }
  }

  #append(event: DrEvent): void {
    const line = `${canonicalJson({ ...wellFormed(event), previous: this.#previous })}\n`
    this.#previous = sha256Hex(line)
    this.#pending.push(line)
    this.#events++
  }

  #flush(sync: boolean): void {
    const bytes = Buffer.from(this.#pending.join(""))
    this.#pending = []
    this.#whole.update(bytes)
    this.#file.append(bytes)
    if (sync) this.#file.syncNow()
  }

  #fail(cause: unknown): void {
    this.#failure = journalError(this.path, cause)
    this.#onFailure(this.#failure)
  }
}

function journalError(path: string, cause: unknown): DrError {
  return new DrError({
    code: "E_JOURNAL",
    exit: EXIT.tryLater,
    message: `cannot write the journal ${path}: ${messageOf(cause)}`,
    hints: ["free disk space or pass --state-dir with a folder that can be written, then run again"],
    cause,
  })
}
