import type { SandboxRequest } from "../core/exchange.ts"

/** [operation, method, path below /v20180820, parameters that may be there] */
type Route = readonly [string, string, RegExp, readonly string[]]

const JOBS = /^\/jobs$/
const JOB = /^\/jobs\/[^/]+$/
const TAGGING = /^\/jobs\/[^/]+\/tagging$/
const TAGS = /^\/tags\/[^/]+/
const BLOCK = /^\/configuration\/publicAccessBlock$/

/** The closed table of S3 Control: what is not here is 501. */
export const ROUTES: readonly Route[] = [
  ["CreateJob", "POST", JOBS, []],
  ["ListJobs", "GET", JOBS, ["jobStatuses", "nextToken", "maxResults"]],
  ["DescribeJob", "GET", JOB, []],
  ["UpdateJobStatus", "POST", /^\/jobs\/[^/]+\/status$/, ["requestedJobStatus", "statusUpdateReason"]],
  ["UpdateJobPriority", "POST", /^\/jobs\/[^/]+\/priority$/, ["priority"]],
  ["GetJobTagging", "GET", TAGGING, []],
  ["PutJobTagging", "PUT", TAGGING, []],
  ["DeleteJobTagging", "DELETE", TAGGING, []],
  ["ListTagsForResource", "GET", TAGS, []],
  ["TagResource", "POST", TAGS, []],
  ["UntagResource", "DELETE", TAGS, ["tagKeys"]],
  ["GetPublicAccessBlock", "GET", BLOCK, []],
  ["PutPublicAccessBlock", "PUT", BLOCK, []],
  ["DeletePublicAccessBlock", "DELETE", BLOCK, []],
]

const ROOT = "/v20180820"

export function operationOf(request: SandboxRequest): string | undefined {
  const path = request.rawPath.startsWith(ROOT) ? request.rawPath.slice(ROOT.length) : undefined
  if (path === undefined) return undefined
  const row = ROUTES.find(
    ([, method, pattern, parameters]) =>
      method === request.method &&
      pattern.test(path) &&
      request.query.every(([name]) => parameters.includes(name) || name === "x-id"),
  )
  return row?.[0]
}
