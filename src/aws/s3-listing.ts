import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3"
import { compareKeys } from "../kernel/byte-order.ts"
import { DrError } from "../kernel/errors.ts"
import type { ListedObject } from "../drill/ports.ts"
import { decodeListedKey } from "./s3-key-encoding.ts"

export interface PageState {
  readonly token?: string
  readonly lastKey?: string
}

/**
 * Reads one page and refuses what a proxy, an outage page or a broken server could pass off as "the bucket is empty": the
 * bucket's name, the count, the byte order and the token must all fit (reliability S2).
 * @throws DrError E_LISTING_INVALID
 */
export function readPage(
  page: ListObjectsV2CommandOutput,
  bucket: string,
  state: PageState,
): { objects: ListedObject[]; next: PageState | undefined } {
  const refuse = (why: string): never => {
    throw new DrError({ code: "E_LISTING_INVALID", message: `the listing of s3://${bucket} cannot be trusted: ${why}` })
  }
  const contents = page.Contents ?? []
  if (page.Name !== bucket) refuse(`it names bucket ${JSON.stringify(page.Name ?? "")}`)
  if (page.KeyCount !== contents.length) refuse(`KeyCount is ${page.KeyCount}, ${contents.length} objects came`)
  if (page.IsTruncated === undefined) refuse("IsTruncated is missing")
  if (page.IsTruncated !== (page.NextContinuationToken !== undefined))
    refuse("IsTruncated and the continuation token disagree")
  if (page.IsTruncated && page.NextContinuationToken === state.token) refuse("the continuation token repeats itself")

  let lastKey = state.lastKey
  const objects = contents.map((entry): ListedObject => {
    if (entry.Key === undefined || entry.Size === undefined || entry.LastModified === undefined)
      return refuse("an entry lacks Key, Size or LastModified")
    const key = decodeListedKey(entry.Key)
    if (lastKey !== undefined && compareKeys(lastKey, key) >= 0)
      refuse(`keys are not in byte order after ${JSON.stringify(lastKey)}`)
    lastKey = key
    return {
      key,
      sizeBytes: entry.Size,
      modifiedAt: entry.LastModified.getTime(),
      storageClass: entry.StorageClass ?? "STANDARD",
    }
  })
  if (!page.IsTruncated) return { objects, next: undefined }
  return {
    objects,
    next: {
      ...(page.NextContinuationToken === undefined ? {} : { token: page.NextContinuationToken }),
      ...(lastKey === undefined ? {} : { lastKey }),
    },
  }
}
