import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3"
import type { AccountId, BucketName, RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import type { FenceRecord, FenceStore } from "../restore/fence/fence-store.ts"
import { callAws, type CallDeps } from "./call.ts"
import { s3Port } from "./s3-port.ts"
import type { AwsSession } from "./sessions.ts"

/** `<prefix>locks/<env>/<epoch>.json` in a bucket of the recovery account. */
export interface FencePlace {
  readonly bucket: BucketName
  readonly prefix: string
  readonly owner: AccountId
  readonly env: string
}

export function s3FenceStore(
  deps: CallDeps,
  client: S3Client,
  session: AwsSession,
  region: RegionName,
  { bucket, prefix, owner, env }: FencePlace,
): FenceStore {
  const folder = `${prefix}locks/${env}/`
  const target = (epoch: number) => ({ Bucket: bucket, Key: `${folder}${epoch}.json`, ExpectedBucketOwner: owner })
  const call = <T extends { $metadata: object }>(
    operation: string,
    epoch: number,
    send: (abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> =>
    callAws(deps, { service: "s3", operation, account: session.account, region }, send, {
      subject: `s3://${bucket}/${target(epoch).Key}`,
      refresh: session.invalidate,
    })
  const put = async (epoch: number, record: FenceRecord, condition: { IfNoneMatch: "*" } | { IfMatch: string }) => {
    const Body = JSON.stringify(record)
    const ContentType = "application/json"
    const { ETag } = await call("PutObject", epoch, (abortSignal) =>
      client.send(new PutObjectCommand({ ...target(epoch), ...condition, Body, ContentType }), { abortSignal }),
    )
    return ETag
  }

  return {
    async latest() {
      let latest: number | undefined
      for await (const { key } of s3Port(deps, client, session, region).list(bucket, folder, owner)) {
        const epoch = epochOf(key.slice(folder.length))
        if (epoch !== undefined) latest = Math.max(epoch, latest ?? 0)
      }
      return latest
    },
    get: (epoch) =>
      unless(["E_AWS_NOT_FOUND"], async () => {
        const { text, etag, modifiedAt } = await read(epoch)
        return { record: recordOf(text, target(epoch).Key), etag, modifiedAt }
      }),
    putIfAbsent: (epoch, record) => unless(CONDITION, () => put(epoch, record, { IfNoneMatch: "*" })),
    putIfMatch: (epoch, record, etag) =>
      unless([...CONDITION, "E_AWS_NOT_FOUND"], () => put(epoch, record, { IfMatch: etag })),
    async delete(epoch) {
      await call("DeleteObject", epoch, (abortSignal) =>
        client.send(new DeleteObjectCommand(target(epoch)), { abortSignal }),
      )
    },
  }

  async function read(epoch: number) {
    let text = ""
    const answer = await call("GetObject", epoch, async (abortSignal) => {
      const got = await client.send(new GetObjectCommand(target(epoch)), { abortSignal })
      text = (await got.Body?.transformToString()) ?? ""
      return got
    })
    return { text, etag: answer.ETag ?? "", modifiedAt: answer.LastModified?.getTime() ?? 0 }
  }
}

/** 412: it is not as expected. 409: another write is under way at the same moment, which is the same here. */
const CONDITION = ["E_AWS_PRECONDITION", "E_AWS_CONFLICT"]

async function unless<T>(codes: readonly string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DrError && codes.includes(error.code)) return undefined
    throw error
  }
}

function epochOf(name: string): number | undefined {
  const digits = /^([1-9]\d{0,14})\.json$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** @throws DrError E_FENCE_RECORD */
function recordOf(text: string, key: string): FenceRecord {
  try {
    const record = JSON.parse(text) as FenceRecord
    if (record.version === 1 && typeof record.run === "string" && typeof record.holder.pid === "number") return record
  } catch {
    // told below
  }
  throw new DrError({
    code: "E_FENCE_RECORD",
    message: `cannot read the lock ${key}: it is not as dr writes it`,
    hints: ["look who wrote it; when no run is going on, delete the object"],
  })
}
