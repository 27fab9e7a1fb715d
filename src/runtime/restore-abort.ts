import type { ResolvedEnvironment } from "../estate/topology.ts"
import { isoStamp } from "../kernel/clock.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { SECOND, type Millis } from "../kernel/units.ts"
import { recover } from "../restore/journal/recover.ts"
import { destinationKey } from "../restore/objects.ts"
import type { RestorePart, RestorePlan } from "../restore/plan/restore-plan.ts"
import { connect } from "./connect.ts"
import type { Deps } from "./deps.ts"
import { lockDestinations } from "./restore-lock.ts"
import { stateNow } from "./restore-record.ts"
import { restoreSessions, type RestoreSessions } from "./restore-sessions.ts"
import type { RestoreFolder } from "./restore-store.ts"

/** A run drains for ten seconds after its signal. */
const PATIENCE: Millis = 30 * SECOND

export interface AbortedRestore {
  readonly aborted: string
  /** Open multipart uploads that were aborted: they cost money and show in no listing. */
  readonly uploads: number
}

/** @throws DrError E_STILL_RUNNING, E_LOCKED (75), E_ABORT_UPLOAD; safe to call again */
export async function abortRestore(
  deps: Deps,
  folder: RestoreFolder,
  plan: RestorePlan,
  environment: ResolvedEnvironment,
): Promise<AbortedRestore> {
  await stopProcess(deps, folder)
  const release = await lockDestinations(
    deps.state,
    plan.parts.map(({ aim }) => aim.destination),
    deps.run,
  )
  try {
    const uploads = await abortUploads(deps, folder, plan, environment)
    await folder.save({ ...(await folder.record()), state: "aborted", updatedAt: isoStamp(deps.clock.now()) })
    return { aborted: folder.run, uploads }
  } finally {
    await release()
  }
}

/** As Ctrl-C would: it drains, flushes and says how to go on, which nobody will. */
async function stopProcess(deps: Deps, folder: RestoreFolder): Promise<void> {
  const { process: holder } = await folder.record()
  if (stateNow(await folder.record()) !== "running") return
  process.kill(holder.pid, "SIGTERM")
  for (const until = deps.clock.mono() + PATIENCE; deps.clock.mono() < until;) {
    await deps.clock.sleep(SECOND / 5, deps.signal)
    if (stateNow(await folder.record()) !== "running") return
  }
  throw new DrError({
    code: "E_STILL_RUNNING",
    exit: EXIT.tryLater,
    message: `process ${holder.pid} still works on ${folder.run}`,
    hints: [`dr restore status ${folder.run} --watch`, "then abort it again"],
  })
}

async function abortUploads(
  deps: Deps,
  folder: RestoreFolder,
  plan: RestorePlan,
  environment: ResolvedEnvironment,
): Promise<number> {
  const open = []
  for (const [index, part] of plan.parts.entries()) {
    const recovered = await recover(await folder.part(index))
    for (const { uploadId, key } of recovered?.openUploads ?? []) open.push({ part, uploadId, key })
  }
  if (open.length === 0) return 0
  const aws = await connect(deps, environment)
  const sessions = restoreSessions(deps, aws, environment, { maxInFlight: 16 })
  try {
    for (const upload of open) await abortOne(sessions, upload)
  } finally {
    await sessions.close()
    aws.close()
  }
  return open.length
}

async function abortOne(
  sessions: RestoreSessions,
  { part, uploadId, key }: { part: RestorePart; uploadId: string; key: string },
): Promise<void> {
  const { bucket, owner, region } = part.aim.destination
  const plane = await sessions.plane(part.role, region)
  const outcome = await plane.abortUpload({ bucket, owner, key: destinationKey(part.aim, key) }, uploadId)
  if (outcome.kind === "ok" || outcome.error.class === "not-found") return
  throw new DrError({
    code: "E_ABORT_UPLOAD",
    message: `upload ${uploadId} to s3://${bucket} could not be aborted: ${outcome.error.code}: ${outcome.error.message}`,
    hints: ["abort it again; a lifecycle rule AbortIncompleteMultipartUpload removes what nobody aborts"],
    aws: outcome.error.facts,
  })
}
