import { createHash } from "node:crypto"
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3"
import type { RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { MINUTE } from "../kernel/units.ts"
import type { ObjectFacts, ObjectHeaders, ObjectRef, S3Port } from "../drill/ports.ts"
import { callAws, type CallDeps, type CallOptions } from "./call.ts"
import { readPage, type PageState } from "./s3-listing.ts"
import { countAll, purge } from "./s3-purge.ts"
import { listVersions } from "./s3-versions.ts"
import type { AwsSession } from "./sessions.ts"

export type S3Send = <T extends { $metadata: { httpStatusCode?: number; requestId?: string } }>(
  operation: string,
  subject: string,
  send: (abortSignal: AbortSignal) => Promise<T>,
  options?: Partial<CallOptions>,
) => Promise<T>

const uri = (ref: { bucket: string; key: string }): string => `s3://${ref.bucket}/${ref.key}`
const versionOf = (ref: ObjectRef) => (ref.versionId === undefined ? {} : { VersionId: ref.versionId })
const target = (ref: ObjectRef) => ({
  Bucket: ref.bucket,
  Key: ref.key,
  ExpectedBucketOwner: ref.owner,
  ...versionOf(ref),
})

/** S3 in one Region as one session. */
export function s3Port(deps: CallDeps, client: S3Client, session: AwsSession, region: RegionName): S3Port {
  const send: S3Send = (operation, subject, run, options) =>
    callAws(deps, { service: "s3", operation, account: session.account, region }, run, {
      subject,
      refresh: session.invalidate,
      ...options,
    })

  return {
    async *list(bucket, prefix, owner) {
      let state: PageState | undefined = {}
      while (state !== undefined) {
        const { token }: PageState = state
        const page = await send("ListObjectsV2", `s3://${bucket}/${prefix}`, (abortSignal) =>
          client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              EncodingType: "url",
              ExpectedBucketOwner: owner,
              ...(token === undefined ? {} : { ContinuationToken: token }),
            }),
            { abortSignal },
          ),
        )
        const read = readPage(page, bucket, state)
        yield* read.objects
        state = read.next
      }
    },
    async *versions(bucket, prefix, owner) {
      for await (const { kind, ...version } of listVersions(send, client, bucket, prefix, owner))
        if (kind === "version") yield version
    },
    async head(ref) {
      const answer = await send("HeadObject", uri(ref), (abortSignal) =>
        client.send(new HeadObjectCommand(target(ref)), { abortSignal }),
      )
      return factsOf(answer, ref)
    },
    async peek(ref) {
      await send("GetObject", uri(ref), async (abortSignal) => {
        const got = await client
          .send(new GetObjectCommand({ ...target(ref), Range: "bytes=0-0" }), { abortSignal })
          .catch((thrown: unknown) => emptyRange(thrown))
        await sha256Of(got.Body as AsyncIterable<Uint8Array> | undefined)
        return got
      })
    },
    async mayPut(ref) {
      await send("PutObject", uri(ref), (abortSignal) =>
        client
          .send(new PutObjectCommand({ ...target(ref), Body: new Uint8Array(), IfMatch: '"0"', Tagging: "dr=probe" }), {
            abortSignal,
          })
          .catch((thrown: unknown) => conditionFailed(thrown)),
      )
    },
    async tags(ref) {
      const answer = await send("GetObjectTagging", uri(ref), (abortSignal) =>
        client.send(new GetObjectTaggingCommand(target(ref)), { abortSignal }),
      )
      return Object.fromEntries((answer.TagSet ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""]))
    },
    async hash(ref) {
      let digest: { sha256: string; sizeBytes: number } | undefined
      const answer = await send(
        "GetObject",
        uri(ref),
        async (abortSignal) => {
          const got = await client.send(new GetObjectCommand(target(ref)), { abortSignal })
          digest = await sha256Of(got.Body as AsyncIterable<Uint8Array> | undefined)
          return got
        },
        { deadlineMs: 10 * MINUTE },
      )
      if (digest === undefined || digest.sizeBytes !== answer.ContentLength) {
        throw new DrError({
          code: "E_READ_TRUNCATED",
          message: `s3:GetObject of ${uri(ref)} gave ${digest?.sizeBytes ?? 0} of ${answer.ContentLength ?? "unknown"} bytes`,
        })
      }
      return { ...digest, ...(answer.SSEKMSKeyId === undefined ? {} : { keyArn: answer.SSEKMSKeyId }) }
    },
    purge: (bucket, prefix, owner) => purge(send, client, bucket, prefix, owner),
    countAll: (bucket, prefix, owner) => countAll(send, client, bucket, prefix, owner),
  }
}

type Answered = { $metadata: { httpStatusCode?: number; requestId?: string }; Body?: unknown }

/** An object without bytes has no first one. */
function emptyRange(thrown: unknown): Answered {
  const error = thrown as Error & Answered
  if (error.$metadata?.httpStatusCode === 416) return { $metadata: error.$metadata }
  throw thrown
}

/** 404: nothing is there that could match. 412: something is, and it does not. Both come after the right was judged. */
function conditionFailed(thrown: unknown): Answered {
  const error = thrown as Error & Answered
  const status = error.$metadata?.httpStatusCode
  if (status === 412 || (status === 404 && error.name !== "NoSuchBucket")) return { $metadata: error.$metadata }
  throw thrown
}

async function sha256Of(body: AsyncIterable<Uint8Array> | undefined): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash("sha256")
  let sizeBytes = 0
  for await (const chunk of body ?? []) {
    hash.update(chunk)
    sizeBytes += chunk.byteLength
  }
  return { sha256: hash.digest("hex"), sizeBytes }
}

function factsOf(answer: HeadObjectCommandOutput, ref: ObjectRef): ObjectFacts {
  if (answer.ETag === undefined || answer.ContentLength === undefined || answer.LastModified === undefined) {
    throw new DrError({
      code: "E_AWS_ANSWER",
      message: `s3:HeadObject of ${uri(ref)} answered without ETag, size or date`,
    })
  }
  return {
    etag: answer.ETag,
    sizeBytes: answer.ContentLength,
    modifiedAt: answer.LastModified.getTime(),
    headers: headersOf(answer),
    metadata: answer.Metadata ?? {},
    ...(answer.VersionId === undefined ? {} : { versionId: answer.VersionId }),
    ...(answer.ServerSideEncryption === undefined ? {} : { encryption: answer.ServerSideEncryption }),
    ...(answer.SSEKMSKeyId === undefined ? {} : { keyArn: answer.SSEKMSKeyId }),
    ...(answer.StorageClass === undefined ? {} : { storageClass: answer.StorageClass }),
  }
}

function headersOf(answer: HeadObjectCommandOutput): ObjectHeaders {
  const headers = {
    contentType: answer.ContentType,
    contentEncoding: answer.ContentEncoding,
    contentLanguage: answer.ContentLanguage,
    contentDisposition: answer.ContentDisposition,
    cacheControl: answer.CacheControl,
    expires: answer.ExpiresString,
  }
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as ObjectHeaders
}
