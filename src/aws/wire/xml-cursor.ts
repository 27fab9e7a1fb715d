/** Throws: the document cannot be trusted, for this reason. */
export type Refuse = (why: string) => never

/** `<Key>` as bytes. */
export type Mark = Uint8Array

export const mark = (text: string): Mark => new Uint8Array(Buffer.from(text))

const SLASH = 47
const LESS = 60
const MORE = 62

/**
 * Walks a small XML document from front to back without building a tree: elements, character data, and attributes, which
 * are passed over. A comment, CDATA or DOCTYPE is refused: S3 sends none, and whoever does is not S3. Every method
 * refuses what does not fit.
 */
export class XmlCursor {
  readonly bytes: Buffer
  readonly refuse: Refuse
  at = 0

  constructor(body: Buffer, refuse: Refuse) {
    this.bytes = body
    this.refuse = refuse
  }

  /** Steps over the declaration and into the root. */
  enterRoot(name: string): void {
    this.skipBlanks()
    if (this.sees(DECLARATION)) this.at = this.next("?>") + 2
    this.skipBlanks()
    const found = this.peekName()
    if (found !== name) this.refuse(`it is ${found === "" ? "no XML" : `a document ${JSON.stringify(found)}`}`)
    if (!this.enter()) this.refuse("it is empty")
  }

  /** Nothing but blanks may stand behind the root. */
  end(): void {
    this.skipBlanks()
    if (this.at < this.bytes.length) this.refuse("something stands behind its end")
  }

  /** True when an end tag comes next, false when an element does. */
  atClose(): boolean {
    if (this.bytes[this.at] !== LESS) this.skipBlanks()
    if (this.bytes[this.at] !== LESS) this.refuse(this.at < this.bytes.length ? "it holds stray text" : CUT)
    return this.bytes[this.at + 1] === SLASH
  }

  /** Name of the start tag that comes next; empty where there is none. */
  peekName(): string {
    return this.bytes[this.at] === LESS ? this.text(this.at + 1, this.nameEnd(this.at + 1)) : ""
  }

  /** Steps into the element that comes next; false when it closes itself. */
  enter(): boolean {
    const nameEnd = this.nameEnd(this.at + 1)
    if (nameEnd === this.at + 1) this.refuse("it holds markup that S3 does not write")
    const end = this.bytes[nameEnd] === MORE ? nameEnd : this.attributesEnd(nameEnd)
    this.at = end + 1
    return this.bytes[end - 1] !== SLASH
  }

  /** Steps over an end tag, as `mark` has it. */
  close(tag: Mark): void {
    const end = this.at + tag.length
    if (!this.sees(tag)) this.refuse(end < this.bytes.length ? "an element is not closed" : CUT)
    this.at = end
  }

  /** Raw character data of the element that comes next, entities and all. */
  leaf(): string {
    const name = this.at + 1
    const length = this.nameEnd(name) - name
    if (!this.enter()) return ""
    const start = this.at
    this.toMarkup()
    const raw = this.text(start, this.at)
    if (!this.atClose()) this.refuse("it holds more than text where text belongs")
    this.closeLike(name, length)
    return raw
  }

  /** Steps over the element that comes next, whatever is in it. */
  skip(depth = 0): void {
    if (depth > 16) this.refuse("it is nested too deeply")
    const name = this.at + 1
    const length = this.nameEnd(name) - name
    if (!this.enter()) return
    for (;;) {
      this.toMarkup()
      if (this.bytes[this.at + 1] === SLASH) return this.closeLike(name, length)
      this.skip(depth + 1)
    }
  }

  /** Whether these very bytes come next. */
  sees(expected: Mark, at = this.at): boolean {
    for (let index = 0; index < expected.length; index++) if (this.bytes[at + index] !== expected[index]) return false
    return true
  }

  /** One character per byte: what is read of a listing is ASCII. */
  text(from: number, to: number): string {
    return this.bytes.toString("latin1", from, to)
  }

  private skipBlanks(): void {
    while (isBlank(this.bytes[this.at])) this.at++
  }

  private toMarkup(): void {
    const { bytes } = this
    let at = this.at
    while (at < bytes.length && bytes[at] !== LESS) at++
    if (at === bytes.length) this.refuse(CUT)
    this.at = at
  }

  /** The end tag must have the same name as the start tag, whose name begins at `name`. */
  private closeLike(name: number, length: number): void {
    const { bytes } = this
    const from = this.at + 2
    for (let index = 0; index < length; index++)
      if (bytes[from + index] !== bytes[name + index]) this.refuse("an element is not closed")
    if (bytes[from + length] !== MORE) this.refuse("an element is not closed")
    this.at = from + length + 1
  }

  private next(text: string): number {
    const found = this.bytes.indexOf(text, this.at)
    return found < 0 ? this.refuse(CUT) : found
  }

  private nameEnd(from: number): number {
    const { bytes } = this
    let end = from
    while (NAME_PART[bytes[end] ?? 0] === 1) end++
    return end
  }

  /** Where the tag's `>` is. A `>` inside an attribute is refused rather than guessed at. */
  private attributesEnd(from: number): number {
    this.at = from
    const end = this.next(">")
    const fits = /^\s*(?:[\w:.-]+="[^"<]*"\s*)*\/?$/.test(this.text(from, end))
    return fits ? end : this.refuse("a tag is not closed")
  }
}

const DECLARATION = mark("<?xml ")

const CUT = "it is cut off"

const isBlank = (code: number | undefined): boolean => code === 32 || code === 10 || code === 13 || code === 9

/** Letters, digits and `_ : - .`, as names of S3's elements have them. */
const NAME_PART = Uint8Array.from({ length: 256 }, (_, code) => (/[\w:.-]/.test(String.fromCharCode(code)) ? 1 : 0))
