import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketRequestPaymentCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  type S3Client,
} from "@aws-sdk/client-s3"
import type { RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import type { BucketFacts, BucketPort } from "../restore/bucket-facts.ts"
import { callAws, type CallDeps } from "./call.ts"
import type { AwsSession } from "./sessions.ts"

type Answer = { $metadata: { httpStatusCode?: number; requestId?: string } }
type Asked = { readonly Bucket: string; readonly ExpectedBucketOwner: string }

/** What S3 answers where a setting was never made. */
const UNSET: ReadonlySet<string> = new Set([
  "NoSuchLifecycleConfiguration",
  "ObjectLockConfigurationNotFoundError",
  "OwnershipControlsNotFoundError",
  "ServerSideEncryptionConfigurationNotFoundError",
])

/** S3 in one Region as one session. All calls may be sent again. */
export function bucketPort(deps: CallDeps, client: S3Client, session: AwsSession, region: RegionName): BucketPort {
  const call = <T extends Answer>(operation: string, bucket: string, send: (abort: AbortSignal) => Promise<T>) =>
    callAws(deps, { service: "s3", operation, account: session.account, region }, send, {
      subject: `s3://${bucket}`,
      refresh: session.invalidate,
    })

  return {
    async look(bucket, owner) {
      const asked: Asked = { Bucket: bucket, ExpectedBucketOwner: owner }
      await call("HeadBucket", bucket, (abortSignal) => client.send(new HeadBucketCommand(asked), { abortSignal }))
      const unread: string[] = []
      /** A right that is missing is told, any other failure is one. */
      const read = async <T extends Answer>(
        [operation, action]: readonly [string, string],
        send: (abort: AbortSignal) => Promise<T>,
        factOf: (answer: T | undefined) => Partial<BucketFacts>,
      ): Promise<Partial<BucketFacts>> => {
        try {
          return factOf(await call(operation, bucket, send))
        } catch (thrown) {
          if (thrown instanceof DrError && UNSET.has(thrown.aws?.awsCode ?? "")) return factOf(undefined)
          if (!(thrown instanceof DrError) || thrown.code !== "E_AWS_ACCESS_DENIED") throw thrown
          unread.push(`s3:${action}`)
          return {}
        }
      }
      const facts = [
        await read(
          ["GetBucketVersioning", "GetBucketVersioning"],
          (abortSignal) => client.send(new GetBucketVersioningCommand(asked), { abortSignal }),
          (answer) => ({ versioning: VERSIONING[answer?.Status ?? ""] ?? "never" }),
        ),
        await read(
          ["GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"],
          (abortSignal) => client.send(new GetObjectLockConfigurationCommand(asked), { abortSignal }),
          (answer) => ({ objectLock: answer?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled" }),
        ),
        await read(
          ["GetBucketRequestPayment", "GetBucketRequestPayment"],
          (abortSignal) => client.send(new GetBucketRequestPaymentCommand(asked), { abortSignal }),
          (answer) => ({ requesterPays: answer?.Payer === "Requester" }),
        ),
        await read(
          ["GetBucketOwnershipControls", "GetBucketOwnershipControls"],
          (abortSignal) => client.send(new GetBucketOwnershipControlsCommand(asked), { abortSignal }),
          (answer) => ({
            ownerEnforced: answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === "BucketOwnerEnforced",
          }),
        ),
        await read(
          ["GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"],
          (abortSignal) => client.send(new GetBucketLifecycleConfigurationCommand(asked), { abortSignal }),
          (answer) => ({
            abortsUploads: (answer?.Rules ?? []).some(
              (rule) => rule.Status === "Enabled" && rule.AbortIncompleteMultipartUpload !== undefined,
            ),
          }),
        ),
        await read(
          ["GetBucketEncryption", "GetEncryptionConfiguration"],
          (abortSignal) => client.send(new GetBucketEncryptionCommand(asked), { abortSignal }),
          (answer) => ({ bucketKey: answer?.ServerSideEncryptionConfiguration?.Rules?.[0]?.BucketKeyEnabled ?? false }),
        ),
      ]
      return Object.assign({ unread }, ...facts) as BucketFacts
    },
  }
}

const VERSIONING: Readonly<Record<string, "enabled" | "suspended">> = { Enabled: "enabled", Suspended: "suspended" }
