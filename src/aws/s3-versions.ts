import {
  ListObjectVersionsCommand,
  type DeleteMarkerEntry,
  type ObjectVersion,
  type S3Client,
} from "@aws-sdk/client-s3"
import { DrError } from "../kernel/errors.ts"
import { decodeListedKey } from "./s3-key-encoding.ts"
import type { S3Send } from "./s3-port.ts"

/** One entry of ListObjectVersions. */
export interface VersionEntry {
  readonly kind: "version" | "delete-marker"
  readonly key: string
  /** `null` where the bucket keeps no versions. */
  readonly versionId: string
  /** Epoch milliseconds. */
  readonly modifiedAt: number
  readonly storageClass: string
}

interface Markers {
  readonly KeyMarker?: string
  readonly VersionIdMarker?: string
}

/**
 * Every version and delete marker under the prefix, page by page; no page is kept.
 * @throws DrError E_LISTING_INVALID for a page that a proxy or a broken server could pass off as the whole listing
 */
export async function* listVersions(
  send: S3Send,
  client: S3Client,
  bucket: string,
  prefix: string,
  owner: string,
): AsyncIterable<VersionEntry> {
  const where = { Bucket: bucket, Prefix: prefix, EncodingType: "url" as const, ExpectedBucketOwner: owner }
  for (let markers: Markers | undefined = {}; markers !== undefined;) {
    const at: Markers = markers
    const page = await send("ListObjectVersions", `s3://${bucket}/${prefix}`, (abortSignal) =>
      client.send(new ListObjectVersionsCommand({ ...where, ...at }), { abortSignal }),
    )
    if (page.Name !== bucket || page.IsTruncated === undefined)
      throw untrusted(bucket, "it names another bucket or no end")
    for (const entry of page.Versions ?? []) yield entryOf("version", entry, bucket)
    for (const entry of page.DeleteMarkers ?? []) yield entryOf("delete-marker", entry, bucket)
    markers = page.IsTruncated ? nextOf(page.NextKeyMarker, page.NextVersionIdMarker) : undefined
    if (markers !== undefined && markers.KeyMarker === at.KeyMarker && markers.VersionIdMarker === at.VersionIdMarker)
      throw untrusted(bucket, "its markers repeat themselves")
  }
}

function entryOf(kind: VersionEntry["kind"], entry: ObjectVersion | DeleteMarkerEntry, bucket: string): VersionEntry {
  if (entry.Key === undefined || entry.LastModified === undefined)
    throw untrusted(bucket, "an entry lacks Key or LastModified")
  return {
    kind,
    key: decodeListedKey(entry.Key),
    versionId: entry.VersionId ?? "null",
    modifiedAt: entry.LastModified.getTime(),
    storageClass: "StorageClass" in entry && entry.StorageClass !== undefined ? entry.StorageClass : "STANDARD",
  }
}

const nextOf = (key: string | undefined, version: string | undefined): Markers => ({
  ...(key === undefined ? {} : { KeyMarker: decodeListedKey(key) }),
  ...(version === undefined ? {} : { VersionIdMarker: version }),
})

const untrusted = (bucket: string, why: string): DrError =>
  new DrError({ code: "E_LISTING_INVALID", message: `the listing of s3://${bucket} cannot be trusted: ${why}` })
