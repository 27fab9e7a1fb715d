import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

const CODES = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm } as const

/**
 * The first signal aborts: the command finishes its clean-up and exits 130 or 143. The second leaves at once, which is the
 * same as kill -9 and must lose nothing either. Returns the signal to hand down and a way to stop listening.
 */
export function abortOnSignals(tell: (line: string) => void): { signal: AbortSignal; dispose: () => void } {
  const abort = new AbortController()
  const listeners = (["SIGINT", "SIGTERM"] as const).map((name) => {
    const listener = (): void => {
      if (abort.signal.aborted) process.exit(CODES[name])
      tell(`${name}: finishing the current step and cleaning up; once more to leave at once`)
      abort.abort(new DrError({ code: "E_INTERRUPTED", exit: CODES[name], message: `interrupted by ${name}` }))
    }
    process.on(name, listener)
    return () => void process.off(name, listener)
  })
  return { signal: abort.signal, dispose: () => listeners.forEach((dispose) => dispose()) }
}
