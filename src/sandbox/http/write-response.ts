import type { ServerResponse } from "node:http"
import type { SandboxResponse } from "../core/exchange.ts"

/** HEAD answers announce the length that GET would have, without a body. */
export function writeResponse(to: ServerResponse, response: SandboxResponse, method: string): void {
  const { body, status, headers } = response
  const bare = method === "HEAD" || status === 204 || status === 304
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length
  const known = "content-length" in headers || status === 204 || status === 304
  to.writeHead(status, known ? headers : { ...headers, "content-length": String(length) })
  if (bare) to.end()
  else to.end(body)
}

const DRIPS = 16

/** The body in small pieces, one each `ms` milliseconds. */
export async function dripResponse(to: ServerResponse, response: SandboxResponse, ms: number): Promise<void> {
  const body = Buffer.from(response.body)
  to.writeHead(response.status, { ...response.headers, "content-length": String(body.length) })
  const size = Math.max(1, Math.ceil(body.length / DRIPS))
  for (let at = 0; at < body.length && !to.destroyed; at += size) {
    to.write(body.subarray(at, at + size))
    await pause(ms)
  }
  to.end()
}

/** Real time: faults of this kind are made to be felt by a client's own time-outs. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
