import { DrError, messageOf } from "../kernel/errors.ts"
import type { PhaseResult } from "../kernel/events.ts"
import { DrillContext, type DrillDeps, type PhaseName, type Sessions } from "./context.ts"
import { cleanUp } from "./phases/clean-up.ts"
import { method } from "./phases/method.ts"
import { preflight } from "./phases/preflight.ts"
import { steadyState } from "./phases/steady-state.ts"
import { verify } from "./phases/verify.ts"
import { scopeDigest } from "./scope-digest.ts"
import type { DrillScope } from "./scope.ts"

export interface DrillOutcome {
  readonly drill: string
  readonly outcome: "passed" | "failed" | "interrupted"
  /** Objects and checks whose result could not be told: never a pass. */
  readonly unknown: number
  readonly reasons: readonly string[]
}

const TITLES: Readonly<Record<PhaseName, string>> = {
  preflight: "who am I, and in which account",
  "steady-state": "are the keys what dr.yaml says",
  method: "re-encrypt a sample under the recovery key",
  verify: "read it back with the source denied",
  "clean-up": "remove all scratch objects and prove it",
  verdict: "judge",
}

/**
 * Runs one drill. Never throws for what goes wrong inside it: every failure is an event with its reason, and clean-up
 * runs whenever a role was assumed, after Ctrl-C too. Safe to run again: each run writes below its own prefix.
 */
export async function runDrill(scope: DrillScope, deps: DrillDeps): Promise<DrillOutcome> {
  const context = new DrillContext(scope, deps)
  deps.emit("drill.started", {
    drill: context.drill,
    title: scope.definition.title,
    seed: scope.seed,
    sampleSize: scope.sampleSize,
    scope: scopeDigest(scope),
  })
  let sessions: Sessions | undefined
  try {
    const assumed = await phase(context, "preflight", () => preflight(context))
    sessions = assumed
    const keys = await phase(context, "steady-state", () => steadyState(context, assumed))
    const copied = await phase(context, "method", () => method(context, assumed, keys))
    await phase(context, "verify", () => verify(context, assumed, keys, copied))
  } catch (thrown) {
    if (!deps.signal.aborted) context.failures.push(messageOf(thrown))
  }
  if (sessions !== undefined) await cleanUpAlways(context, sessions)
  return finish(context)
}

/** Runs on a signal of its own: Ctrl-C must not leave scratch objects behind. */
async function cleanUpAlways(context: DrillContext, sessions: Sessions): Promise<void> {
  try {
    await phase(context, "clean-up", () => cleanUp(context, sessions))
  } catch (thrown) {
    context.failures.push(`clean-up: ${messageOf(thrown)}`)
  }
}

function finish(context: DrillContext): DrillOutcome {
  const { deps, failures } = context
  const outcome = deps.signal.aborted ? "interrupted" : failures.length > 0 ? "failed" : "passed"
  const reason = deps.signal.aborted ? "interrupted by a signal" : failures[0]
  deps.emit("drill.finished", { drill: context.drill, outcome, ...(reason === undefined ? {} : { reason }) })
  return { drill: context.drill, outcome, unknown: context.unknown, reasons: failures }
}

async function phase<T>(context: DrillContext, name: PhaseName, work: () => Promise<T>): Promise<T> {
  const { emit, clock } = context.deps
  const started = clock.mono()
  const failuresBefore = context.failures.length
  emit("phase.started", { drill: context.drill, phase: name, title: TITLES[name] })
  const finished = (result: PhaseResult, note?: string, code?: string): void =>
    emit("phase.finished", {
      drill: context.drill,
      phase: name,
      result,
      durationMs: clock.mono() - started,
      ...(note === undefined ? {} : { note }),
      ...(code === undefined ? {} : { code }),
    })
  try {
    const value = await work()
    finished(context.failures.length > failuresBefore ? "failed" : "ok", context.failures[failuresBefore])
    return value
  } catch (thrown) {
    finished("failed", messageOf(thrown), thrown instanceof DrError ? thrown.code : undefined)
    throw thrown
  }
}
