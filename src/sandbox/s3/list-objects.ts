import type { SandboxResponse } from "../core/exchange.ts"
import { xmlAnswer } from "./answers.ts"
import { keyWriter, makeToken, pageLimit, readToken } from "./page.ts"
import { authorize, targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket, KeyEntry, ObjectVersion } from "./state.ts"
import { walk, type Item } from "./walk.ts"
import { leaf, node, xmlDate, xmlDocument } from "./xml.ts"

interface Page {
  readonly items: ReadonlyArray<Item<KeyEntry>>
  readonly truncated: boolean
  /** Key or common prefix of the last item; "" on an empty page. */
  readonly last: string
}

export function authorizeList(s3: S3Call, bucket: Bucket, action: string): void {
  const prefix = s3.query.get("prefix")
  const delimiter = s3.query.get("delimiter")
  const maxKeys = s3.query.get("max-keys")
  authorize(s3, bucket, action, undefined, {
    ...(maxKeys === undefined ? {} : { "s3:max-keys": maxKeys }),
    ...(prefix === undefined ? {} : { "s3:prefix": prefix }),
    ...(delimiter === undefined ? {} : { "s3:delimiter": delimiter }),
  })
}

function readPage(s3: S3Call, bucket: Bucket, after: string, limit: number): Page {
  const query = { prefix: s3.query.get("prefix") ?? "", delimiter: s3.query.get("delimiter") ?? "", after }
  const items: Array<Item<KeyEntry>> = []
  for (const item of limit === 0 ? [] : walk(bucket.objects, query)) {
    if (!isVisible(item, bucket)) continue
    if (items.length === limit) return { items, truncated: true, last: nameOf(items.at(-1)) }
    items.push(item)
  }
  return { items, truncated: false, last: nameOf(items.at(-1)) }
}

/** A key whose newest version is a marker is not there; nor is a prefix with nothing else below it. */
function isVisible(item: Item<KeyEntry>, bucket: Bucket): boolean {
  if (item.kind === "entry") return item.entry.versions[0]?.kind === "object"
  for (let at = bucket.objects.lowerBound(item.prefix); ; at++) {
    const entry = bucket.objects.at(at)
    if (entry === undefined || !entry.key.startsWith(item.prefix)) return false
    if (entry.versions[0]?.kind === "object") return true
  }
}

const nameOf = (item: Item<KeyEntry> | undefined): string =>
  item === undefined ? "" : item.kind === "entry" ? item.entry.key : item.prefix

export function listObjectsV2(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorizeList(s3, bucket, "ListBucket")
  const write = keyWriter(s3)
  const token = s3.query.get("continuation-token")
  const startAfter = s3.query.get("start-after")
  const limit = pageLimit(s3, s3.query.get("max-keys"), "max-keys")
  const page = readPage(s3, bucket, token === undefined ? (startAfter ?? "") : readToken(s3, token), limit)
  const owner = s3.query.get("fetch-owner") === "true"
  return xmlAnswer(
    s3,
    xmlDocument(
      "ListBucketResult",
      leaf("Name", bucket.name),
      leaf("Prefix", write(s3.query.get("prefix") ?? "")),
      leaf("KeyCount", page.items.length),
      leaf("MaxKeys", s3.query.get("max-keys") ?? 1000),
      leaf("Delimiter", optional(s3.query.get("delimiter"), write)),
      leaf("EncodingType", s3.query.get("encoding-type")),
      leaf("StartAfter", optional(startAfter, write)),
      leaf("ContinuationToken", token),
      leaf("NextContinuationToken", page.truncated ? makeToken(s3, page.last) : undefined),
      leaf("IsTruncated", page.truncated),
      ...itemsXml(page, bucket, write, owner),
    ),
  )
}

export function listObjects(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorizeList(s3, bucket, "ListBucket")
  const write = keyWriter(s3)
  const marker = s3.query.get("marker") ?? ""
  const page = readPage(s3, bucket, marker, pageLimit(s3, s3.query.get("max-keys"), "max-keys"))
  const delimiter = s3.query.get("delimiter")
  return xmlAnswer(
    s3,
    xmlDocument(
      "ListBucketResult",
      leaf("Name", bucket.name),
      leaf("Prefix", write(s3.query.get("prefix") ?? "")),
      leaf("Marker", write(marker)),
      // AWS gives NextMarker only with a delimiter; without one the last key is the marker.
      leaf("NextMarker", page.truncated && delimiter !== undefined ? write(page.last) : undefined),
      leaf("MaxKeys", s3.query.get("max-keys") ?? 1000),
      leaf("Delimiter", optional(delimiter, write)),
      leaf("EncodingType", s3.query.get("encoding-type")),
      leaf("IsTruncated", page.truncated),
      ...itemsXml(page, bucket, write, true),
    ),
  )
}

const optional = (text: string | undefined, write: (key: string) => string): string | undefined =>
  text === undefined ? undefined : write(text)

function itemsXml(page: Page, bucket: Bucket, write: (key: string) => string, owner: boolean): readonly string[] {
  const contents: string[] = []
  const prefixes: string[] = []
  for (const item of page.items) {
    if (item.kind === "prefix") prefixes.push(node("CommonPrefixes", leaf("Prefix", write(item.prefix))))
    else if (item.entry.versions[0]?.kind === "object") {
      contents.push(
        node(
          "Contents",
          leaf("Key", write(item.entry.key)),
          objectXml(item.entry.versions[0]),
          owner ? ownerXml(bucket) : "",
        ),
      )
    }
  }
  return [...contents, ...prefixes]
}

export const ownerXml = (bucket: Bucket): string =>
  node("Owner", leaf("ID", bucket.account), leaf("DisplayName", bucket.account))

export function objectXml(object: ObjectVersion): string {
  return [
    leaf("LastModified", xmlDate(object.modifiedAt)),
    leaf("ETag", `"${object.etag}"`),
    leaf("ChecksumAlgorithm", object.checksum?.algorithm),
    leaf("ChecksumType", object.checksum?.type),
    leaf("Size", object.size),
    leaf("StorageClass", object.attributes.storageClass),
  ].join("")
}
