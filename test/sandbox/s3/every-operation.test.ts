import * as sdk from "@aws-sdk/client-s3"
import { describe, expect, it } from "vitest"
import type { SandboxRequest } from "../../../src/sandbox/core/exchange.ts"
import { HANDLERS } from "../../../src/sandbox/s3/handlers.ts"
import { operationOf } from "../../../src/sandbox/s3/routes.ts"
import { rig, type Rig } from "./fake-world.ts"

/** Every command of the client, serialised by the client itself: each reaches its own handler or 501, nothing else. */

type Command = new (input: object) => Parameters<sdk.S3Client["send"]>[0]
const commands = Object.entries(sdk).filter(([name]) => name.endsWith("Command") && name !== "$Command")
const BODY = "0123456789"

/** Whatever any of the commands may need to be serialised. */
const INPUT = {
  Bucket: "bucket",
  Key: "key",
  UploadId: "u",
  CopySource: "bucket/source",
  RenameSource: "/bucket/source",
  Id: "one",
  Body: "stored by another handler",
  ObjectAttributes: ["ETag"],
  RequestRoute: "route",
  RequestToken: "token",
  Expression: "e",
  ExpressionType: "SQL",
  Delete: { Objects: [{ Key: "other" }] },
}

interface Sent {
  readonly method: string
  readonly hostname: string
  readonly path: string
  readonly query?: Record<string, string | string[] | null>
  readonly headers: Record<string, string>
  readonly body?: unknown
}

async function requestOf(name: string, command: unknown): Promise<SandboxRequest> {
  let sent: Sent | undefined
  const client = new sdk.S3Client({
    region: "eu-central-1",
    endpoint: "http://localhost:4566",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: "AKIAFAKE", secretAccessKey: "x" },
    requestHandler: {
      handle(request: Sent) {
        sent = request
        return Promise.reject(new Error("taken down"))
      },
    } as never,
  })
  const parts = name === "UploadPart" || name === "UploadPartCopy" ? { PartNumber: 1 } : {}
  await client.send(new (command as Command)({ ...INPUT, ...parts })).catch((error: Error) => {
    if (error.message !== "taken down") throw error
  })
  if (sent === undefined) throw new Error(`${name} was never sent`)
  return {
    method: sent.method,
    rawPath: sent.path,
    query: Object.entries(sent.query ?? {}).flatMap(([each, value]) =>
      (Array.isArray(value) ? value : [value ?? ""]).map((one) => [each, one] as const),
    ),
    headers: Object.fromEntries(Object.entries(sent.headers).map(([each, value]) => [each.toLowerCase(), value])),
    body:
      typeof sent.body === "string" || sent.body instanceof Uint8Array
        ? Buffer.from(sent.body as string)
        : Buffer.alloc(0),
    trailers: {},
  }
}

function prepared(): Rig {
  const aws = rig()
  const location =
    "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
  aws.send({ method: "PUT", rawPath: "/bucket", body: Buffer.from(location) })
  for (const key of ["key", "source"]) aws.send({ method: "PUT", rawPath: `/bucket/${key}`, body: Buffer.from(BODY) })
  return aws
}

/** Key → body of all that is in the bucket. */
function contents(aws: Rig): Record<string, string> {
  const keys = [...String(aws.send({ rawPath: "/bucket?list-type=2" }).body).matchAll(/<Key>([^<]+)<\/Key>/g)]
  return Object.fromEntries(keys.map(([, key]) => [key, String(aws.send({ rawPath: `/bucket/${key}` }).body)]))
}

/** What the operations leave behind that are there to change objects. */
const CHANGES: Readonly<Record<string, Record<string, string>>> = {
  PutObject: { key: INPUT.Body, source: BODY },
  DeleteObject: { source: BODY },
}

describe("every operation of the client", () => {
  it("is one of 112", () => expect(commands.length).toBe(112))

  it.each(commands)("%s", async (className, command) => {
    const name = className.slice(0, -"Command".length)
    const request = await requestOf(name, command)
    const own = name in HANDLERS
    expect(operationOf(request)).toBe(own ? name : undefined)
    // The same without what newer clients add: the name alone must not decide.
    const bare = { ...request, query: request.query.filter(([each]) => each !== "x-id") }
    if (name !== "ListDirectoryBuckets") expect(operationOf(bare)).toBe(own ? name : undefined)
    const aws = prepared()
    const before = contents(aws)
    expect(before).toEqual({ key: BODY, source: BODY })
    const answer = aws.send(request)
    if (own) expect(answer.status).not.toBe(501)
    else expect(answer.status).toBe(501)
    expect(contents(aws)).toEqual(CHANGES[name] ?? before)
  })
})
