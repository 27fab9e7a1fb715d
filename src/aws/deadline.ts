import { setMaxListeners } from "node:events"
import type { Millis } from "../kernel/units.ts"

/**
 * A signal that aborts with `signal`, or with a TimeoutError after `ms`. `end` lets go of both. Not AbortSignal.any with
 * AbortSignal.timeout: Node 20 collects the pair while a request waits for it, and then nothing ever aborts.
 */
export function withDeadline(signal: AbortSignal, ms: Millis): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController()
  const stop = (): void => controller.abort(signal.reason)
  const timer = setTimeout(() => controller.abort(new DOMException(`no answer within ${ms} ms`, "TimeoutError")), ms)
  setMaxListeners(0, signal) // as many as there are calls in flight
  signal.addEventListener("abort", stop, { once: true })
  if (signal.aborted) stop()
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      signal.removeEventListener("abort", stop)
    },
  }
}
