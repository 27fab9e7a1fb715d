import type { CutBlock } from "./block-cutter.ts"
import type { OpenUpload, PageCounts } from "./lines.ts"
import type { PartialPage } from "./recovered.ts"
import { count, emptyTally, settledIn, type Tally } from "./tally.ts"

const KINDS = ["done", "failed", "skipped", "unknown"] as const
type Kind = (typeof KINDS)[number]
const KIND_BY_LETTER = new Map<number, Kind>(KINDS.map((kind) => [kind.charCodeAt(0), kind]))
const COMMA = 0x2c
const BRACKET = 0x5d

interface MutablePage extends PartialPage {
  readonly indexes: Set<number>
  readonly tally: Tally
}

/**
 * Sums up the lines of a journal. Of an object it reads three numbers and does not parse the rest: ten million of them are
 * read at every resume. Each method says what is wrong, or undefined.
 */
export class Collector {
  readonly settledPages = new Set<number>()
  readonly partial = new Map<number, MutablePage>()
  readonly uploads = new Map<string, OpenUpload>()
  readonly tally = emptyTally()
  ended = false

  take({ bytes, starts }: CutBlock): string | undefined {
    for (let line = 0; line + 1 < starts.length; line++) {
      const bad = this.#line(bytes, starts[line] ?? 0, starts[line + 1] ?? 0)
      if (bad !== undefined) return bad
    }
    return undefined
  }

  #line(bytes: Buffer, start: number, end: number): string | undefined {
    if (this.ended && bytes[start + 2] !== 0x6a) return "lines follow its end" // a header: a later process went on
    const kind = KIND_BY_LETTER.get(bytes[start + 2] ?? 0)
    if (kind !== undefined) return this.#object(kind, numbersIn(bytes, start + kind.length + 5))
    return this.#other(bytes.toString("utf8", start, end))
  }

  #object(kind: Kind, [page, index, sizeBytes]: readonly [number, number, number]): string | undefined {
    if (!(page >= 0 && index >= 0 && sizeBytes >= 0)) return "a line of an object has no place"
    if (this.settledPages.has(page)) return `page ${page} goes on after its checkpoint`
    let found = this.partial.get(page)
    if (found === undefined) this.partial.set(page, (found = { indexes: new Set(), tally: emptyTally() }))
    if (found.indexes.has(index)) return `object ${index} of page ${page} is settled twice`
    found.indexes.add(index)
    count(found.tally, kind, sizeBytes)
    count(this.tally, kind, sizeBytes)
    return undefined
  }

  #other(text: string): string | undefined {
    let line: Record<string, unknown>
    try {
      line = JSON.parse(text) as Record<string, unknown>
    } catch {
      return "a line is no JSON"
    }
    if (line["journal"] !== undefined) return this.#begin()
    if (line["page"] !== undefined) return this.#page(line as unknown as PageCounts)
    if (typeof line["open"] === "string") return this.#open(line["open"], String(line["key"]), line["from"])
    if (typeof line["closed"] === "string") return void this.uploads.delete(line["closed"])
    if (line["end"] === true) return void (this.ended = true)
    return "a line is of no known kind"
  }

  #begin(): undefined {
    this.ended = false
  }

  #open(uploadId: string, key: string, versionId: unknown): undefined {
    this.uploads.set(uploadId, { uploadId, key, ...(typeof versionId === "string" ? { versionId } : {}) })
  }

  /** Its counts must be those of its objects. */
  #page({ page, objects, done, failed, skipped, unknown }: PageCounts): string | undefined {
    const { indexes, tally } = this.partial.get(page) ?? { indexes: new Set<number>(), tally: emptyTally() }
    const same =
      tally.done === done && tally.failed === failed && tally.skipped === skipped && tally.unknown === unknown
    if (!same || objects !== indexes.size || objects !== settledIn(tally))
      return `page ${page} says ${objects} objects, ${indexes.size} are there`
    if (this.settledPages.has(page)) return `page ${page} has two checkpoints`
    this.partial.delete(page)
    this.settledPages.add(page)
    return undefined
  }
}

/** Reads `12,3,4096]`; NaN for what is missing. */
function numbersIn(bytes: Buffer, at: number): readonly [number, number, number] {
  const found: [number, number, number] = [NaN, NaN, NaN]
  let position = at
  for (let which = 0; which < 3; which++) {
    let value = 0
    const first = position
    for (let digit = digitAt(bytes, position); digit !== undefined; digit = digitAt(bytes, ++position))
      value = value * 10 + digit
    if (position === first || bytes[position] !== (which === 2 ? BRACKET : COMMA)) return found
    found[which] = value
    position++
  }
  return found
}

function digitAt(bytes: Buffer, position: number): number | undefined {
  const digit = (bytes[position] ?? 0) - 0x30
  return digit >= 0 && digit <= 9 ? digit : undefined
}
