import type { SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer } from "./answers.ts"
import { checkWriteConditions } from "./conditions.ts"
import { requestedAlgorithm, verifyBody } from "./integrity.ts"
import { mustCarryChecksum } from "./lock-headers.ts"
import { requestedAttributes } from "./object-attributes.ts"
import { newVersionLock } from "./object-lock.ts"
import { targetBucket, type S3Call } from "./s3-call.ts"
import { authorizeWrite, checksumHeaders, writeObject, writtenHeaders } from "./write-object.ts"

export function putObject(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  const allowed = authorizeWrite(s3, bucket)
  const given = verifyBody(s3)
  const { retention } = newVersionLock(bucket, allowed.lock, s3.call.world.clock.now())
  mustCarryChecksum(s3, retention, given !== undefined)
  checkWriteConditions(s3, bucket, s3.key)
  const version = writeObject(s3, bucket, s3.key, {
    bytes: s3.call.request.body,
    attributes: requestedAttributes(s3),
    tags: allowed.tags,
    rule: allowed.rule,
    lock: allowed.lock,
    checksum: given?.algorithm ?? requestedAlgorithm(s3) ?? "CRC64NVME",
  })
  return emptyAnswer(s3, 200, {
    etag: `"${version.etag}"`,
    ...writtenHeaders(bucket, version),
    ...checksumHeaders(version.checksum),
  })
}
