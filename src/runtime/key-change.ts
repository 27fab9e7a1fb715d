import { messageOf } from "../kernel/errors.ts"
import type { Deps } from "./deps.ts"
import { acquireLock } from "./lock.ts"

export interface KeyChange {
  /** `KeysApply`, `KeysRotate`, `EscrowCreate`, … */
  readonly kind: string
  readonly environment: { readonly name: string; readonly simulated: boolean }
  /** What started it: the hash of what was agreed to, or `manual`. */
  readonly trigger: string
}

/**
 * One change of keys at a time for an environment, whatever its kind, told to the journal from its first call to its last.
 * @throws DrError E_LOCKED, E_JOURNAL (75), and those of `work`
 */
export async function keyChange<T>(
  deps: Deps,
  { kind, environment: { name: env, simulated }, trigger }: KeyChange,
  work: () => Promise<{ readonly result: T; readonly passed: boolean }>,
): Promise<{ readonly result: T; readonly journal: string }> {
  const release = await acquireLock(`${await deps.state.folder("locks")}/keys-${env}.lock`, deps.run)
  try {
    const journal = await deps.openJournal()
    const { emit } = deps.events
    emit("run.started", { kind, env, simulated, version: deps.version, trigger })
    const done = await work().catch((thrown: unknown) => {
      const outcome = deps.signal.aborted ? "interrupted" : "failed"
      emit("run.finished", { outcome, reason: messageOf(deps.signal.aborted ? deps.signal.reason : thrown) })
      journal.close()
      throw thrown
    })
    emit("run.finished", { outcome: done.passed ? "passed" : "failed" })
    return { result: done.result, journal: journal.close().path }
  } finally {
    await release()
  }
}
