import { formatArn, partitionOf } from "../../access/arn.ts"
import { isAccountId, type AccountId } from "../../kernel/brands.ts"
import { ServiceError, type Call } from "../core/exchange.ts"
import type { Conditions, World } from "../core/world.ts"
import type { S3Service } from "../s3/index.ts"
import { requestFacts } from "../s3/request-facts.ts"
import type { Job } from "./job.ts"

/** What batch jobs need to know about roles. */
export interface RoleDirectory {
  /** `trust` is the policy document that says who may assume the role. */
  byArn(arn: string):
    | {
        readonly arn: string
        readonly account: AccountId
        readonly name: string
        readonly id: string
        readonly trust: string
      }
    | undefined
}

export interface ControlParts {
  readonly world: World
  readonly s3: S3Service
  readonly roles: RoleDirectory
  /** Virtual milliseconds between two steps of a job. */
  readonly stepMs: number
  /** By id. */
  readonly jobs: Map<string, Job>
  /** Jobs whose next step is scheduled. */
  readonly awake: Set<string>
}

/** A call on S3 Control: what every handler gets. */
export interface ControlCall extends ControlParts {
  readonly call: Call
  /** The account that the call is about, from `x-amz-account-id`. */
  readonly account: AccountId
  /** "" where the call is about no job. */
  readonly jobId: string
  readonly query: ReadonlyMap<string, string>
}

export function readCall(parts: ControlParts, call: Call): ControlCall {
  const account = call.request.headers["x-amz-account-id"] ?? ""
  if (!isAccountId(account)) throw invalidRequest("AccountId must only be a series of 12 digits")
  return {
    ...parts,
    call,
    account,
    jobId: /\/jobs\/([^/]+)/.exec(call.request.rawPath)?.[1] ?? "",
    query: new Map(call.request.query),
  }
}

export const invalidRequest = (message: string): ServiceError => new ServiceError("InvalidRequest", message)

/** An action on no resource of its own. Another account's caller has no way in: nothing here has a resource policy. */
export const authorizeAccount = (control: ControlCall, action: string, context: Conditions = {}): void =>
  askAbout(control, action, "*", context)

const authorizeJob = (control: ControlCall, job: Job, action: string, context: Conditions = {}): void =>
  askAbout(control, action, job.arn, {
    "s3:ExistingJobOperation": job.operation,
    "s3:ExistingJobPriority": String(job.priority),
    ...context,
  })

/** A question about what has no policy of its own, or does not exist. */
export function askAbout(
  { world, call, account }: ControlCall,
  action: string,
  resource: string,
  context: Conditions,
): void {
  world.authorizer.authorize({
    caller: call.caller,
    action: `s3:${action}`,
    resource,
    resourceAccount: account,
    region: call.region,
    context: { ...requestFacts(call.request), "s3:ResourceAccount": account, ...context },
  })
}

export const jobArn = ({ call, account }: ControlCall, id: string): string =>
  formatArn({ partition: partitionOf(call.region), service: "s3", region: call.region, account, resource: `job/${id}` })

/** The job of the call, asked about under its own ARN whether it exists or not. @throws ServiceError NotFoundException */
export function targetJob(control: ControlCall, action: string, context: (job: Job) => Conditions = () => ({})): Job {
  const job = control.jobs.get(control.jobId)
  if (job === undefined || job.account !== control.account || job.region !== control.call.region) {
    askAbout(control, action, jobArn(control, control.jobId), {})
    throw new ServiceError("NotFoundException", "The specified job does not exist.", 404)
  }
  authorizeJob(control, job, action, context(job))
  return job
}
