import type { SandboxResponse } from "../core/exchange.ts"
import { xmlAnswer } from "./answers.ts"
import { invalidArgument } from "./errors.ts"
import { authorizeList, objectXml, ownerXml } from "./list-objects.ts"
import { keyWriter, pageLimit } from "./page.ts"
import { targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket, Version } from "./state.ts"
import { walk } from "./walk.ts"
import { leaf, node, xmlDate, xmlDocument } from "./xml.ts"

type Row =
  | { readonly kind: "version"; readonly key: string; readonly version: Version; readonly latest: boolean }
  | { readonly kind: "prefix"; readonly key: string }

export function listObjectVersions(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorizeList(s3, bucket, "ListBucketVersions")
  const write = keyWriter(s3)
  const keyMarker = s3.query.get("key-marker") ?? ""
  const versionMarker = s3.query.get("version-id-marker") ?? ""
  if (versionMarker !== "" && keyMarker === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionMarker,
    )
  }
  const limit = pageLimit(s3, s3.query.get("max-keys"), "max-keys")
  const rows: Row[] = []
  let truncated = false
  for (const row of limit === 0 ? [] : versionRows(s3, bucket, keyMarker, versionMarker)) {
    truncated = rows.length === limit
    if (truncated) break
    rows.push(row)
  }
  const last = rows.at(-1)
  return xmlAnswer(
    s3,
    xmlDocument(
      "ListVersionsResult",
      leaf("Name", bucket.name),
      leaf("Prefix", write(s3.query.get("prefix") ?? "")),
      leaf("KeyMarker", write(keyMarker)),
      leaf("VersionIdMarker", versionMarker),
      leaf("NextKeyMarker", truncated && last !== undefined ? write(last.key) : undefined),
      leaf("NextVersionIdMarker", truncated && last?.kind === "version" ? last.version.id : undefined),
      leaf("MaxKeys", s3.query.get("max-keys") ?? 1000),
      leaf("Delimiter", s3.query.has("delimiter") ? write(s3.query.get("delimiter") ?? "") : undefined),
      leaf("EncodingType", s3.query.get("encoding-type")),
      leaf("IsTruncated", truncated),
      ...rows.filter((row) => row.kind === "version").map((row) => versionXml(row, bucket, write)),
      ...rows
        .filter((row) => row.kind === "prefix")
        .map((row) => node("CommonPrefixes", leaf("Prefix", write(row.key)))),
    ),
  )
}

function* versionRows(s3: S3Call, bucket: Bucket, keyMarker: string, versionMarker: string): Generator<Row> {
  const query = {
    prefix: s3.query.get("prefix") ?? "",
    delimiter: s3.query.get("delimiter") ?? "",
    after: keyMarker,
    inclusive: versionMarker !== "",
  }
  for (const item of walk(bucket.objects, query)) {
    if (item.kind === "prefix") {
      yield { kind: "prefix", key: item.prefix }
      continue
    }
    const { key, versions } = item.entry
    // When the marked version has gone meanwhile, the key's remaining versions are told again rather than lost.
    const resumed = key === keyMarker ? versions.findIndex((each) => each.id === versionMarker) + 1 : 0
    for (const version of versions.slice(resumed)) {
      yield { kind: "version", key, version, latest: version === versions[0] }
    }
  }
}

function versionXml(row: Extract<Row, { kind: "version" }>, bucket: Bucket, write: (key: string) => string): string {
  const common = [leaf("Key", write(row.key)), leaf("VersionId", row.version.id), leaf("IsLatest", row.latest)]
  return row.version.kind === "object"
    ? node("Version", ...common, objectXml(row.version), ownerXml(bucket))
    : node("DeleteMarker", ...common, leaf("LastModified", xmlDate(row.version.modifiedAt)), ownerXml(bucket))
}
