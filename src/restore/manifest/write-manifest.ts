import { createHash } from "node:crypto"
import { compareKeys } from "../../kernel/byte-order.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { ManifestPage } from "../objects.ts"
import type { ManifestSink } from "../plan/plan-ports.ts"
import type { RunFile, RunFiles } from "../ports.ts"
import { MANIFEST_VERSION, type IndexedPage, type IndexedRange, type ManifestIndex } from "./manifest-index.ts"
import { pageLineOf } from "./page-line.ts"

const BUFFER_BYTES = 256 * 1024

interface OpenRange {
  readonly range: number
  readonly first: string
  last: string
  readonly pages: IndexedPage[]
}

/**
 * Writes a frozen listing: a line per page in the order in which pages come, then an index and the hash of all of it. Kept in
 * memory: the place of each page. A file without its last line is no manifest, so half of one is never taken for all.
 * @throws DrError E_MANIFEST_WRITE (75) when the disk is full or failing; E_MANIFEST_ORDER for pages out of byte order
 */
export function manifestSink(files: RunFiles, name: string): ManifestSink {
  return new ManifestWriter(files, name)
}

class ManifestWriter implements ManifestSink {
  readonly #name: string
  readonly #file: RunFile
  readonly #lines = createHash("sha256")
  readonly #whole = createHash("sha256")
  readonly #ranges = new Map<number, OpenRange>()
  #buffer: Buffer[] = []
  #buffered = 0
  #offset = 0
  #objects = 0
  #pages = 0

  constructor(files: RunFiles, name: string) {
    this.#name = name
    this.#file = orCannotWrite(name, () => files.create(name))
  }

  add(page: ManifestPage): void {
    if (page.objects.length === 0) return
    const line = Buffer.from(pageLineOf(page))
    this.#index(page, line.length)
    this.#lines.update(line)
    this.#append(line)
    this.#objects += page.objects.length
    this.#pages++
  }

  async close(): Promise<{ readonly file: string; readonly sha256: string; readonly pages: number }> {
    const index: ManifestIndex = {
      manifest: MANIFEST_VERSION,
      objects: this.#objects,
      sha256: this.#lines.digest("hex"),
      ranges: this.#sorted(),
    }
    this.#append(Buffer.from(`${JSON.stringify(index)}\n`))
    this.#flush()
    try {
      await this.#file.sync()
    } catch (cause) {
      throw cannotWrite(this.#name, cause)
    } finally {
      this.#file.close()
    }
    return { file: this.#name, sha256: this.#whole.digest("hex"), pages: this.#pages }
  }

  #index({ page, range, objects }: ManifestPage, length: number): void {
    const first = objects[0]?.key ?? ""
    const last = objects.at(-1)?.key ?? ""
    const place: IndexedPage = [page, this.#offset, length]
    const open = this.#ranges.get(range)
    if (open === undefined) return void this.#ranges.set(range, { range, first, last, pages: [place] })
    // Equal where the versions of one key fill more than a page.
    if (compareKeys(open.last, first) > 0) throw outOfOrder(this.#name, open.last, first)
    open.last = last
    open.pages.push(place)
  }

  #sorted(): IndexedRange[] {
    const ranges = [...this.#ranges.values()].toSorted((a, b) => compareKeys(a.first, b.first))
    for (const [at, range] of ranges.entries()) {
      const before = ranges[at - 1]
      if (before !== undefined && compareKeys(before.last, range.first) >= 0)
        throw outOfOrder(this.#name, before.last, range.first)
    }
    return ranges
  }

  #append(bytes: Buffer): void {
    this.#whole.update(bytes)
    this.#offset += bytes.length
    this.#buffer.push(bytes)
    this.#buffered += bytes.length
    if (this.#buffered >= BUFFER_BYTES) this.#flush()
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#buffer)
    this.#buffer = []
    this.#buffered = 0
    orCannotWrite(this.#name, () => this.#file.append(bytes))
  }
}

function orCannotWrite<T>(name: string, write: () => T): T {
  try {
    return write()
  } catch (cause) {
    throw cannotWrite(name, cause)
  }
}

const cannotWrite = (name: string, cause: unknown): DrError =>
  new DrError({
    code: "E_MANIFEST_WRITE",
    exit: EXIT.tryLater,
    message: `cannot write the manifest ${name}: ${messageOf(cause)}`,
    hints: ["free disk space, or plan into another folder with --out; nothing was changed in AWS"],
    cause,
  })

const outOfOrder = (name: string, before: string, after: string): DrError =>
  new DrError({
    code: "E_MANIFEST_ORDER",
    message: `the manifest ${name} got ${JSON.stringify(after)} after ${JSON.stringify(before)}: ranges overlap or a page is out of byte order`,
  })
