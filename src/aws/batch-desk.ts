import { createHash } from "node:crypto"
import type { Readable } from "node:stream"
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from "@aws-sdk/client-s3"
import type { AccountId, BucketName, RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { MINUTE } from "../kernel/units.ts"
import type { BatchDesk } from "../restore/batch/ports.ts"
import { callAws, type CallDeps } from "./call.ts"
import type { AwsSession } from "./sessions.ts"

/** 10,000 parts of this make 312 GiB: more rows than a job takes. */
const PART_BYTES = 32 * 1024 ** 2

interface Desk {
  readonly bucket: BucketName
  readonly owner: AccountId
}

type Answer = { $metadata: { httpStatusCode?: number; requestId?: string } }

/** A bucket as files of any length are laid into it and read from it. Small ones with one call, larger ones in parts. */
export function batchDesk(
  deps: CallDeps,
  client: S3Client,
  session: AwsSession,
  { bucket, owner, region }: Desk & { readonly region: RegionName },
): BatchDesk {
  const target = { Bucket: bucket, ExpectedBucketOwner: owner }
  const call = <T extends Answer>(operation: string, key: string, send: (abort: AbortSignal) => Promise<T>) =>
    callAws(deps, { service: "s3", operation, account: session.account, region }, send, {
      subject: `s3://${bucket}/${key}`,
      refresh: session.invalidate,
      deadlineMs: 5 * MINUTE,
    })
  const laid = (
    operation: string,
    { ETag, VersionId }: { ETag?: string | undefined; VersionId?: string | undefined },
  ) => {
    if (ETag === undefined || ETag === "")
      throw new DrError({ code: "E_AWS_ANSWER", message: `s3:${operation} answered without an ETag` })
    return { etag: ETag, ...(VersionId === undefined ? {} : { versionId: VersionId }) }
  }

  const inParts = async (key: string, parts: AsyncIterator<Buffer>, first: Buffer[]) => {
    const { UploadId } = await call("CreateMultipartUpload", key, (abortSignal) =>
      client.send(new CreateMultipartUploadCommand({ ...target, Key: key, ContentType: "text/csv" }), { abortSignal }),
    )
    const upload = { ...target, Key: key, UploadId }
    const etags: { PartNumber: number; ETag: string | undefined }[] = []
    try {
      for (
        let part = first.shift() ?? (await nextOf(parts));
        part !== undefined;
        part = first.shift() ?? (await nextOf(parts))
      ) {
        const body = part
        const PartNumber = etags.length + 1
        const { ETag } = await call("UploadPart", key, (abortSignal) =>
          client.send(new UploadPartCommand({ ...upload, PartNumber, Body: body }), { abortSignal }),
        )
        etags.push({ PartNumber, ETag })
      }
      const done = await call("CompleteMultipartUpload", key, (abortSignal) =>
        client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: etags } }), {
          abortSignal,
        }),
      )
      return laid("CompleteMultipartUpload", done)
    } catch (thrown) {
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined) // the first error is the one to tell
      throw thrown
    }
  }

  return {
    async put(key, chunks) {
      const parts = partsOf(chunks)[Symbol.asyncIterator]()
      const [first, second] = [(await nextOf(parts)) ?? Buffer.alloc(0), await nextOf(parts)]
      if (second !== undefined) return inParts(key, parts, [first, second])
      const ContentMD5 = createHash("md5").update(first).digest("base64")
      const input = { ...target, Key: key, Body: first, ContentMD5, ContentType: "text/csv" }
      const done = await call("PutObject", key, (abortSignal) =>
        client.send(new PutObjectCommand(input), { abortSignal }),
      )
      return laid("PutObject", done)
    },
    async get(key) {
      try {
        const { Body } = await call("GetObject", key, (abortSignal) =>
          client.send(new GetObjectCommand({ ...target, Key: key }), { abortSignal }),
        )
        return Body as Readable
      } catch (thrown) {
        if (thrown instanceof DrError && thrown.code === "E_AWS_NOT_FOUND") return undefined
        throw thrown
      }
    },
  }
}

async function nextOf(parts: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const { done, value } = await parts.next()
  return done === true ? undefined : value
}

async function* partsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    bytes += chunk.length
    if (bytes < PART_BYTES) continue
    const whole = Buffer.concat(held)
    yield whole.subarray(0, PART_BYTES)
    held = [whole.subarray(PART_BYTES)]
    bytes = whole.length - PART_BYTES
  }
  if (bytes > 0) yield Buffer.concat(held)
}
