import type { WireAnswer } from "./transport.ts"

/** An answer whose headers are read when somebody asks for one: most are never looked at. */
export class RawHeaders implements WireAnswer {
  readonly status: number
  readonly body: Buffer
  readonly #pairs: readonly Buffer[]

  /** `pairs`: name, value, name, value … as they came. */
  constructor(status: number, pairs: readonly Buffer[], body: Buffer) {
    this.status = status
    this.#pairs = pairs
    this.body = body
  }

  header(name: string): string | undefined {
    const pairs = this.#pairs
    for (let at = 0; at < pairs.length; at += 2) {
      const given = pairs[at] as Buffer
      if (given.length === name.length && given.toString("latin1").toLowerCase() === name)
        return (pairs[at + 1] as Buffer).toString("latin1")
    }
    return undefined
  }

  *headers(): IterableIterator<readonly [string, string]> {
    for (let at = 0; at < this.#pairs.length; at += 2)
      yield [
        (this.#pairs[at] as Buffer).toString("latin1").toLowerCase(),
        (this.#pairs[at + 1] as Buffer).toString("latin1"),
      ]
  }
}
