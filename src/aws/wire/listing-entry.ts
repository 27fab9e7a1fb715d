import type { ListedObject } from "../../restore/objects.ts"
import { decodeListedKey } from "../s3-key-encoding.ts"
import { digits, parseIsoTime } from "./iso-time.ts"
import { asciiKey } from "./listed-key.ts"
import { mark, type Mark, type XmlCursor } from "./xml-cursor.ts"
import { resolveEntities } from "./xml-entities.ts"

const KEY = 0
const MODIFIED = 1
const ETAG = 2
const SIZE = 3
const CLASS = 4
const VERSION = 5
const LATEST = 6
const SLOTS = 7
/** May come several times and is not read. */
const PASSED_OVER = -1

interface Field {
  readonly slot: number
  readonly name: string
  readonly open: Mark
  readonly close: Mark
}

const field = (slot: number, name: string): Field => ({
  slot,
  name,
  open: mark(`<${name}>`),
  close: mark(`</${name}>`),
})

/** By the first letter, so that an element is told by one or two comparisons. */
const FIELDS = byFirstLetter([
  field(KEY, "Key"),
  field(MODIFIED, "LastModified"),
  field(ETAG, "ETag"),
  field(SIZE, "Size"),
  field(CLASS, "StorageClass"),
  field(VERSION, "VersionId"),
  field(LATEST, "IsLatest"),
  field(PASSED_OVER, "ChecksumAlgorithm"),
  field(PASSED_OVER, "ChecksumType"),
  field(PASSED_OVER, "ID"),
])

function byFirstLetter(fields: readonly Field[]): readonly (readonly Field[])[] {
  const table: Field[][] = Array.from({ length: 256 }, () => [])
  for (const each of fields) table[each.open[1] ?? 0]?.push(each)
  return table
}

const CONTENTS_END = mark("</Contents>")
const VERSION_END = mark("</Version>")
const MARKER_END = mark("</DeleteMarker>")

const LESS = 60
const NONE: readonly Field[] = []

const ESCAPE = 1
const ENTITY = 2
const FOREIGN = 4

/** What each byte of character data asks for: unescaping, an entity, or a refusal. */
const TRAIT = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code <= 32 || code >= 127) return FOREIGN
  if (code === 38) return ENTITY
  return code === 37 || code === 43 ? ESCAPE : 0
})

/** Reads entries of one page, in any order of fields and of any length. Remembers where the fields of one entry lie. */
export class EntryReader {
  readonly #cursor: XmlCursor
  /** Zero = the field has not come. */
  readonly #start = new Int32Array(SLOTS)
  readonly #end = new Int32Array(SLOTS)
  readonly #traits = new Uint8Array(SLOTS)
  #lastClass = "STANDARD"

  constructor(cursor: XmlCursor) {
    this.#cursor = cursor
  }

  object(): ListedObject {
    this.#read(CONTENTS_END)
    return {
      key: this.#key(),
      sizeBytes: this.#size(),
      modifiedAt: this.#modifiedAt(),
      etag: this.#etag(),
      storageClass: this.#storageClass(),
    }
  }

  version(): ListedObject {
    this.#read(VERSION_END)
    const key = this.#key()
    const sizeBytes = this.#size()
    const modifiedAt = this.#modifiedAt()
    const etag = this.#etag()
    const storageClass = this.#storageClass()
    const versionId = this.#text(VERSION, "VersionId")
    return this.#isLatest()
      ? { key, sizeBytes, modifiedAt, etag, storageClass, versionId, current: true }
      : { key, sizeBytes, modifiedAt, etag, storageClass, versionId }
  }

  deleteMarker(): ListedObject {
    this.#read(MARKER_END)
    const marker = {
      key: this.#key(),
      sizeBytes: 0,
      modifiedAt: this.#modifiedAt(),
      etag: "",
      storageClass: "",
      versionId: this.#text(VERSION, "VersionId"),
      deleteMarker: true,
    } as const
    return this.#isLatest() ? { ...marker, current: true } : marker
  }

