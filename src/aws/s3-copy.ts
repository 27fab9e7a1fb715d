import { CopyObjectCommand, type CopyObjectCommandOutput } from "@aws-sdk/client-s3"
import { DrError } from "../kernel/errors.ts"
import type { CopyRequest } from "../drill/ports.ts"
import { encodeCopySource } from "./s3-key-encoding.ts"

export function copyCommand(request: CopyRequest): CopyObjectCommand {
  const { source, destination } = request
  return new CopyObjectCommand({
    Bucket: destination.bucket,
    Key: destination.key,
    CopySource: encodeCopySource(source.bucket, source.key, source.versionId),
    CopySourceIfMatch: request.sourceEtag,
    IfNoneMatch: "*",
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: request.keyArn,
    BucketKeyEnabled: false,
    ExpectedBucketOwner: destination.owner,
    ExpectedSourceBucketOwner: source.owner,
  })
}

/**
 * The SDK resolves for many broken bodies inside HTTP 200 (reliability S1), so an answer counts only with ETag,
 * LastModified and exactly the planned key.
 * @throws DrError E_COPY_INVALID
 */
export function validateCopy(
  answer: CopyObjectCommandOutput,
  request: CopyRequest,
): { etag: string; versionId?: string } {
  const subject = `s3://${request.source.bucket}/${request.source.key}`
  const invalid = (why: string): DrError =>
    new DrError({
      code: "E_COPY_INVALID",
      message: `s3:CopyObject of ${JSON.stringify(subject)} answered HTTP 200 but ${why}`,
      aws: {
        service: "s3",
        operation: "CopyObject",
        status: 200,
        ...(answer.$metadata.requestId === undefined ? {} : { requestId: answer.$metadata.requestId }),
      },
    })
  const etag = answer.CopyObjectResult?.ETag
  if (!etag || answer.CopyObjectResult?.LastModified === undefined)
    throw invalid("without a complete CopyObjectResult: nothing says that the copy exists")
  if (answer.ServerSideEncryption !== "aws:kms")
    throw invalid(`the copy is encrypted with ${answer.ServerSideEncryption ?? "nothing named"}, not aws:kms`)
  if (answer.SSEKMSKeyId !== request.keyArn)
    throw invalid(`the copy is under key ${answer.SSEKMSKeyId ?? "(not named)"}, not ${request.keyArn}`)
  return { etag, ...(answer.VersionId === undefined ? {} : { versionId: answer.VersionId }) }
}
