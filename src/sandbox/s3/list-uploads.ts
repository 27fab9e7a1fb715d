import { compareKeys } from "../../kernel/byte-order.ts"
import type { SandboxResponse } from "../core/exchange.ts"
import { xmlAnswer } from "./answers.ts"
import { checksumElement } from "./checksums.ts"
import { authorizeList, ownerXml } from "./list-objects.ts"
import { findUpload } from "./multipart.ts"
import { keyWriter, pageLimit } from "./page.ts"
import { authorize, targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket, Upload } from "./state.ts"
import { leaf, node, xmlDate, xmlDocument } from "./xml.ts"

/** Open uploads by key, those of one key by their start. */
export function listMultipartUploads(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorizeList(s3, bucket, "ListBucketMultipartUploads")
  const write = keyWriter(s3)
  const limit = pageLimit(s3, s3.query.get("max-uploads"), "max-uploads")
  const rows = rowsAfter(s3, uploadRows(s3, bucket))
  const shown = rows.slice(0, limit)
  const truncated = rows.length > shown.length
  const last = shown.at(-1)
  const delimiter = s3.query.get("delimiter")
  return xmlAnswer(
    s3,
    xmlDocument(
      "ListMultipartUploadsResult",
      leaf("Bucket", bucket.name),
      leaf("KeyMarker", write(s3.query.get("key-marker") ?? "")),
      leaf("UploadIdMarker", s3.query.get("upload-id-marker") ?? ""),
      leaf("NextKeyMarker", truncated && last !== undefined ? write(last.name) : undefined),
      leaf("NextUploadIdMarker", truncated ? last?.upload?.id : undefined),
      leaf("Prefix", write(s3.query.get("prefix") ?? "")),
      leaf("Delimiter", delimiter === undefined ? undefined : write(delimiter)),
      leaf("EncodingType", s3.query.get("encoding-type")),
      leaf("MaxUploads", s3.query.get("max-uploads") ?? 1000),
      leaf("IsTruncated", truncated),
      ...shown.flatMap(({ upload }) => (upload === undefined ? [] : [uploadXml(upload, bucket, write)])),
      ...shown.flatMap(({ upload, name }) =>
        upload === undefined ? [node("CommonPrefixes", leaf("Prefix", write(name)))] : [],
      ),
    ),
  )
}

interface Row {
  /** The key, or the common prefix where `upload` is absent. */
  readonly name: string
  readonly upload?: Upload
}

function uploadRows(s3: S3Call, bucket: Bucket): readonly Row[] {
  const prefix = s3.query.get("prefix") ?? ""
  const delimiter = s3.query.get("delimiter") ?? ""
  const uploads = [...bucket.uploads.values()]
    .filter((each) => each.key.startsWith(prefix))
    .toSorted((a, b) => compareKeys(a.key, b.key) || a.startedAt - b.startedAt)
  const seen = new Set<string>()
  return uploads.flatMap((upload): readonly Row[] => {
    const cut = delimiter === "" ? -1 : upload.key.indexOf(delimiter, prefix.length)
    if (cut < 0) return [{ name: upload.key, upload }]
    const name = upload.key.slice(0, cut + delimiter.length)
    if (seen.has(name)) return []
    seen.add(name)
    return [{ name }]
  })
}

function rowsAfter(s3: S3Call, rows: readonly Row[]): readonly Row[] {
  const key = s3.query.get("key-marker") ?? ""
  const id = s3.query.get("upload-id-marker") ?? ""
  if (key === "") return rows
  const marked = id === "" ? -1 : rows.findIndex((row) => row.upload?.id === id)
  return rows.filter(
    (row, index) => compareKeys(row.name, key) > 0 || (row.name === key && id !== "" && index > marked),
  )
}

function uploadXml(upload: Upload, bucket: Bucket, write: (key: string) => string): string {
  return node(
    "Upload",
    leaf("Key", write(upload.key)),
    leaf("UploadId", upload.id),
    node("Initiator", leaf("ID", upload.initiator), leaf("DisplayName", upload.initiator)),
    ownerXml(bucket),
    leaf("StorageClass", upload.attributes.storageClass),
    leaf("Initiated", xmlDate(upload.startedAt)),
    leaf("ChecksumAlgorithm", upload.checksum?.algorithm),
    leaf("ChecksumType", upload.checksum?.type),
  )
}

export function listParts(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorize(s3, bucket, "ListMultipartUploadParts", s3.key)
  const upload = findUpload(s3, bucket)
  const write = keyWriter(s3)
  const marker = Number(s3.query.get("part-number-marker") ?? "0")
  const rest = [...upload.parts.values()].filter((part) => part.number > marker).toSorted((a, b) => a.number - b.number)
  const shown = rest.slice(0, pageLimit(s3, s3.query.get("max-parts"), "max-parts"))
  const truncated = rest.length > shown.length
  return xmlAnswer(
    s3,
    xmlDocument(
      "ListPartsResult",
      leaf("Bucket", bucket.name),
      leaf("Key", write(upload.key)),
      leaf("UploadId", upload.id),
      leaf("PartNumberMarker", marker),
      leaf("NextPartNumberMarker", shown.at(-1)?.number ?? 0),
      leaf("MaxParts", s3.query.get("max-parts") ?? 1000),
      leaf("IsTruncated", truncated),
      leaf("StorageClass", upload.attributes.storageClass),
      leaf("ChecksumAlgorithm", upload.checksum?.algorithm),
      leaf("ChecksumType", upload.checksum?.type),
      node("Initiator", leaf("ID", upload.initiator), leaf("DisplayName", upload.initiator)),
      ownerXml(bucket),
      ...shown.map((part) =>
        node(
          "Part",
          leaf("PartNumber", part.number),
          leaf("LastModified", xmlDate(part.modifiedAt)),
          leaf("ETag", `"${part.etag}"`),
          leaf("Size", part.size),
          part.checksum === undefined ? "" : leaf(checksumElement(part.checksum.algorithm), part.checksum.value),
        ),
      ),
    ),
  )
}