  #read(end: Mark): void {
    const cursor = this.#cursor
    this.#start.fill(0)
    if (!cursor.enter()) return
    while (!cursor.atClose()) {
      const known = this.#knownField()
      if (known === undefined) cursor.skip()
      else this.#take(known)
    }
    cursor.close(end)
  }

  #knownField(): Field | undefined {
    const cursor = this.#cursor
    for (const each of FIELDS[cursor.bytes[cursor.at + 1] ?? 0] ?? NONE) if (cursor.sees(each.open)) return each
    return undefined
  }

  #take({ slot, name, open, close }: Field): void {
    const cursor = this.#cursor
    const { bytes } = cursor
    const start = cursor.at + open.length
    let end = start
    let traits = 0
    for (let byte = bytes[end]; byte !== LESS && byte !== undefined; byte = bytes[++end]) traits |= TRAIT[byte] ?? 0
    if (!cursor.sees(close, end)) cursor.refuse(end < bytes.length ? `${name} is not closed` : "it is cut off")
    cursor.at = end + close.length
    if (slot === PASSED_OVER) return
    if (this.#start[slot] !== 0) cursor.refuse(`an entry has two of ${name}`)
    this.#start[slot] = start
    this.#end[slot] = end
    this.#traits[slot] = traits
  }

  #raw(slot: number): string {
    return this.#cursor.text(this.#start[slot] ?? 0, this.#end[slot] ?? 0)
  }

  #need(slot: number, name: string): void {
    if (this.#start[slot] === 0 || this.#start[slot] === this.#end[slot]) this.#cursor.refuse(`an entry has no ${name}`)
    if ((this.#traits[slot] ?? 0) >= FOREIGN)
      this.#cursor.refuse(`${name} is ${JSON.stringify(this.#raw(slot))}, which S3 does not write`)
  }

  #key(): string {
    this.#need(KEY, "Key")
    const traits = this.#traits[KEY]
    if (traits === 0) return this.#raw(KEY)
    const usual =
      traits === ESCAPE ? asciiKey(this.#cursor.bytes, this.#start[KEY] ?? 0, this.#end[KEY] ?? 0) : undefined
    return usual ?? readListedText(this.#raw(KEY), this.#cursor)
  }

  #text(slot: number, name: string): string {
    this.#need(slot, name)
    const raw = this.#raw(slot)
    return (this.#traits[slot] ?? 0) >= ENTITY ? resolveEntities(raw, this.#cursor.refuse) : raw
  }

  #size(): number {
    this.#need(SIZE, "Size")
    const start = this.#start[SIZE] ?? 0
    const length = (this.#end[SIZE] ?? 0) - start
    const size = length > 15 ? -1 : digits(this.#cursor.bytes, start, length)
    return size < 0 ? this.#cursor.refuse(`a size is ${JSON.stringify(this.#raw(SIZE))}`) : size
  }

  #modifiedAt(): number {
    this.#need(MODIFIED, "LastModified")
    const time = parseIsoTime(this.#cursor.bytes, this.#start[MODIFIED] ?? 0, this.#end[MODIFIED] ?? 0)
    return time ?? this.#cursor.refuse(`a LastModified is ${JSON.stringify(this.#raw(MODIFIED))}`)
  }

  /** With quotes, which S3 writes as entities. */
  #etag(): string {
    const start = this.#start[ETAG] ?? 0
    const inner = (this.#end[ETAG] ?? 0) - QUOTE.length
    const usual = this.#traits[ETAG] === ENTITY && this.#cursor.sees(QUOTE, start) && this.#cursor.sees(QUOTE, inner)
    const bare = usual && inner > start ? this.#cursor.text(start + QUOTE.length, inner) : "&"
    return bare.includes("&") ? this.#text(ETAG, "ETag") : `"${bare}"`
  }

  /** Nearly all entries of a page have the same one: one string for all of them. Left out means S3's default. */
  #storageClass(): string {
    const storageClass = this.#start[CLASS] === 0 ? "STANDARD" : this.#text(CLASS, "StorageClass")
    if (storageClass !== this.#lastClass) this.#lastClass = storageClass
    return this.#lastClass
  }

  #isLatest(): boolean {
    const raw = this.#text(LATEST, "IsLatest")
    if (raw !== "true" && raw !== "false") this.#cursor.refuse(`an IsLatest is ${JSON.stringify(raw)}`)
    return raw === "true"
  }
}

const QUOTE = mark("&quot;")

/** Text that `encoding-type=url` encodes. What a URL may not hold shows that it was not encoded at all. */
export function readListedText(raw: string, cursor: XmlCursor): string {
  const text = raw.includes("&") ? resolveEntities(raw, cursor.refuse) : raw
  if (!/^[!-~]*$/.test(text)) cursor.refuse(`it holds ${JSON.stringify(text)}, which is not URL-encoded`)
  return decodeListedKey(text)
}
