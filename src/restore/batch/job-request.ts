import type { Aim } from "../objects.ts"
import type { RestorePart } from "../plan/restore-plan.ts"
import type { BatchOrder } from "./order.ts"
import type { BatchJobRequest, BatchManifest, BatchOperation } from "./ports.ts"
import { targetFolder } from "./split.ts"
import type { JobState } from "./state.ts"

/** The job as S3 is asked for it: the same order gives the same request, so that its token finds it again. */
export function jobRequest(
  { part, desk, roleArn, priority, plan }: BatchOrder,
  { rows, token, manifest }: JobState & { readonly manifest: BatchManifest },
  reports: string,
): BatchJobRequest {
  return {
    token,
    description: `dr restore ${plan.slice(0, 12)}: ${rows.name} of ${part.name}`.slice(0, 256),
    priority,
    roleArn,
    operation: operationOf(part.operation, part.aim, rows.storageClass),
    manifest,
    report: { bucket: desk.bucket, prefix: reports, owner: desk.owner },
  }
}

function operationOf(operation: RestorePart["operation"], aim: Aim, storageClass: string): BatchOperation {
  const { keyArn, bucketKey, destination } = aim
  if (operation === "rekey") return { kind: "rekey", keyArn, bucketKey }
  const under = targetFolder(aim) ?? ""
  return {
    kind: "copy",
    destination: destination.bucket,
    ...(under === "" ? {} : { under }),
    keyArn,
    bucketKey,
    storageClass,
  }
}
