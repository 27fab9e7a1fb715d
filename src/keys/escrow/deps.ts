import type { RegionName, RunId } from "../../kernel/brands.ts"
import type { Clock } from "../../kernel/clock.ts"
import { DrError } from "../../kernel/errors.ts"
import type { Emit } from "../../kernel/events.ts"
import type { RandomBytes } from "../../kernel/random.ts"
import type { Millis } from "../../kernel/units.ts"
import type { Actors } from "../actors.ts"
import type { EscrowStore } from "./set.ts"

/** All that comes from outside. */
export interface EscrowDeps {
  readonly actors: Actors
  readonly clock: Clock
  /** A source for keys. */
  readonly random: RandomBytes
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly run: RunId
  readonly store: EscrowStore
}

/** Where shares are put; they are encrypted by then. */
export interface ShareFolder {
  /** For people. */
  readonly path: string
  /** By rename, mode 0600. */
  write(name: string, text: string): Promise<void>
  read(name: string): Promise<string>
}

/** How long a Region may take to see its own change. KMS is consistent within five minutes; a new replica takes longer. */
export const PATIENCE: { readonly change: Millis; readonly replica: Millis } = { change: 300_000, replica: 1_200_000 }

const LATE: ReadonlySet<string> = new Set(["E_KEY_STATE", "E_AWS_NOT_FOUND"])

/**
 * Asks until the answer is yes; false when it never was. AWS sees its own changes late, so a first "no" means little, and
 * neither does "wrong state" or "not found". @throws DrError any other, and those at the end
 */
export async function eventually(
  { clock, signal }: Pick<EscrowDeps, "clock" | "signal">,
  limit: Millis,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  const started = clock.mono()
  for (let pause = 200; ; pause = Math.min(5_000, pause * 2)) {
    const last = clock.mono() - started >= limit
    const answer = await ask().catch((thrown: unknown) => {
      signal.throwIfAborted()
      if (last || !(thrown instanceof DrError) || !LATE.has(thrown.code)) throw thrown
      return false
    })
    if (answer || last) return answer
    await clock.sleep(pause, signal)
  }
}

export const stepTeller =
  (emit: Emit, set: string) =>
  (step: string, result: "ok" | "failed" = "ok", region?: RegionName): void =>
    emit("escrow.step", { set, step, result, ...(region === undefined ? {} : { region }) })
