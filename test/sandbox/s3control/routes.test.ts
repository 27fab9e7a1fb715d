import { expect, it } from "vitest"
import type { SandboxRequest } from "../../../src/sandbox/core/exchange.ts"
import { operationOf, ROUTES } from "../../../src/sandbox/s3control/routes.ts"

const request = (method: string, rawPath: string, query: SandboxRequest["query"] = []): SandboxRequest => ({
  method,
  rawPath,
  query,
  headers: {},
  body: Buffer.alloc(0),
  trailers: {},
})

it.each([
  ["CreateJob", "POST", "/v20180820/jobs"],
  ["ListJobs", "GET", "/v20180820/jobs"],
  ["DescribeJob", "GET", "/v20180820/jobs/one"],
  ["UpdateJobStatus", "POST", "/v20180820/jobs/one/status"],
  ["UpdateJobPriority", "POST", "/v20180820/jobs/one/priority"],
  ["GetJobTagging", "GET", "/v20180820/jobs/one/tagging"],
  ["PutJobTagging", "PUT", "/v20180820/jobs/one/tagging"],
  ["DeleteJobTagging", "DELETE", "/v20180820/jobs/one/tagging"],
  ["ListTagsForResource", "GET", "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Aone"],
  ["TagResource", "POST", "/v20180820/tags/arn:aws:s3:::one"],
  ["UntagResource", "DELETE", "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Aone"],
  ["GetPublicAccessBlock", "GET", "/v20180820/configuration/publicAccessBlock"],
  ["PutPublicAccessBlock", "PUT", "/v20180820/configuration/publicAccessBlock"],
  ["DeletePublicAccessBlock", "DELETE", "/v20180820/configuration/publicAccessBlock"],
])("%s is %s %s", (operation, method, path) => {
  expect(operationOf(request(method, path))).toBe(operation)
  expect(ROUTES.map(([name]) => name)).toContain(operation)
})

it.each([
  ["GET", "/v20180820/accesspoint"],
  ["POST", "/v20180820/jobs/one"],
  ["GET", "/v20180820/jobs/one/two"],
  ["PUT", "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Aone"],
  ["GET", "/v20180820/tags"],
  ["PUT", "/v20180820/configuration/publicAccessBlock/more"],
])("%s %s is nothing that is built", (method, path) => expect(operationOf(request(method, path))).toBeUndefined())

it("takes no parameter that it does not know", () => {
  expect(operationOf(request("GET", "/v20180820/jobs", [["jobStatuses", "New"]]))).toBe("ListJobs")
  expect(operationOf(request("GET", "/v20180820/jobs", [["filter", "x"]]))).toBeUndefined()
})
