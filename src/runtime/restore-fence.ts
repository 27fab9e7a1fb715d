import type { AllPorts } from "../aws/ports.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import type { Session } from "../keys/ports.ts"
import { holdFence, type HeldFence } from "../restore/fence/hold.ts"
import type { Deps } from "./deps.ts"
import { isRunning, thisProcess } from "./process-identity.ts"

export interface FenceWish {
  readonly environment: ResolvedEnvironment
  readonly run: string
  /** A person has made sure that the one who holds it is dead. */
  readonly takeOver: boolean
  /** The run must stop: another one took over. */
  readonly onLost: (error: DrError) => void
}

/** What may keep a run from reading or writing the lock, and must not keep it from restoring. */
const NO_ENTRY: ReadonlySet<string> = new Set(["E_AWS_ACCESS_DENIED", "E_AWS_NOT_FOUND", "E_AWS_WRONG_REGION"])

/**
 * One restore at a time for an environment over all machines: a numbered object in the recovery account's scratch bucket. A
 * lock is courtesy; conditions on every write are what keeps objects right. So where the role may not write the lock, or the
 * recovery Region is out, that is told and the restore goes on. @throws DrError E_FENCED (75) that names the holder
 */
export async function holdRestoreFence(
  deps: Deps,
  aws: AllPorts,
  session: Session,
  { environment, run, takeOver, onLost }: FenceWish,
): Promise<HeldFence> {
  const { scratch, recovery, recoveryRegion, name: env } = environment
  const place = { bucket: scratch.bucket, prefix: scratch.prefix, owner: recovery.id, env }
  const onTrouble = (thrown: unknown): void =>
    deps.events.emit("warning", { message: `cannot keep the lock of ${env}: ${messageOf(thrown)}` })
  try {
    return await holdFence(
      {
        clock: deps.clock,
        store: aws.fences(session, recoveryRegion, place),
        isGone: (holder) => holder.boot === thisProcess().boot && !isRunning(holder),
        onLost,
        onTrouble,
      },
      { env, run, kind: "Restore", me: thisProcess(), takeOver, above: 0 },
    )
  } catch (thrown) {
    if (!(thrown instanceof DrError) || !NO_ENTRY.has(thrown.code)) throw thrown
    deps.events.emit("warning", {
      message: `no lock over machines: ${thrown.message}`,
      hint: `let ${session.principal} list, read, write and delete s3://${place.bucket}/${place.prefix}locks/*, and make sure that nobody else restores ${env} now`,
    })
    return { epoch: 1, release: async () => undefined }
  }
}
