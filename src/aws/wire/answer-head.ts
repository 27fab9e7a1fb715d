import { COLON, CR, LF, TOKEN, VALUE } from "./http-bytes.ts"

/** The head of one answer, read strictly: what is not plain HTTP/1.1 is no answer of AWS. */
export interface AnswerHead {
  readonly status: number
  /** Status line and header lines with their line ends, without the empty one; latin1. */
  readonly text: string
  /** Undefined = not said. */
  readonly lengthBytes: number | undefined
  readonly chunked: boolean
  /** The server takes another request on this connection. */
  readonly keepAlive: boolean
  /** How long it waits for that; undefined = not said. */
  readonly keepAliveSeconds: number | undefined
}

/** `to`: behind the last header's line end. Undefined = it is not HTTP, or it says two things about its length. */
export function readHead(bytes: Buffer, from: number, to: number): AnswerHead | undefined {
  const text = bytes.toString("latin1", from, to)
  const status = statusOf(text)
  if (status === undefined) return undefined
  const framing = new Framing(text.charCodeAt(MINOR_AT) === ONE)
  for (let at = text.indexOf("\n") + 1 + from; at < to;) {
    const colon = pass(TOKEN, bytes, at)
    if (colon === at || bytes[colon] !== COLON) return undefined
    const end = pass(VALUE, bytes, colon + 1)
    if (end + 1 >= to || bytes[end] !== CR || bytes[end + 1] !== LF) return undefined
    if (FRAMING_LENGTHS.has(colon - at) && !framing.take(text, at - from, colon - from, end - from)) return undefined
    at = end + 2
  }
  return framing.headOf(status, text)
}

function pass(table: Uint8Array, bytes: Buffer, from: number): number {
  let at = from
  while (table[bytes[at] ?? CR] === 1) at++
  return at
}

const MINOR_AT = "HTTP/1.".length
const ONE = 49

/** 1xx but the hints of 102 and 103 belong to requests that we never make. */
function statusOf(text: string): number | undefined {
  const line = /^HTTP\/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?\r\n/.exec(text)
  const status = Number(line?.[1])
  return line === null || status === 100 || status === 101 ? undefined : status
}

/** Of the headers that say where an answer ends, and what comes after it. */
const FRAMING_LENGTHS: ReadonlySet<number> = new Set(
  ["connection", "content-length", "transfer-encoding"].map((name) => name.length),
)

class Framing {
  #lengthBytes: number | undefined
  #chunked = false
  #keepAlive: boolean
  #keepAliveSeconds: number | undefined

  constructor(keepAlive: boolean) {
    this.#keepAlive = keepAlive
  }

  /** False = the answer contradicts itself. */
  take(text: string, nameAt: number, colon: number, end: number): boolean {
    const name = text.slice(nameAt, colon).toLowerCase()
    const value = text.slice(colon + 1, end)
    switch (name) {
      case "content-length":
        return this.#takeLength(value.trim())
      case "transfer-encoding":
        this.#chunked = !this.#chunked && value.trim().toLowerCase() === "chunked"
        return this.#chunked
      case "connection":
        this.#keepAlive = /(?:^|,)\s*close\s*(?:,|$)/i.test(value)
          ? false
          : this.#keepAlive || /(?:^|,)\s*keep-alive\s*(?:,|$)/i.test(value)
        return !/upgrade/i.test(value)
      case "keep-alive":
        this.#keepAliveSeconds = secondsOf(value)
        return true
      default:
        return true
    }
  }

  headOf(status: number, text: string): AnswerHead | undefined {
    if (this.#chunked && this.#lengthBytes !== undefined) return undefined
    return {
      status,
      text,
      lengthBytes: this.#lengthBytes,
      chunked: this.#chunked,
      keepAlive: this.#keepAlive,
      keepAliveSeconds: this.#keepAliveSeconds,
    }
  }

  #takeLength(value: string): boolean {
    if (this.#lengthBytes !== undefined || !/^\d{1,15}$/.test(value)) return false
    this.#lengthBytes = Number(value)
    return true
  }
}

function secondsOf(value: string): number | undefined {
  const found = /timeout=\s*(\d{1,6})/i.exec(value)
  return found === null ? undefined : Number(found[1])
}
