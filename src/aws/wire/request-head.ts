import type { WireRequest } from "./transport.ts"

/**
 * Request line and headers as they go out, latin1. Undefined = a value would end its line, and what stands behind it would
 * be taken for another header or another request: listings come from AWS, and their ETags go into headers.
 */
export function requestHead({ origin, method, path, headers, body }: WireRequest): string | undefined {
  if (!PATH.test(path) || !headers.isClean()) return undefined
  const length = body === undefined ? (EMPTY_BODY[method] ?? "") : `content-length: ${body.length}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: ${hostOf(origin)}\r\n${length}${headers.text()}\r\n`
}

const PATH = /^\/[!-~]*$/

/** These two mean a body, so that its absence is said. */
const EMPTY_BODY: Readonly<Record<string, string>> = {
  PUT: "content-length: 0\r\n",
  POST: "content-length: 0\r\n",
}

let last: { readonly origin: string; readonly host: string } | undefined

function hostOf(origin: string): string {
  if (last?.origin !== origin) last = { origin, host: new URL(origin).host }
  return last.host
}
