import type { KeySpace, Presence } from "./key-space.ts"

const ENTRY =
  "</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag><Size>1024</Size><StorageClass>STANDARD</StorageClass></Contents>"

export interface ListQuery {
  readonly bucket: string
  readonly prefix: string
  readonly delimiter: string
  readonly after: string
  readonly maxKeys: number
  readonly encoded: boolean
  /** Version 1 of the call: a marker, and no KeyCount. */
  readonly old: boolean
}

/** One page, right in every field that clients check. Keys have nothing to encode but the slash, and S3 leaves that alone. */
export function listingPage(space: KeySpace, present: Presence, query: ListQuery): string {
  const { bucket, prefix, delimiter, maxKeys } = query
  let index = present.next(query.after < prefix ? firstWith(space, prefix) : space.after(query.after))
  let [contents, count, last] = ["", 0, ""]
  const common = new Set<string>()
  while (index < space.size && count < maxKeys) {
    const key = space.keyAt(index)
    if (!key.startsWith(prefix)) break
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length)
    count += 1
    if (cut === -1) {
      contents += `<Contents><Key>${key}${ENTRY}`
      last = key
      index = present.next(index + 1)
    } else {
      last = key.slice(0, cut + delimiter.length)
      common.add(last)
      index = present.next(space.after(`${last}\uffff`))
    }
  }
  const more = index < space.size && space.keyAt(index).startsWith(prefix)
  const groups = [...common].map((name) => `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`).join("")
  const next = common.has(last) ? `${last}\uffff` : last
  const token = Buffer.from(next).toString("base64url")
  return [
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${prefix}</Prefix>`,
    query.old ? `<Marker></Marker>` : `<KeyCount>${count}</KeyCount>`,
    `<MaxKeys>${maxKeys}</MaxKeys>`,
    delimiter === "" ? "" : `<Delimiter>${delimiter}</Delimiter>`,
    query.encoded ? "<EncodingType>url</EncodingType>" : "",
    `<IsTruncated>${more}</IsTruncated>`,
    more
      ? query.old
        ? `<NextMarker>${last}</NextMarker>`
        : `<NextContinuationToken>${token}</NextContinuationToken>`
      : "",
    contents,
    groups,
    "</ListBucketResult>",
  ].join("")
}

function firstWith(space: KeySpace, prefix: string): number {
  if (prefix === "") return 0
  const index = space.after(prefix)
  return index > 0 && space.keyAt(index - 1) === prefix ? index - 1 : index
}
