import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  type S3Client,
} from "@aws-sdk/client-s3"
import { DrError } from "../kernel/errors.ts"
import { forEachBounded } from "../kernel/concurrency.ts"
import { decodeListedKey } from "./s3-key-encoding.ts"
import type { S3Send } from "./s3-port.ts"
import { listVersions } from "./s3-versions.ts"

interface Leftover {
  readonly kind: "version" | "upload"
  readonly key: string
  readonly id: string
}

/** Deletes one by one, not in batches: a batch body cannot carry every legal key, and a scratch prefix is small. */
export async function purge(
  send: S3Send,
  client: S3Client,
  bucket: string,
  prefix: string,
  owner: string,
): Promise<number> {
  guardPrefix(prefix)
  let removed = 0
  await forEachBounded(leftovers(send, client, bucket, prefix, owner), 16, async (left) => {
    await remove(send, client, bucket, owner, left)
    removed++
  })
  return removed
}

export async function countAll(
  send: S3Send,
  client: S3Client,
  bucket: string,
  prefix: string,
  owner: string,
): Promise<number> {
  let count = 0
  for await (const { key } of leftovers(send, client, bucket, prefix, owner)) count += key.startsWith(prefix) ? 1 : 0
  return count
}

/** An empty or one-letter prefix would empty the bucket: no drill ever has one. */
function guardPrefix(prefix: string): void {
  if (!/dr-\d{8}T\d{6}Z-[0-9a-f]{4,8}\//.test(prefix)) {
    throw new DrError({
      code: "E_PURGE_REFUSED",
      message: `refusing to delete under ${JSON.stringify(prefix)}: it names no run`,
    })
  }
}

async function remove(send: S3Send, client: S3Client, bucket: string, owner: string, left: Leftover): Promise<void> {
  const place = { Bucket: bucket, Key: left.key, ExpectedBucketOwner: owner }
  const subject = `s3://${bucket}/${left.key}`
  if (left.kind === "upload") {
    await send("AbortMultipartUpload", subject, (abortSignal) =>
      client.send(new AbortMultipartUploadCommand({ ...place, UploadId: left.id }), { abortSignal }),
    )
    return
  }
  await send("DeleteObject", subject, (abortSignal) =>
    client.send(new DeleteObjectCommand({ ...place, VersionId: left.id }), { abortSignal }),
  )
}

/** Every version, delete marker and open upload. */
async function* leftovers(
  send: S3Send,
  client: S3Client,
  bucket: string,
  prefix: string,
  owner: string,
): AsyncIterable<Leftover> {
  const where = { Bucket: bucket, Prefix: prefix, EncodingType: "url" as const, ExpectedBucketOwner: owner }
  for await (const { key, versionId } of listVersions(send, client, bucket, prefix, owner))
    yield { kind: "version", key, id: versionId }
  for (let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {}; marker !== undefined;) {
    const at: { KeyMarker?: string; UploadIdMarker?: string } = marker
    const page = await send("ListMultipartUploads", `s3://${bucket}/${prefix}`, (abortSignal) =>
      client.send(new ListMultipartUploadsCommand({ ...where, ...at }), { abortSignal }),
    )
    trusted(page.Bucket === bucket && page.IsTruncated !== undefined, bucket)
    for (const entry of page.Uploads ?? [])
      yield { kind: "upload", key: decodeListedKey(entry.Key ?? ""), id: entry.UploadId ?? "" }
    marker = page.IsTruncated ? next(page.NextKeyMarker, page.NextUploadIdMarker) : undefined
  }
}

function trusted(fits: boolean, bucket: string): void {
  if (!fits)
    throw new DrError({
      code: "E_LISTING_INVALID",
      message: `the listing of s3://${bucket} cannot be trusted: it names another bucket or no end`,
    })
}

function next(key: string | undefined, upload: string | undefined): { KeyMarker?: string; UploadIdMarker?: string } {
  return {
    ...(key === undefined ? {} : { KeyMarker: decodeListedKey(key) }),
    ...(upload === undefined ? {} : { UploadIdMarker: upload }),
  }
}
