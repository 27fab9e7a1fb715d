import type { DrillContext, Sessions } from "../context.ts"

/** Empties the scratch prefix and lists it again: only the second listing proves that nothing is left. */
export async function cleanUp(context: DrillContext, sessions: Sessions): Promise<void> {
  const { bucket } = context.scope.scratch
  const s3 = context.deps.aws.detached().s3(sessions.recovery, context.scope.recoveryRegion)
  const deleted = await s3.purge(bucket, context.scratchPrefix, sessions.recovery.account)
  const left = await s3.countAll(bucket, context.scratchPrefix, sessions.recovery.account)
  context.deps.emit("cleanup.finished", { drill: context.drill, deleted, left })
  context.expectEqual("clean-up", `objects left under s3://${bucket}/${context.scratchPrefix}`, "0", String(left))
}
