/**
 * Small XML answers of S3, read strictly and without a tree: the whole document must be there, balanced, with one root of
 * the expected name and nothing but blanks around it. Blanks before the declaration or the root are what S3 sends while
 * a slow copy goes on. Undefined = not such a document.
 */
export function readAnswer(body: Buffer, root: string): XmlFields | undefined {
  const text = utf8Of(body)
  if (text === undefined) return undefined
  const start = afterDeclaration(text)
  const reader = new Reader(text, start)
  return reader.document(root)
}

/** Text of the root's own leaves by name; several of one name in order of appearance. Deeper leaves by `Tag/Key`. */
export class XmlFields {
  readonly #found: (readonly [path: string, text: string])[] = []

  add(path: string, text: string): void {
    this.#found.push([path, text])
  }

  first(path: string): string | undefined {
    for (const [each, text] of this.#found) if (each === path) return text
    return undefined
  }

  all(path: string): readonly string[] {
    return this.#found.filter(([each]) => each === path).map(([, text]) => text)
  }
}

const DECODER = new TextDecoder("utf-8", { fatal: true })

function utf8Of(body: Buffer): string | undefined {
  try {
    return body.length < 4096 && isAscii(body) ? body.toString("latin1") : DECODER.decode(body)
  } catch {
    return undefined
  }
}

function isAscii(body: Buffer): boolean {
  for (let at = 0; at < body.length; at++) if ((body[at] as number) > 0x7f) return false
  return true
}

function afterDeclaration(text: string): number {
  const start = afterBlanks(text, 0)
  if (!text.startsWith("<?xml", start)) return start
  const end = text.indexOf("?>", start)
  return end < 0 ? text.length : afterBlanks(text, end + 2)
}

function afterBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && BLANKS.has(text.charCodeAt(at))) at++
  return at
}
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

const MAX_DEPTH = 8
const NAME = /^[A-Za-z_][\w.-]*$/

class Reader {
  readonly #text: string
  readonly #open: string[] = []
  readonly #fields = new XmlFields()
  #at: number
  /** Behind the tag that was opened last: what closes there is a leaf. */
  #leafAt = -1

  constructor(text: string, start: number) {
    this.#text = text
    this.#at = start
  }

  document(root: string): XmlFields | undefined {
    if (this.#openTag() !== root) return undefined
    while (this.#open.length > 0) if (!this.#content()) return undefined
    return afterBlanks(this.#text, this.#at) === this.#text.length ? this.#fields : undefined
  }

  /** One piece of text with the tag behind it. False = this is no document. */
  #content(): boolean {
    const from = this.#at
    const bracket = this.#text.indexOf("<", from)
    if (bracket < 0 || this.#open.length > MAX_DEPTH) return false
    this.#at = bracket
    if (this.#text.charCodeAt(bracket + 1) !== 0x2f) {
      // Text beside elements is no answer of S3.
      return afterBlanks(this.#text, from) === bracket && this.#openTag() !== undefined
    }
    return this.#closeTag(from, bracket)
  }

  #openTag(): string | undefined {
    const end = this.#text.indexOf(">", this.#at)
    if (end < 0 || this.#text.charCodeAt(this.#at) !== 0x3c) return undefined
    const inside = this.#text.slice(this.#at + 1, end)
    const closed = inside.endsWith("/")
    const blank = inside.indexOf(" ")
    const name = blank >= 0 ? inside.slice(0, blank) : closed ? inside.slice(0, -1) : inside
    if (!NAME.test(name)) return undefined
    this.#at = end + 1
    this.#leafAt = closed ? -1 : this.#at
    if (closed) this.#leaf(name, "")
    else this.#open.push(name)
    return name
  }

  #closeTag(from: number, bracket: number): boolean {
    const name = this.#open.pop() as string
    if (!this.#text.startsWith(name, bracket + 2) || this.#text.charCodeAt(bracket + 2 + name.length) !== 0x3e)
      return false
    this.#at = bracket + name.length + 3
    const raw = this.#text.slice(from, bracket)
    if (from === this.#leafAt) {
      const text = unescapeXml(raw)
      if (text === undefined) return false
      this.#leaf(name, text)
    } else if (afterBlanks(raw, 0) !== raw.length) return false
    this.#leafAt = -1
    return true
  }

  /** The root itself is no field. */
  #leaf(name: string, text: string): void {
    if (this.#open.length === 0) return
    this.#fields.add(this.#open.length === 1 ? name : `${this.#open.slice(1).join("/")}/${name}`, text)
  }
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

/** Exact, beyond the basic plane too. Undefined for an entity that XML does not have. */
function unescapeXml(text: string): string | undefined {
  if (!text.includes("&")) return text
  let broken = false
  const plain = text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const char = whole.endsWith(";") ? (NAMED[name] ?? charOf(name)) : undefined
    broken ||= char === undefined
    return char ?? ""
  })
  return broken ? undefined : plain
}

function charOf(reference: string): string | undefined {
  const digits = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(reference)
  if (digits === null) return undefined
  const point = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16)
  return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : undefined
}

export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
