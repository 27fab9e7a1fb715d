import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import { verifyBody } from "./integrity.ts"
import { authorize, targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket } from "./state.ts"

/** The bucket whose setting a call is about, after the right to it was checked. */
export function settingOf(s3: S3Call, action: string, facts: Conditions = {}): Bucket {
  const bucket = targetBucket(s3)
  authorize(s3, bucket, action, undefined, facts)
  if (s3.call.request.method === "PUT") verifyBody(s3)
  return bucket
}

export const absent = (code: string, message: string, bucket: Bucket): ServiceError =>
  new ServiceError(code, message, 404, { BucketName: bucket.name })

export type Handler = (s3: S3Call) => SandboxResponse
