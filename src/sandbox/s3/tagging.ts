import type { SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import type { Conditions } from "../core/world.ts"
import { attempt } from "./attempt.ts"
import { absent, settingOf } from "./bucket-setting.ts"
import { methodNotAllowed } from "./errors.ts"
import { verifyBody } from "./integrity.ts"
import { authorizeObject, visibleVersion } from "./object-access.ts"
import { requestTagFacts, resourceTagFacts } from "./request-facts.ts"
import { targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket, ObjectVersion, Tags } from "./state.ts"
import { readTagSet } from "./tag-xml.ts"
import { versionHeader } from "./versions.ts"
import { child, leaf, malformedXml, node, readRoot, xmlDocument } from "./xml.ts"

const tagsXml = (tags: Tags): string =>
  xmlDocument(
    "Tagging",
    node("TagSet", ...tags.map(([name, value]) => node("Tag", leaf("Key", name), leaf("Value", value)))),
  )

function readTags(body: Buffer, limit: number): Tags {
  const set = child(readRoot(body, "Tagging"), "TagSet")
  if (set === undefined) throw malformedXml()
  return readTagSet(set, limit)
}

export function getBucketTagging(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketTagging")
  if (bucket.tags === undefined) throw absent("NoSuchTagSet", "The TagSet does not exist", bucket)
  return xmlAnswer(s3, tagsXml(bucket.tags))
}

export function putBucketTagging(s3: S3Call): SandboxResponse {
  const tags = attempt(() => readTags(s3.call.request.body, 50))
  const bucket = settingOf(s3, "PutBucketTagging", resourceTagFacts(tags.value ?? []))
  bucket.tags = tags.orThrow()
  return emptyAnswer(s3, 204)
}

export function deleteBucketTagging(s3: S3Call): SandboxResponse {
  delete settingOf(s3, "PutBucketTagging").tags
  return emptyAnswer(s3, 204)
}

interface Tagged {
  readonly bucket: Bucket
  readonly object: ObjectVersion
}

function taggedObject(s3: S3Call, action: string, facts: Conditions = {}): Tagged {
  const bucket = targetBucket(s3)
  const versionId = s3.query.get("versionId")
  authorizeObject(s3, bucket, { action, key: s3.key, versionId, facts })
  const object = visibleVersion(s3, bucket, s3.key, versionId)
  // A marker is refused even as the newest version: here AWS differs from GetObject.
  if (object.kind === "marker") throw methodNotAllowed(s3.call.request.method)
  return { bucket, object }
}

const versionOf = ({ bucket, object }: Tagged): Record<string, string | undefined> => ({
  "x-amz-version-id": versionHeader(bucket, object.id),
})

export function getObjectTagging(s3: S3Call): SandboxResponse {
  const tagged = taggedObject(s3, "GetObjectTagging")
  return xmlAnswer(s3, tagsXml(tagged.object.tags), versionOf(tagged))
}

export function putObjectTagging(s3: S3Call): SandboxResponse {
  const tags = attempt(() => readTags(s3.call.request.body, 10))
  const tagged = taggedObject(s3, "PutObjectTagging", requestTagFacts(tags.value ?? []))
  verifyBody(s3)
  tagged.object.tags = tags.orThrow()
  return emptyAnswer(s3, 200, versionOf(tagged))
}

export function deleteObjectTagging(s3: S3Call): SandboxResponse {
  const tagged = taggedObject(s3, "DeleteObjectTagging")
  tagged.object.tags = []
  return emptyAnswer(s3, 204, versionOf(tagged))
}
