/** Listings as S3 writes them, from plain rows; the tests break them on purpose. */

export interface Row {
  readonly key: string
  readonly sizeBytes: number
  readonly modifiedAt: number
  readonly etag: string
  readonly storageClass: string
  readonly versionId?: string
  readonly deleteMarker?: true
  readonly current?: true
}

export interface PageStyle {
  /** `+` for a blank, as S3 does, or `%20`, as some others do. */
  readonly blank: "+" | "%20"
  readonly owner: boolean
  readonly checksums: boolean
  readonly indent: boolean
  /** Rotates the order of the fields in an entry. */
  readonly turn: number
}

export const S3_STYLE: PageStyle = { blank: "+", owner: false, checksums: true, indent: false, turn: 0 }

export function objectsPage(rows: readonly Row[], over: Partial<Header> = {}, style = S3_STYLE): string {
  const header = { ...HEADER, ...over }
  const { bucket, prefix, after, truncated } = header
  return document("ListBucketResult", style, [
    leaf("Name", bucket),
    leaf("Prefix", encode(prefix, style)),
    after === undefined ? "" : leaf("StartAfter", encode(after, style)),
    truncated ? leaf("NextContinuationToken", "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=") : "",
    leaf("KeyCount", String(rows.length)),
    leaf("MaxKeys", "1000"),
    leaf("EncodingType", "url"),
    leaf("IsTruncated", String(truncated)),
    ...rows.map((row) => entry("Contents", row, style)),
  ])
}

export function versionsPage(rows: readonly Row[], over: Partial<Header> = {}, style = S3_STYLE): string {
  const { bucket, prefix, after, truncated } = { ...HEADER, ...over }
  const last = rows.at(-1)
  return document("ListVersionsResult", style, [
    leaf("Name", bucket),
    leaf("Prefix", encode(prefix, style)),
    leaf("KeyMarker", encode(after ?? "", style)),
    leaf("VersionIdMarker", ""),
    truncated ? leaf("NextKeyMarker", encode(last?.key ?? "x", style)) : "",
    truncated ? leaf("NextVersionIdMarker", last?.versionId ?? "x") : "",
    leaf("MaxKeys", "1000"),
    leaf("EncodingType", "url"),
    leaf("IsTruncated", String(truncated)),
    ...rows.map((row) => entry(row.deleteMarker ? "DeleteMarker" : "Version", row, style)),
  ])
}

interface Header {
  readonly bucket: string
  readonly prefix: string
  readonly after: string | undefined
  readonly truncated: boolean
}

const HEADER: Header = { bucket: "loki-chunks", prefix: "", after: undefined, truncated: false }

function document(root: string, { indent }: PageStyle, parts: readonly string[]): string {
  const line = indent ? "\n  " : ""
  const body = parts.filter((part) => part !== "").map((part) => line + part)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body.join("")}</${root}>`
}

function entry(name: string, row: Row, style: PageStyle): string {
  const fields = [
    leaf("Key", encode(row.key, style)),
    row.versionId === undefined ? "" : leaf("VersionId", row.versionId),
    row.versionId === undefined ? "" : leaf("IsLatest", String(row.current ?? false)),
    leaf("LastModified", new Date(row.modifiedAt).toISOString()),
    row.deleteMarker ? "" : leaf("ETag", row.etag.replaceAll('"', "&quot;")),
    style.checksums && !row.deleteMarker
      ? leaf("ChecksumAlgorithm", "CRC64NVME") + leaf("ChecksumType", "FULL_OBJECT")
      : "",
    row.deleteMarker ? "" : leaf("Size", String(row.sizeBytes)),
    style.owner
      ? `<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f</ID><DisplayName>Ünal &amp; Söhne</DisplayName></Owner>`
      : "",
    row.deleteMarker ? "" : leaf("StorageClass", row.storageClass),
  ].filter((field) => field !== "")
  const turned = [...fields.slice(style.turn % fields.length), ...fields.slice(0, style.turn % fields.length)]
  const blank = style.indent ? "\n    " : ""
  return `<${name}>${turned.map((field) => blank + field).join("")}${blank}</${name}>`
}

const leaf = (name: string, text: string): string => (text === "" ? `<${name}/>` : `<${name}>${text}</${name}>`)

/** S3 leaves letters, digits and `- _ . * /` as they are. */
export function encode(text: string, { blank }: Pick<PageStyle, "blank">): string {
  return encodeURIComponent(text)
    .replaceAll("%20", blank)
    .replaceAll("%2F", "/")
    .replaceAll(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}
