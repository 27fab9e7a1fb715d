import type { WireAnswer } from "./transport.ts"

/** An answer whose head is one piece of text, searched when somebody asks: a copy reads four headers of thirteen. */
export class HeadText implements WireAnswer {
  readonly status: number
  readonly body: Buffer
  readonly #text: string
  /** Of the same length: latin1 has no letter that grows. */
  #lower: string | undefined

  /** `text`: status line and header lines, each with its line end. */
  constructor(status: number, text: string, body: Buffer) {
    this.status = status
    this.#text = text
    this.body = body
  }

  header(name: string): string | undefined {
    this.#lower ??= this.#text.toLowerCase()
    const line = `\n${name}:`
    const at = this.#lower.indexOf(line)
    if (at < 0) return undefined
    const from = at + line.length
    return trimmed(this.#text, from, this.#text.indexOf("\r", from))
  }

  *headers(): IterableIterator<readonly [string, string]> {
    const text = this.#text
    for (let at = text.indexOf("\n") + 1; at < text.length;) {
      const colon = text.indexOf(":", at)
      const end = text.indexOf("\r", colon)
      yield [text.slice(at, colon).toLowerCase(), trimmed(text, colon + 1, end)]
      at = end + 2
    }
  }
}

function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

const isBlank = (code: number): boolean => code === 32 || code === 9
