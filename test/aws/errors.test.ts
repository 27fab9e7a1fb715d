import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { awsError, classify } from "../../src/aws/errors.ts"
import { DrError } from "../../src/kernel/errors.ts"

interface Row {
  svc: string
  operation: string
  step: string
  status: number
  Code: string
  Message: string
}
const { rows } = JSON.parse(readFileSync(new URL("../cases/aws-errors.json", import.meta.url), "utf8")) as {
  rows: Row[]
}
const thrownBy = (row: Row): Error =>
  Object.assign(new Error(row.Message), { name: row.Code, $metadata: { httpStatusCode: row.status, requestId: "r" } })

describe("the AWS error table", () => {
  it.each(rows)("$svc $operation, $step: never retried unless AWS says that it is transient", (row) => {
    const kind = classify(thrownBy(row))
    if (kind === "throttled" || kind === "transient") expect(row.status).toBeGreaterThanOrEqual(500)
  })

  it.each([
    ["DisabledException", 400, "key-state"],
    ["KMS.DisabledException", 400, "key-state"],
    ["KMSInvalidStateException", 400, "key-state"],
    ["KMS.ThrottlingException", 400, "throttled"],
    ["SlowDown", 503, "throttled"],
    ["ExpiredToken", 400, "expired-token"],
    ["AccessDenied", 403, "access-denied"],
    ["PreconditionFailed", 412, "precondition"],
    ["ConditionalRequestConflict", 409, "conflict"],
    ["Unknown", 403, "access-denied"],
    ["Unknown", 400, "expired-token"],
    ["Unknown", 503, "throttled"],
    ["BrandNewException", 400, "unknown"],
    ["BrandNewException", 500, "transient"],
  ])("%s with %d is %s", (name, status, kind) =>
    expect(classify(Object.assign(new Error("x"), { name, $metadata: { httpStatusCode: status } }))).toBe(kind),
  )

  it("says that a HEAD has no reason instead of making one up", () => {
    const thrown = Object.assign(new Error("UnknownError"), { name: "Unknown", $metadata: { httpStatusCode: 403 } })
    const error = awsError(thrown, { service: "s3", operation: "HeadObject" }, "s3://b/k")
    expect(error.message).toBe("s3:HeadObject on s3://b/k failed: HTTP 403 without a reason")
    expect(error.aws).not.toHaveProperty("awsCode")
  })

  it("names call, subject and request id, and carries no secret or escape sequence", () => {
    const thrown = Object.assign(new Error("\u001b[2Kkey AKIAIOSFODNN7EXAMPLE"), {
      name: "AccessDenied",
      $metadata: { httpStatusCode: 403, requestId: "req-1" },
    })
    const error = awsError(thrown, { service: "s3", operation: "GetObject", region: "eu-west-1" }, "s3://b/k")
    expect(error).toBeInstanceOf(DrError)
    expect(error).toMatchObject({
      code: "E_AWS_ACCESS_DENIED",
      exit: 77,
      aws: { requestId: "req-1", status: 403, awsCode: "AccessDenied" },
    })
    expect(error.message).toBe("s3:GetObject on s3://b/k failed: AccessDenied: \\u{1b}[2Kkey <access-key-id>")
  })
})
