import type { Clock } from "../kernel/clock.ts"
import { SECOND, type Millis } from "../kernel/units.ts"
import type { RestoreRecord } from "./restore-record.ts"
import type { RestoreFolder } from "./restore-store.ts"

const AT_MOST_EVERY_MS: Millis = SECOND

export interface RestoreProgress {
  /** Cheap: the newest one is written, at most once a second. A failure is told to `onTrouble`: the journal is what counts. */
  tell(record: RestoreRecord): void
  /** Writes it now, and nothing afterwards. @throws DrError E_WRITE */
  end(record: RestoreRecord): Promise<void>
}

/** Keeps `run.json` fresh for `dr restore status --watch`. */
export function restoreProgress(
  folder: Pick<RestoreFolder, "save">,
  clock: Clock,
  onTrouble: (thrown: unknown) => void,
): RestoreProgress {
  let next: RestoreRecord | undefined
  let lastAt = -Infinity
  let writing: Promise<void> | undefined
  const ended = new AbortController()
  const write = async (): Promise<void> => {
    while (next !== undefined) {
      const wait = lastAt + AT_MOST_EVERY_MS - clock.mono()
      if (wait > 0) await clock.sleep(wait, ended.signal).catch(() => undefined) // the end does not wait
      const record = next
      next = undefined
      lastAt = clock.mono()
      if (record !== undefined) await folder.save(record).catch(onTrouble)
    }
    writing = undefined
  }
  return {
    tell(record) {
      if (ended.signal.aborted) return
      next = record
      writing ??= write()
    },
    async end(record) {
      next = undefined
      ended.abort()
      await writing
      await folder.save(record)
    },
  }
}
