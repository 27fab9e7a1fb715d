import { ServiceError } from "../core/exchange.ts"

/** One element of a request body. `text` is the character data of an element without children, never trimmed. */
export interface XmlElement {
  readonly name: string
  readonly children: readonly XmlElement[]
  readonly text: string
}

const malformed = (): ServiceError =>
  new ServiceError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  )

export { malformed as malformedXml }

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
const ATTRIBUTE = /^\s+[A-Za-z_:][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*')/
const TAG_NAME = /^[A-Za-z_][\w:.-]*/

interface Open {
  readonly name: string
  readonly children: XmlElement[]
  text: string
}

/**
 * A strict reader: no DTD, every entity resolved exactly (beyond the BMP too), white space kept. The SDK's own reader
 * corrupts such keys, and a key misread in DeleteObjects would delete another object.
 *
 * @throws ServiceError MalformedXML
 */
export function readXml(source: Buffer | string): XmlElement {
  const text = decodeUtf8(source)
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
  const stack: Open[] = [{ name: "", children: [], text: "" }]
  let at = 0
  while (at < text.length) {
    const open = text.indexOf("<", at)
    addText(stack, text.slice(at, open < 0 ? text.length : open))
    at = open < 0 ? text.length : readMarkup(text, open, stack)
  }
  const [document] = stack
  const root = document?.children[0]
  if (stack.length !== 1 || root === undefined || document?.children.length !== 1) throw malformed()
  return root
}

function decodeUtf8(source: Buffer | string): string {
  if (typeof source === "string") return source
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source)
  } catch {
    throw malformed()
  }
}

function addText(stack: readonly Open[], raw: string): void {
  if (raw === "") return
  const top = stack.at(-1)
  if (top === undefined || (stack.length === 1 && raw.trim() !== "")) throw malformed()
  top.text += resolveEntities(raw)
}

function readMarkup(text: string, at: number, stack: Open[]): number {
  if (text.startsWith("<?", at)) return after(text, "?>", at)
  if (text.startsWith("<!--", at)) return after(text, "-->", at + 4)
  if (text.startsWith("<![CDATA[", at)) {
    const end = after(text, "]]>", at)
    const top = stack.at(-1)
    if (top === undefined || stack.length === 1) throw malformed()
    top.text += text.slice(at + 9, end - 3)
    return end
  }
  if (text.startsWith("<!", at)) throw malformed()
  const end = after(text, ">", at)
  if (text.startsWith("</", at)) closeElement(text.slice(at + 2, end - 1).trimEnd(), stack)
  else openElement(text.slice(at + 1, end - 1), stack)
  return end
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  if (found < 0) throw malformed()
  return found + mark.length
}

function openElement(inside: string, stack: Open[]): void {
  const selfClosing = inside.endsWith("/")
  const body = selfClosing ? inside.slice(0, -1) : inside
  const name = TAG_NAME.exec(body)?.[0]
  if (name === undefined || stack.length > 32) throw malformed()
  let rest = body.slice(name.length)
  for (let match = ATTRIBUTE.exec(rest); match !== null; match = ATTRIBUTE.exec(rest))
    rest = rest.slice(match[0].length)
  if (rest.trim() !== "") throw malformed()
  stack.push({ name: name.slice(name.indexOf(":") + 1), children: [], text: "" })
  if (selfClosing) closeElement(name, stack)
}

function closeElement(name: string, stack: Open[]): void {
  const top = stack.pop()
  const parent = stack.at(-1)
  if (top === undefined || parent === undefined || top.name !== name.slice(name.indexOf(":") + 1)) throw malformed()
  if (top.children.length > 0 && top.text.trim() !== "") throw malformed()
  parent.children.push(top)
}

function resolveEntities(raw: string): string {
  if (!raw.includes("&")) return raw
  return raw.replace(/&([^;&]*)(;?)/g, (_whole, name: string, end: string) => {
    if (end === "") throw malformed()
    const named = NAMED[name]
    if (named !== undefined) return named
    const digits = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(name)
    if (digits === null) throw malformed()
    const point = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16)
    if (point === 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw malformed()
    return String.fromCodePoint(point)
  })
}

export const child = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((each) => each.name === name)

export const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((each) => each.name === name)

export const childText = (element: XmlElement, name: string): string | undefined => child(element, name)?.text

/** Reads a body and checks the name of its root. @throws ServiceError MalformedXML */
export function readRoot(body: Buffer, name: string): XmlElement {
  const root = readXml(body)
  if (root.name !== name) throw malformed()
  return root
}

export const escapeXml = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is escaped here
  text.replace(/[&<>"'\u0000-\u0008\u000b-\u001f]/g, (c) => ESCAPES[c] ?? `&#x${c.charCodeAt(0).toString(16)};`)

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
}

/** An element with text; undefined writes nothing. */
export const leaf = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined ? "" : `<${name}>${escapeXml(String(value))}</${name}>`

/** An element around ready-made XML. */
export const node = (name: string, ...inner: readonly string[]): string => `<${name}>${inner.join("")}</${name}>`

/** An element that was read, written again. */
export const elementXml = ({ name, children, text }: XmlElement): string =>
  children.length === 0 ? leaf(name, text) : node(name, ...children.map(elementXml))

/** A whole document in S3's namespace. */
export const xmlDocument = (name: string, ...inner: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner.join("")}</${name}>`

/** With milliseconds: the SDK refuses dates in XML without them. */
export const xmlDate = (at: number): string => new Date(Math.floor(at / 1000) * 1000).toISOString()

/** RFC 7231, the only form that Last-Modified may have. */
export const httpDate = (at: number): string => new Date(at).toUTCString()
