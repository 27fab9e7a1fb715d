import type { IncomingMessage } from "node:http"
import type { SandboxRequest } from "../core/exchange.ts"

const MOST_BYTES = 512 * 1024 * 1024

/** The whole body. Rejects when the connection breaks before its end: a cut body reaches no service. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST_BYTES) request.destroy()
      else chunks.push(chunk)
    })
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)))
    request.on("error", reject)
    request.on("close", () => {
      if (!request.complete) reject(new Error("the request was cut"))
    })
  })
}

const NO_PAIRS: ReadonlyArray<readonly [string, string]> = []
const NO_TRAILERS: Readonly<Record<string, string>> = {}

/** The raw URL is kept: `new URL()` would fold `a//b/../c` into another object. */
export function toSandboxRequest(request: IncomingMessage, body: Buffer): SandboxRequest {
  const url = request.url ?? "/"
  const cut = url.indexOf("?")
  return {
    method: request.method ?? "GET",
    rawPath: cut < 0 ? url : url.slice(0, cut),
    query: cut < 0 || cut === url.length - 1 ? NO_PAIRS : readQuery(url.slice(cut + 1)),
    headers: request.headers as Record<string, string>,
    body,
    trailers: NO_TRAILERS,
  }
}

function readQuery(text: string): Array<[string, string]> {
  return text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=")
      return equals < 0 ? [decode(pair), ""] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    })
}

function decode(text: string): string {
  if (!text.includes("%")) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
