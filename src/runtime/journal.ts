import { createHash } from "node:crypto"
import { closeSync, constants, fsyncSync, openSync, writeSync } from "node:fs"
import { canonicalJson } from "../kernel/canonical-json.ts"
import { sha256Hex } from "../kernel/digest.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import type { DrEvent, EventReader } from "../kernel/events.ts"
import { EXIT } from "../kernel/exit-codes.ts"

export interface ClosedJournal {
  readonly path: string
  readonly sha256: string
  readonly events: number
}

const FLUSH_AT = 256

/**
 * The journal of one run: every event as one line of JSON, chained by hash (`previous` is the hash of the line before), so
 * that a missing or altered line shows. Lines are written in groups and synced at each end of a phase.
 */
export class Journal {
  readonly path: string
  readonly #descriptor: number
  readonly #whole = createHash("sha256")
  #pending: string[] = []
  #previous = ""
  #events = 0

  constructor(path: string) {
    this.path = path
    this.#descriptor = guarded(path, () => openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_NOFOLLOW, 0o600))
  }

  readonly reader: EventReader = (event) => {
    this.#append(event)
    if (this.#pending.length >= FLUSH_AT || event.type.endsWith(".finished")) this.#flush(event.type === "phase.finished")
  }

  close(): ClosedJournal {
    this.#flush(true)
    closeSync(this.#descriptor)
    return { path: this.path, sha256: this.#whole.digest("hex"), events: this.#events }
  }

  #append(event: DrEvent): void {
    const line = `${canonicalJson({ ...event, previous: this.#previous })}\n`
    this.#previous = sha256Hex(line)
    this.#pending.push(line)
    this.#events++
  }

  #flush(sync: boolean): void {
    const bytes = Buffer.from(this.#pending.join(""))
    this.#pending = []
    this.#whole.update(bytes)
    guarded(this.path, () => {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written)
      if (sync) fsyncSync(this.#descriptor)
    })
  }
}

/** A journal that cannot be written ends the run: what is not recorded cannot be proven. */
function guarded<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    throw new DrError({ code: "E_JOURNAL", exit: EXIT.tryLater, message: `cannot write the journal ${path}: ${messageOf(cause)}`, hints: ["free disk space, then run again"], cause })
  }
}
