import { BROKEN, COLON, CR, LF, MORE, TOKEN, VALUE } from "./http-bytes.ts"

/** In a size, behind it, in the bytes, behind them, in the lines behind the last chunk. */
type State = "size" | "extension" | "data" | "data-end" | "trailer"

/** A size's extensions; all trailers together. */
const MAX_LINE_BYTES = 16 * 1024
/** 16 MB is six digits; a few noughts before them do no harm. */
const MAX_SIZE_DIGITS = 12

/** Takes the chunks of one body apart [RFC 9112, 7.1]. Extensions and trailers are passed over. */
export class ChunkedBody {
  #state: State = "size"
  /** Of the present chunk. */
  #leftBytes = 0
  #digits = 0
  #lineBytes = 0
  /** The byte before was the CR of a line's end. */
  #return = false
  /** Where the present line of the trailers or the present word of an extension began, and whether its name is over. */
  #lineAt = 0
  #named = false

  /** Where the body ends, or MORE or BROKEN. `take` gets the bounds of each piece; false = it wants no more. */
  read(bytes: Buffer, from: number, take: (from: number, to: number) => boolean): number {
    let at = from
    while (at < bytes.length) {
      if (this.#state === "data") {
        const to = Math.min(bytes.length, at + this.#leftBytes)
        if (!take(at, to)) return BROKEN
        this.#leftBytes -= to - at
        at = to
        if (this.#leftBytes === 0) this.#state = "data-end"
        continue
      }
      const byte = bytes[at++] as number
      if (this.#isEnd(byte)) return at
      if (!this.#step(byte)) return BROKEN
    }
    return MORE
  }

  /** The empty line behind the trailers. */
  #isEnd(byte: number): boolean {
    return this.#state === "trailer" && this.#return && byte === LF && this.#lineBytes === this.#lineAt
  }

  #step(byte: number): boolean {
    if (this.#return) return this.#lineEnd(byte)
    if (byte === CR) return this.#beginEnd()
    switch (this.#state) {
      case "size":
        return this.#size(byte)
      case "extension":
        return this.#extension(byte)
      case "trailer":
        return this.#trailer(byte)
      default:
        return false
    }
  }

  #size(byte: number): boolean {
    const digit = HEX[byte] as number
    if (digit < 0) {
      this.#state = "extension"
      return byte === SEMICOLON && this.#digits > 0
    }
    this.#leftBytes = this.#leftBytes * 16 + digit
    return ++this.#digits <= MAX_SIZE_DIGITS
  }

  /** `;name` or `;name=value`, both plain. */
  #extension(byte: number): boolean {
    if (++this.#lineBytes > MAX_LINE_BYTES) return false
    const begun = this.#lineBytes > this.#lineAt + 1
    if (byte !== SEMICOLON && (byte !== EQUALS || this.#named)) return TOKEN[byte] === 1
    this.#named = byte === EQUALS
    this.#lineAt = this.#lineBytes
    return begun
  }

  /** A line that is not empty has a name and a colon. */
  #trailer(byte: number): boolean {
    const first = this.#lineBytes === this.#lineAt
    if (++this.#lineBytes > MAX_LINE_BYTES) return false
    if (this.#named) return VALUE[byte] === 1
    this.#named = byte === COLON && !first
    return this.#named || TOKEN[byte] === 1
  }

  #beginEnd(): boolean {
    this.#return = true
    if (this.#state === "size") return this.#digits > 0
    if (this.#state === "extension") return this.#lineBytes > this.#lineAt
    return this.#state !== "trailer" || this.#named || this.#lineBytes === this.#lineAt
  }

  #lineEnd(byte: number): boolean {
    this.#return = false
    if (this.#state === "data-end") this.#state = "size"
    else if (this.#state !== "trailer") this.#state = this.#leftBytes === 0 ? "trailer" : "data"
    this.#digits = 0
    this.#named = false
    if (this.#state !== "trailer") this.#lineBytes = 0
    this.#lineAt = this.#lineBytes
    return byte === LF
  }
}

const SEMICOLON = 59
const EQUALS = 61

const HEX = Int8Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? -1 : digit
})
