import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { systemClock } from "./system-clock.ts"

/** A closed terminal (SIGHUP) ends a run in order, as SIGTERM does. */
const CODES = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm, SIGHUP: EXIT.sigterm } as const

/** `npm run` passes a Ctrl-C on that the terminal has sent to the whole group already: one key, two signals. */
const ONE_KEY_MS = 400

export interface Interruption {
  readonly signal: AbortSignal
  /** Ends the command from inside, e.g. when its journal cannot be written. */
  abort(this: void, reason: DrError): void
  dispose(): void
}

/**
 * The first signal aborts: the command finishes its clean-up and exits 130 or 143. The second leaves at once, which is the
 * same as kill -9 and must lose nothing either.
 */
export function abortOnSignals(tell: (line: string) => void): Interruption {
  const abort = new AbortController()
  let first: number | undefined
  const listeners = (Object.keys(CODES) as (keyof typeof CODES)[]).map((name) => {
    const listener = (): void => {
      const at = systemClock.mono()
      if (first !== undefined) {
        if (at - first > ONE_KEY_MS) process.exit(CODES[name])
        return
      }
      first = at
      tell(`${name}: finishing the current step and cleaning up; once more to leave at once`)
      abort.abort(new DrError({ code: "E_INTERRUPTED", exit: CODES[name], message: `interrupted by ${name}` }))
    }
    process.on(name, listener)
    return () => void process.off(name, listener)
  })
  return {
    signal: abort.signal,
    abort: (reason) => abort.abort(reason),
    dispose: () => listeners.forEach((dispose) => dispose()),
  }
}
