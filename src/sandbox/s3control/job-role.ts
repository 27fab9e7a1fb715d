import { assumedRoleArn, partitionOf } from "../../access/arn.ts"
import type { Caller } from "../core/exchange.ts"
import type { ControlParts } from "./control-call.ts"
import type { Job } from "./job.ts"

const SERVICE = "batchoperations.s3.amazonaws.com"
const SESSION = "s3-batch-operations"
const HOUR_MS = 3_600_000

/** The session in which a job acts, or undefined when its role does not exist or does not trust Batch Operations. */
export function jobCaller(parts: ControlParts, job: Job): Caller | undefined {
  const { roles, world } = parts
  const role = roles.byArn(job.roleArn)
  if (role === undefined || role.account !== job.account) return undefined
  if (!mayAssume(parts, role, job)) return undefined
  return {
    accessKeyId: "ASIABATCHOPERATIONS0",
    account: role.account,
    arn: assumedRoleArn(role.account, role.name, SESSION, partitionOf(job.region)),
    userId: `${role.id}:${SESSION}`,
    kind: "role-session",
    session: {
      roleArn: role.arn,
      sessionName: SESSION,
      tags: {},
      transitiveTagKeys: [],
      chained: false,
      expiresAt: world.clock.now() + HOUR_MS,
    },
  }
}

/** Batch Operations asks in its own name; which job it is about is what guards against a confused deputy. */
function mayAssume(
  { world }: ControlParts,
  role: NonNullable<ReturnType<ControlParts["roles"]["byArn"]>>,
  job: Job,
): boolean {
  return world.authorizer.allows({
    caller: { accessKeyId: "", account: job.account, arn: SERVICE, userId: SERVICE, kind: "service" },
    action: "sts:AssumeRole",
    resource: role.arn,
    resourceAccount: role.account,
    region: job.region,
    resourcePolicy: role.trust,
    context: { "aws:SourceAccount": job.account, "aws:SourceArn": job.arn },
  })
}
