import type { ResolvedEnvironment } from "../estate/topology.ts"
import { messageOf } from "../kernel/errors.ts"
import type { RestorePlan } from "../restore/plan/restore-plan.ts"
import { verifyPlan, type VerifyResult } from "../restore/run/verify-plan.ts"
import { connect } from "./connect.ts"
import type { Deps } from "./deps.ts"
import { jitterOf } from "./jitter.ts"
import { recordedRun } from "./recorded-run.ts"
import { restoreSessions } from "./restore-sessions.ts"
import type { RestoreFolder } from "./restore-store.ts"

export interface VerifyOptions {
  readonly environment: ResolvedEnvironment
  readonly config: { readonly path: string; readonly sha256: string }
  readonly seed: string
}

const IN_FLIGHT = 256

/** Only reads, so nothing is locked; two may verify at once, and while a run is at work. @throws those of connecting and listing */
export async function verifyRecorded(
  deps: Deps,
  folder: RestoreFolder,
  plan: RestorePlan,
  { environment, config, seed }: VerifyOptions,
): Promise<{ readonly result: VerifyResult; readonly record: string }> {
  const { emit } = deps.events
  const { result, path } = await recordedRun(
    deps,
    async () => {
      const { name: env, simulated } = environment
      emit("run.started", { kind: "RestoreVerify", env, simulated, version: deps.version, trigger: folder.run, config })
      try {
        const verified = await verify(deps, folder, plan, environment, seed)
        const passed = verified.verdict === "restored"
        emit("run.finished", { outcome: passed ? "passed" : "failed", ...(passed ? {} : { reason: verified.verdict }) })
        return verified
      } catch (thrown) {
        emit("run.finished", { outcome: deps.signal.aborted ? "interrupted" : "failed", reason: messageOf(thrown) })
        throw thrown
      }
    },
    async () => async () => undefined,
  )
  return { result, record: path }
}

async function verify(
  deps: Deps,
  folder: RestoreFolder,
  plan: RestorePlan,
  environment: ResolvedEnvironment,
  seed: string,
): Promise<VerifyResult> {
  const aws = await connect(deps, environment)
  const sessions = restoreSessions(deps, aws, environment, { maxInFlight: IN_FLIGHT })
  try {
    return await verifyPlan(
      { clock: deps.clock, random: jitterOf(deps), emit: deps.events.emit, signal: deps.signal },
      plan,
      { manifests: folder.files, plane: (part, region) => sessions.plane(part.role, region) },
      seed,
    )
  } finally {
    await sessions.close()
    aws.close()
  }
}
