import { createHash } from "node:crypto"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { ManifestPage } from "../objects.ts"
import type { PageSource, RunFiles } from "../ports.ts"
import { MANIFEST_VERSION, type IndexedPage, type IndexedRange, type ManifestIndex } from "./manifest-index.ts"
import { readPageLine } from "./page-line.ts"

/** A run of keys whose pages follow each other in byte order. */
export interface ManifestRange {
  readonly range: number
  /** First and last key that are in it. */
  readonly first: string
  readonly last: string
  readonly pages: number
}

export interface Manifest {
  readonly objects: number
  readonly pages: number
  /** In byte order, disjoint. */
  readonly ranges: readonly ManifestRange[]
  /** As they were listed: neighbours come from several ranges, and so from several partitions. */
  inFileOrder(): PageSource
  /** The pages of one range in byte order. */
  pagesOf(range: ManifestRange): AsyncIterable<ManifestPage>
}

/** What the plan says of its manifest. */
export interface ManifestRef {
  readonly file: string
  readonly sha256: string
  readonly pages: number
}

/**
 * Opens a manifest after its bytes were compared with the hash that the plan holds; they are read twice, and only the places
 * of the pages are kept. @throws DrError E_MANIFEST (78) that says what is wrong with it
 */
export async function openManifest(files: RunFiles, ref: ManifestRef): Promise<Manifest> {
  const tail = await tailOf(files, ref)
  const index = indexOf(ref, tail)
  return new OpenedManifest(files, ref, index)
}

/** The last line, once all bytes have the right hash. */
async function tailOf(files: RunFiles, ref: ManifestRef): Promise<string> {
  const hash = createHash("sha256")
  let tail: Buffer[] = []
  try {
    for await (const chunk of files.read(ref.file)) {
      hash.update(chunk)
      if (tail.at(-1)?.at(-1) === LF) tail = []
      const end = chunk.length < 2 ? -1 : chunk.lastIndexOf(LF, chunk.length - 2)
      if (end !== -1) tail = []
      tail.push(chunk.subarray(end + 1))
    }
  } catch (cause) {
    throw noManifest(ref, `it cannot be read: ${messageOf(cause)}`, cause)
  }
  const sha256 = hash.digest("hex")
  if (sha256 !== ref.sha256) throw noManifest(ref, `its SHA-256 is ${sha256}, the plan says ${ref.sha256}`)
  return Buffer.concat(tail).toString()
}

const LF = 0x0a

function indexOf(ref: ManifestRef, line: string): ManifestIndex {
  let index: ManifestIndex
  try {
    index = JSON.parse(line) as ManifestIndex
  } catch (cause) {
    throw noManifest(ref, "its last line is no index", cause)
  }
  if (index.manifest !== MANIFEST_VERSION || !Array.isArray(index.ranges))
    throw noManifest(ref, "its last line is no index of this format")
  const pages = index.ranges.reduce((sum, { pages: own }) => sum + own.length, 0)
  if (pages !== ref.pages) throw noManifest(ref, `it has ${pages} pages, the plan says ${ref.pages}`)
  return index
}

class OpenedManifest implements Manifest {
  readonly objects: number
  readonly pages: number
  readonly ranges: readonly ManifestRange[]
  readonly #files: RunFiles
  readonly #ref: ManifestRef
  readonly #indexed: ReadonlyMap<number, IndexedRange>

  constructor(files: RunFiles, ref: ManifestRef, index: ManifestIndex) {
    this.#files = files
    this.#ref = ref
    this.objects = index.objects
    this.pages = ref.pages
    this.ranges = index.ranges.map(({ range, first, last, pages }) => ({ range, first, last, pages: pages.length }))
    this.#indexed = new Map(index.ranges.map((range) => [range.range, range]))
  }

  inFileOrder(): PageSource {
    const places = [...this.#indexed.values()]
      .flatMap(({ range, pages }) => pages.map((place) => ({ range, place })))
      .toSorted((a, b) => a.place[1] - b.place[1])
    let at = 0
    return {
      next: async () => {
        const next = places[at++]
        return next === undefined ? undefined : this.#page(next.range, next.place)
      },
    }
  }

  async *pagesOf({ range }: ManifestRange): AsyncIterable<ManifestPage> {
    for (const place of this.#indexed.get(range)?.pages ?? []) yield this.#page(range, place)
  }

  /** The hash was right when it was opened; the file may have been changed since. */
  async #page(range: number, [number, offset, length]: IndexedPage): Promise<ManifestPage> {
    const bytes = await this.#files.readAt(this.#ref.file, offset, length)
    const page = parsePage(bytes)
    if (bytes.length !== length || page?.page !== number || page.range !== range)
      throw noManifest(this.#ref, `page ${number} is not where its index says: it was changed while it was in use`)
    return page
  }
}

function parsePage(bytes: Buffer): ManifestPage | undefined {
  try {
    return readPageLine(bytes.toString())
  } catch {
    return undefined
  }
}

const noManifest = (ref: ManifestRef, why: string, cause?: unknown): DrError =>
  new DrError({
    code: "E_MANIFEST",
    exit: EXIT.config,
    message: `cannot use the manifest ${ref.file}: ${why}`,
    hints: [
      "a plan and the manifests beside it are carried together; dr restore plan … --out FILE makes new ones, a run keeps its own",
    ],
    ...(cause === undefined ? {} : { cause }),
  })
