import * as sdk from "@aws-sdk/client-s3"
import { describe, expect, it } from "vitest"
import type { SandboxRequest } from "../../../src/sandbox/core/exchange.ts"
import { HANDLERS } from "../../../src/sandbox/s3/handlers.ts"
import { ROUTES, operationOf } from "../../../src/sandbox/s3/routes.ts"

type Schema = readonly [number, string, string, { http: readonly [string, string, number] }]
const operations = Object.keys(sdk)
  .filter((name) => name.endsWith("Command") && name !== "$Command")
  .map((name) => name.slice(0, -"Command".length))

/** What the client's own schema says about the request of an operation, with or without `x-id`. */
function requestOf(operation: string, withId: boolean): SandboxRequest {
  const [method, template] = (sdk as unknown as Record<string, Schema>)[`${operation}$`]![3].http
  const [path, search] = template.split("?", 2)
  const query = [...new URLSearchParams(search ?? "")].filter(([name]) => withId || name !== "x-id")
  if (/^(UploadPart|UploadPartCopy)$/.test(operation)) query.push(["partNumber", "1"], ["uploadId", "u"])
  if (/^(ListParts|CompleteMultipartUpload|AbortMultipartUpload)$/.test(operation)) query.push(["uploadId", "u"])
  if (operation.endsWith("Configuration") && /analytics|metrics|inventory|intelligent/.test(search ?? ""))
    query.push(["id", "one"])
  const root = /^(ListBuckets|ListDirectoryBuckets|WriteGetObjectResponse)$/.test(operation) ? "" : "/bucket"
  return {
    method,
    rawPath: root + (path ?? "").replace("{Key+}", "key"),
    query,
    headers: {
      host: "localhost",
      ...(operation.endsWith("Copy") || operation === "CopyObject" ? { "x-amz-copy-source": "b/k" } : {}),
    },
    body: Buffer.alloc(0),
    trailers: {},
  }
}

describe("the closed route table", () => {
  it("has one handler for each row", () => {
    expect(Object.keys(HANDLERS).toSorted()).toEqual(ROUTES.map(([operation]) => operation).toSorted())
  })

  it("saw all of the client's commands", () => {
    expect(operations.length).toBe(112)
  })

  it.each(operations)("%s reaches its own handler or none", (operation) => {
    const built = ROUTES.some(([name]) => name === operation)
    expect(operationOf(requestOf(operation, true))).toBe(built ? operation : undefined)
    // Without x-id the root listing of directory buckets looks like ListBuckets; nothing else may be mistaken.
    if (operation === "ListDirectoryBuckets") return
    expect(operationOf(requestOf(operation, false))).toBe(built ? operation : undefined)
  })

  it("never falls through on an unknown sub-resource", () => {
    const request = { ...requestOf("PutObject", false), query: [["acl", ""]] as const }
    expect(operationOf(request)).toBeUndefined()
  })
})
