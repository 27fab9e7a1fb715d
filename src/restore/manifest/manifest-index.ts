/** The last line of a manifest: where each page lies, and what all of it is. */
export interface ManifestIndex {
  readonly manifest: 1
  readonly objects: number
  /** SHA-256 of all bytes before this line, lower-case hex. */
  readonly sha256: string
  /** In byte order of keys; their pages in that order, too. */
  readonly ranges: readonly IndexedRange[]
}

export interface IndexedRange {
  readonly range: number
  /** First and last key. */
  readonly first: string
  readonly last: string
  readonly pages: readonly IndexedPage[]
}

/** Number, byte offset, length in bytes. */
export type IndexedPage = readonly [page: number, offset: number, length: number]

export const MANIFEST_VERSION = 1
