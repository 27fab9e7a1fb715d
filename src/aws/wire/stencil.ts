import { isClean } from "./header-lines.ts"

/**
 * The shape of one operation's requests: everything that a run's requests have in common is laid out and joined once a
 * second, so that signing one of them joins a handful of strings. Immutable; a new second or session needs a new one.
 */
export class Stencil {
  /** `host;if-none-match;…`, as the signature names them. */
  readonly signedHeaders: string
  /** No fixed value ends its line. */
  readonly isClean: boolean
  /** Lines as they are sent, before, between and behind the values that vary. */
  readonly #lines: readonly string[]
  /** Canonical text before, between and behind the values that vary: one more than those. */
  readonly #segments: readonly string[]
  /** name, value, … in sorted order; "" where a value varies. */
  readonly #headers: readonly string[]
  /** Where in `headers` the varying values go, in the order in which the caller gives them. */
  readonly #slots: readonly number[]
  /** For each hole of the canonical text the index of the caller's value. */
  readonly #order: readonly number[]
  /** Sent by the transport itself, so signed and not listed. */
  static readonly #BY_TRANSPORT = "host"

  constructor(fixed: ReadonlyMap<string, string>, varying: readonly string[]) {
    const names = [...fixed.keys(), ...varying].toSorted()
    this.signedHeaders = names.join(";")
    const segments: string[] = []
    const headers: string[] = []
    const slots = varying.map(() => 0)
    const order: number[] = []
    const lines: string[] = []
    let segment = ""
    let line = ""
    for (const name of names) {
      const index = varying.indexOf(name)
      if (index < 0) {
        segment += `${name}:${canonicalValue(fixed.get(name) ?? "")}\n`
        if (name === Stencil.#BY_TRANSPORT) continue
        headers.push(name, fixed.get(name) ?? "")
        line += `${name}: ${fixed.get(name) ?? ""}\r\n`
        continue
      }
      segments.push(`${segment}${name}:`)
      segment = "\n"
      lines.push(`${line}${name}: `)
      line = "\r\n"
      slots[index] = headers.push(name, "") - 1
      order.push(index)
    }
    segments.push(`${segment}\n${this.signedHeaders}\n`)
    this.isClean = [...fixed.values()].every(isClean)
    this.#lines = [...lines, `${line}authorization: `]
    this.#segments = segments
    this.#headers = headers
    this.#slots = slots
    this.#order = order
  }

  /** Canonical request behind its first line. `values` belong to the varying names, in their order. */
  canonical(path: string, query: string, values: readonly string[], payloadHash: string): string {
    let text = `${path}\n${query}\n${this.#segments[0]}`
    for (let hole = 0; hole < this.#order.length; hole++)
      text += canonicalValue(values[this.#order[hole] as number] as string) + this.#segments[hole + 1]
    return text + payloadHash
  }

  /** What is sent, `authorization` last. */
  headers(values: readonly string[], authorization: string): string[] {
    const headers = this.#headers.slice()
    for (let at = 0; at < values.length; at++) headers[this.#slots[at] as number] = values[at] as string
    headers.push("authorization", authorization)
    return headers
  }

  /** The same as text. */
  lines(values: readonly string[], authorization: string): string {
    let text = this.#lines[0] as string
    for (let hole = 0; hole < this.#order.length; hole++)
      text += (values[this.#order[hole] as number] as string) + this.#lines[hole + 1]
    return `${text}${authorization}\r\n`
  }
}

/** Outer blanks do not count and a row of them counts as one. Most values have none: they are not touched. */
function canonicalValue(value: string): string {
  return ODD_BLANKS.test(value) ? value.trim().replace(/\s+/g, " ") : value
}
const ODD_BLANKS = /^\s|\s\s|[\t\n\v\f\r]|\s$/
