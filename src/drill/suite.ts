import type { Clock } from "../kernel/clock.ts"
import type { Emit } from "../kernel/events.ts"
import type { AwsPorts } from "./ports.ts"
import { runDrill, type DrillOutcome } from "./run.ts"
import type { DrillScope } from "./scope.ts"

export interface SuiteDeps {
  readonly clock: Clock
  readonly emit: Emit
  readonly signal: AbortSignal
  readonly run: string
  readonly version: string
  /** Connects only when the run has begun, so that missing credentials stand in its record. */
  readonly connect: () => Promise<AwsPorts>
}

export interface SuiteFacts {
  readonly env: string
  readonly simulated: boolean
  readonly trigger: string
  /** The RTO-K target, for the clock on the screen. */
  readonly rtoLimitMs?: number
  readonly config?: { readonly path: string; readonly sha256: string }
}

export interface SuiteOutcome {
  readonly outcome: DrillOutcome["outcome"]
  readonly drills: readonly DrillOutcome[]
}

/**
 * Runs drills one after the other: together they would measure each other. A failed drill does not stop the next.
 * @throws DrError E_CREDENTIALS (77) when the process has no identity at all
 */
export async function runSuite(
  scopes: readonly DrillScope[],
  deps: SuiteDeps,
  facts: SuiteFacts,
): Promise<SuiteOutcome> {
  deps.emit("run.started", { kind: "drill", version: deps.version, ...facts })
  let aws: AwsPorts | undefined
  try {
    aws = await deps.connect()
    const drills: DrillOutcome[] = []
    for (const scope of scopes) {
      if (deps.signal.aborted) break
      drills.push(
        await runDrill(scope, { aws, clock: deps.clock, emit: deps.emit, signal: deps.signal, run: deps.run }),
      )
    }
    const outcome = outcomeOf(drills, deps.signal.aborted)
    const reason = drills.flatMap((drill) => drill.reasons.map((why) => `${drill.drill}: ${why}`))[0]
    deps.emit("run.finished", { outcome, ...(reason === undefined ? {} : { reason }) })
    return { outcome, drills }
  } catch (thrown) {
    deps.emit("run.finished", {
      outcome: deps.signal.aborted ? "interrupted" : "failed",
      reason: thrown instanceof Error ? thrown.message : String(thrown),
    })
    throw thrown
  } finally {
    aws?.close()
  }
}

function outcomeOf(drills: readonly DrillOutcome[], aborted: boolean): DrillOutcome["outcome"] {
  if (aborted) return "interrupted"
  return drills.every((drill) => drill.outcome === "passed") ? "passed" : "failed"
}
