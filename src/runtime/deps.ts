import { randomBytes } from "node:crypto"
import { makeRunId, type RunId } from "../kernel/brands.ts"
import type { Clock } from "../kernel/clock.ts"
import { eventStream, type EventStream } from "../kernel/events.ts"
import type { RandomBytes } from "../kernel/random.ts"
import { Journal } from "./journal.ts"
import type { Interruption } from "./signals.ts"
import { StateFolder } from "./state-folder.ts"
import { systemClock } from "./system-clock.ts"

/** All that comes from outside, built once for a command. AWS is connected by the commands that need it. */
export interface Deps {
  readonly clock: Clock
  readonly random: RandomBytes
  readonly run: RunId
  readonly events: EventStream
  readonly signal: AbortSignal
  readonly state: StateFolder
  readonly version: string
  /** The variables of the process, for what reads them by name (heartbeat, proxy). */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly profile?: string
  /**
   * Starts the journal of this run in `journal/` of the state folder and feeds it with every event from now on. Whoever opens
   * it closes it. When it cannot be written any more, `signal` aborts with that error.
   * @throws DrError E_JOURNAL, E_STATE_FOLDER (75)
   */
  openJournal(): Promise<Journal>
}

export interface DepsOptions {
  readonly interruption: Interruption
  readonly stateDir: string
  readonly version: string
  readonly profile?: string | undefined
}

export function buildDeps({ interruption, stateDir, version, profile }: DepsOptions): Deps {
  const run = makeRunId(systemClock.now(), randomBytes(2))
  const events = eventStream(run, systemClock)
  const state = new StateFolder(stateDir)
  return {
    clock: systemClock,
    random: (size) => randomBytes(size),
    run,
    events,
    signal: interruption.signal,
    state,
    version,
    env: process.env,
    ...(profile === undefined ? {} : { profile }),
    async openJournal() {
      await state.folder("journal")
      const journal = new Journal(state.join("journal", `${run}.ndjson`), interruption.abort)
      events.subscribe(journal.reader)
      return journal
    },
  }
}
