import { isUtf8 } from "node:buffer"
import { compareKeys } from "../../kernel/byte-order.ts"
import { DrError } from "../../kernel/errors.ts"
import type { ListedPage } from "../../restore/data-plane.ts"
import type { ListedObject } from "../../restore/objects.ts"
import { EntryReader, readListedText } from "./listing-entry.ts"
import { mark, XmlCursor, type Refuse } from "./xml-cursor.ts"
import { resolveEntities } from "./xml-entities.ts"

/** What was asked for, so that the answer to another question is seen. */
export interface ExpectedPage {
  readonly bucket: string
  readonly prefix: string
  /** Exclusive; left out = from the prefix's beginning. */
  readonly after?: string
}

export interface ExpectedVersionsPage extends ExpectedPage {
  /** With it the page may go on with older versions of `after` itself. */
  readonly afterVersion?: string
}

/**
 * Reads an answer of ListObjectsV2 with `encoding-type=url` and refuses everything that a proxy, an outage page or a broken
 * server could pass off as a listing (reliability S2, S3): another root, bucket, prefix or start, a count that does not
 * fit, keys out of byte order, a token without truncation or the other way round, an end that is missing.
 *
 * @throws DrError E_LISTING_INVALID
 */
export function parseObjectsPage(body: Buffer, expected: ExpectedPage): ListedPage {
  const refuse = refusal(expected.bucket)
  const cursor = new XmlCursor(body, refuse)
  if (!isUtf8(body)) refuse("it is not UTF-8")
  const entries = new EntryReader(cursor)
  const objects: ListedObject[] = []
  let last = expected.after
  const header = readDocument(cursor, "ListBucketResult", ["Contents"], () => {
    const object = entries.object()
    if (last !== undefined && compareKeys(last, object.key) >= 0) refuse(`${show(object.key)} is out of order`)
    last = object.key
    objects.push(object)
  })
  checkHeader(header, expected, cursor)
  checkEcho(header.get("StartAfter"), expected.after, cursor)
  if (header.get("KeyCount") !== String(objects.length))
    refuse(`KeyCount is ${show(header.get("KeyCount"))}, ${objects.length} keys came`)
  return finish(objects, header, "NextContinuationToken", expected, refuse)
}

/**
 * The same for ListObjectVersions, which has no count: the end tags are counted in a second scan instead. Versions and
 * delete markers come in the order of the document, which is newest first under each key.
 *
 * @throws DrError E_LISTING_INVALID
 */
export function parseVersionsPage(body: Buffer, expected: ExpectedVersionsPage): ListedPage {
  const refuse = refusal(expected.bucket)
  const cursor = new XmlCursor(body, refuse)
  if (!isUtf8(body)) refuse("it is not UTF-8")
  const entries = new EntryReader(cursor)
  const objects: ListedObject[] = []
  const order = versionOrder(expected, refuse)
  const header = readDocument(cursor, "ListVersionsResult", ["Version", "DeleteMarker"], (name) => {
    const version = name === "Version" ? entries.version() : entries.deleteMarker()
    order(version)
    objects.push(version)
  })
  checkHeader(header, expected, cursor)
  checkEcho(header.get("KeyMarker"), expected.after, cursor)
  const closed = countOf(body, "</Version>") + countOf(body, "</DeleteMarker>")
  if (closed !== objects.length) refuse(`it holds ${closed} versions, ${objects.length} were read`)
  return finish(objects, header, "NextKeyMarker", expected, refuse)
}

function refusal(bucket: string): Refuse {
  return (why) => {
    throw new DrError({ code: "E_LISTING_INVALID", message: `the listing of s3://${bucket} cannot be trusted: ${why}` })
  }
}

const HEADER = [
  "Name",
  "Prefix",
  "Delimiter",
  "EncodingType",
  "IsTruncated",
  "KeyCount",
  "StartAfter",
  "KeyMarker",
  "NextContinuationToken",
  "NextKeyMarker",
]

/** Gives the header's texts, raw. Elements that are neither header nor entry are passed over: S3 may add some. */
function readDocument(
  cursor: XmlCursor,
  root: string,
  entryNames: readonly string[],
  readEntry: (name: string) => void,
): ReadonlyMap<string, string> {
  const header = new Map<string, string>()
  cursor.enterRoot(root)
  while (!cursor.atClose()) {
    const name = cursor.peekName()
    if (entryNames.includes(name)) readEntry(name)
    else if (header.has(name)) cursor.refuse(`it has two of ${name}`)
    else if (HEADER.includes(name)) header.set(name, cursor.leaf())
    else if (name === "CommonPrefixes") cursor.refuse("it groups keys, which nobody asked for")
    else cursor.skip()
  }
  cursor.close(mark(`</${root}>`))
  cursor.end()
  return header
}

function checkHeader(header: ReadonlyMap<string, string>, { bucket, prefix }: ExpectedPage, cursor: XmlCursor): void {
  const { refuse } = cursor
  const name = resolveEntities(header.get("Name") ?? "", refuse)
  if (name !== bucket) refuse(`it names bucket ${show(name)}`)
  if (header.get("EncodingType") !== "url") refuse("its keys are not URL-encoded")
  const echoed = readListedText(header.get("Prefix") ?? "", cursor)
  if (echoed !== prefix) refuse(`it is of prefix ${show(echoed)}`)
  if ((header.get("Delimiter") ?? "") !== "") refuse("it has a delimiter, which nobody asked for")
}

/** Where the listing says that it begins; some servers leave it out. */
function checkEcho(raw: string | undefined, after: string | undefined, cursor: XmlCursor): void {
  if (raw === undefined) return
  const echoed = readListedText(raw, cursor)
  if (echoed !== (after ?? "")) cursor.refuse(`it begins after ${show(echoed)}`)
}

/**
 * Keys rise, or stay while their versions come: of those the current one can only be the first. (At the page's beginning
 * too: when what was current is deleted between two pages, the next version becomes it.)
 */
function versionOrder(expected: ExpectedVersionsPage, refuse: Refuse): (version: ListedObject) => void {
  let last = expected.after
  let lastVersion = expected.afterVersion
  let first = true
  return ({ key, versionId, current }) => {
    const step = last === undefined ? -1 : compareKeys(last, key)
    if (step > 0 || (step === 0 && lastVersion === undefined)) refuse(`${show(key)} is out of order`)
    if (step === 0 && (versionId === lastVersion || (current === true && !first)))
      refuse(`version ${show(versionId)} of ${show(key)} is out of order`)
    last = key
    lastVersion = versionId
    first = false
  }
}

function finish(
  objects: readonly ListedObject[],
  header: ReadonlyMap<string, string>,
  token: string,
  { prefix }: ExpectedPage,
  refuse: Refuse,
): ListedPage {
  const stray = objects.find(({ key }) => !key.startsWith(prefix))
  if (stray !== undefined) refuse(`${show(stray.key)} is not below the prefix`)
  const truncated = header.get("IsTruncated")
  if (truncated !== "true" && truncated !== "false") refuse("IsTruncated is missing")
  if ((truncated === "true") !== ((header.get(token) ?? "") !== "")) refuse(`IsTruncated and ${token} disagree`)
  if (truncated === "true" && objects.length === 0) refuse("it is cut short and holds nothing")
  return { objects, truncated: truncated === "true" }
}

function countOf(body: Buffer, tag: string): number {
  let count = 0
  for (let at = body.indexOf(tag); at >= 0; at = body.indexOf(tag, at + tag.length)) count++
  return count
}

const show = (text: string | undefined): string => JSON.stringify(text ?? "")
