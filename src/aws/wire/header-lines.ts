import type { Stencil } from "./stencil.ts"

/** The signed headers of one request. Laid out when a transport asks, in the form that it asks for. */
export class HeaderLines {
  readonly #stencil: Stencil
  readonly #values: readonly string[]
  readonly #authorization: string

  constructor(stencil: Stencil, values: readonly string[], authorization: string) {
    this.#stencil = stencil
    this.#values = values
    this.#authorization = authorization
  }

  /** name, value, name, value … in lower case, each name once. Values are latin1: one char is one byte. */
  list(): string[] {
    return this.#stencil.headers(this.#values, this.#authorization)
  }

  /** `name: value` with a line end behind each. */
  text(): string {
    return this.#stencil.lines(this.#values, this.#authorization)
  }

  /** No value ends its line or has a char that is no byte. */
  isClean(): boolean {
    return this.#stencil.isClean && this.#values.every(isClean)
  }
}

export const isClean = (value: string): boolean => CLEAN.test(value)
const CLEAN = /^[\t -~\x80-\xff]*$/
