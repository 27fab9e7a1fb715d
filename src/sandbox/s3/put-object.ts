import type { SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer } from "./answers.ts"
import { checkWriteConditions } from "./conditions.ts"
import { requestedAlgorithm, verifyBody } from "./integrity.ts"
import { requestedAttributes, requestedTags } from "./object-attributes.ts"
import { targetBucket, type S3Call } from "./s3-call.ts"
import { authorizeWrite, checksumHeaders, writeObject, writtenHeaders } from "./write-object.ts"

export function putObject(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  const rule = authorizeWrite(s3, bucket)
  const given = verifyBody(s3)
  checkWriteConditions(s3, bucket, s3.key)
  const version = writeObject(s3, bucket, s3.key, {
    bytes: s3.call.request.body,
    attributes: requestedAttributes(s3),
    tags: requestedTags(s3),
    rule,
    checksum: given?.algorithm ?? requestedAlgorithm(s3) ?? "CRC64NVME",
  })
  return emptyAnswer(s3, 200, {
    etag: `"${version.etag}"`,
    ...writtenHeaders(bucket, version),
    ...checksumHeaders(version.checksum),
  })
}
