import { S3Client } from "@aws-sdk/client-s3"
import type { AccountId, RegionName } from "../../../src/kernel/brands.ts"
import { REGION, WORKLOAD, type Rig } from "./fake-world.ts"

interface Sent {
  readonly method: string
  readonly path: string
  readonly query?: Record<string, string | string[] | null>
  readonly headers: Record<string, string>
  readonly body?: unknown
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0)
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body as string)
  const chunks: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** The real SDK client, its requests given straight to the handlers. */
export function clientOf(rig: Rig, account: AccountId = WORKLOAD, region: RegionName = REGION): S3Client {
  return new S3Client({
    region,
    endpoint: "http://localhost:4566",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: "AKIAFAKE", secretAccessKey: "x" },
    requestHandler: {
      async handle(sent: Sent) {
        const query = Object.entries(sent.query ?? {}).flatMap(([name, value]) =>
          (Array.isArray(value) ? value : [value ?? ""]).map((each) => [name, each] as const),
        )
        const headers = Object.fromEntries(
          Object.entries(sent.headers).map(([name, value]) => [name.toLowerCase(), value]),
        )
        const answer = rig.send({
          method: sent.method,
          rawPath: sent.path,
          query,
          headers,
          body: await bytesOf(sent.body),
          account,
          region,
        })
        const { Readable } = await import("node:stream")
        const body = Readable.from(answer.body.length === 0 ? [] : [Buffer.from(answer.body as string)])
        return { response: { statusCode: answer.status, headers: answer.headers, body } }
      },
    } as never,
  })
}
