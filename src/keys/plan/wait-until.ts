import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import type { StepDeps } from "./apply-deps.ts"

export interface Waiting {
  /** The step's id, for the progress. */
  readonly phase: string
  readonly what: string
  readonly limit: Millis
}

/** Often enough that nobody stares at nothing for more than two seconds, and KMS's quota does not notice. */
const FIRST: Millis = 100
const MOST: Millis = 2 * SECOND

/**
 * Asks again and again until the answer is yes. AWS sees its own changes late, so "no" right after a change means little.
 * @throws DrError E_STILL_WAITING (75) at the limit; the signal's reason when it aborts
 */
export async function waitUntil(
  { clock, emit, signal }: Omit<StepDeps, "actors">,
  { phase, what, limit }: Waiting,
  ask: () => Promise<boolean>,
): Promise<void> {
  const started = clock.mono()
  for (let pause = FIRST; ; pause = Math.min(MOST, pause * 2)) {
    signal.throwIfAborted()
    if (await ask()) return
    const spent = clock.mono() - started
    if (spent >= limit) throw stillWaiting(what, limit)
    if (spent > 0) emit("progress", { phase, done: Math.floor(spent / SECOND), total: limit / SECOND, unit: "s" })
    await clock.sleep(pause, signal)
  }
}

const stillWaiting = (what: string, limit: Millis): DrError =>
  new DrError({
    code: "E_STILL_WAITING",
    exit: EXIT.tryLater,
    message: `${what} after ${limit / SECOND} s`,
    hints: ["run the same command again: it goes on where it stopped"],
  })
