import { bucketArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import { attempt } from "../s3/attempt.ts"
import { checkTags } from "../s3/object-attributes.ts"
import { resourceTagFacts } from "../s3/request-facts.ts"
import { authorize, readCall } from "../s3/s3-call.ts"
import type { Bucket, Tags } from "../s3/state.ts"
import { readTagSet } from "../s3/tag-xml.ts"
import { child, leaf, malformedXml, node, readRoot } from "../s3/xml.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { askAbout, invalidRequest, type ControlCall } from "./control-call.ts"

/**
 * The tags of a bucket by its ARN, the same that GetBucketTagging shows. Unlike PutBucketTagging these change single
 * tags. Newer Terraform providers use nothing else. Source: S3 Control API reference.
 */

const MOST = 50

export function listResourceTags(control: ControlCall): SandboxResponse {
  const { tags = [] } = taggedBucket(control, "ListTagsForResource")
  const items = tags.map(([name, value]) => node("Tag", leaf("Key", name), leaf("Value", value)))
  return xmlAnswer(control.call.requestId, "ListTagsForResourceResult", node("Tags", ...items))
}

/** Adds to what is there; the same key gets the new value. */
export function tagResource(control: ControlCall): SandboxResponse {
  const given = attempt(() => tagsIn(control.call.request.body))
  const bucket = taggedBucket(control, "TagResource", resourceTagFacts(given.value ?? []))
  const tags = new Map([...(bucket.tags ?? []), ...given.orThrow()])
  bucket.tags = checkTags([...tags], MOST)
  return emptyAnswer(control.call.requestId, 204)
}

function tagsIn(body: Buffer): Tags {
  const tags = child(readRoot(body, "TagResourceRequest"), "Tags")
  if (tags === undefined) throw malformedXml()
  return readTagSet(tags, MOST)
}

/** Keys that are not there are no error. */
export function untagResource(control: ControlCall): SandboxResponse {
  const keys = control.call.request.query.filter(([name]) => name === "tagKeys").map(([, key]) => key)
  const bucket = taggedBucket(control, "UntagResource", { "aws:TagKeys": keys })
  const left = (bucket.tags ?? []).filter(([name]) => !keys.includes(name))
  if (left.length === 0) delete bucket.tags
  else bucket.tags = left
  return emptyAnswer(control.call.requestId, 204)
}

/** The bucket whose ARN ends the path, after the right to it was checked: its own policy is asked too. */
function taggedBucket(control: ControlCall, action: string, facts: Conditions = {}): Bucket {
  const { call, account, s3 } = control
  const name = bucketIn(control)
  const bucket = s3.state.buckets.get(name)
  if (bucket === undefined || bucket.account !== account || bucket.region !== call.region) {
    askAbout(control, action, bucketArn(name, partitionOf(call.region)), facts)
    throw new ServiceError("NoSuchResource", "The specified resource doesn't exist.", 404)
  }
  authorize(readCall(call, s3.state, action), bucket, action, undefined, facts)
  return bucket
}

function bucketIn({ call }: ControlCall): string {
  const [, raw = ""] = call.request.rawPath.split("/tags/", 2)
  const arn = attemptDecoding(raw)
  const parsed = arn === undefined ? undefined : tryParseArn(arn)
  if (parsed === undefined || !/^s3(express)?$/.test(parsed.service))
    throw invalidRequest("The resource ARN is not valid")
  const isBucket =
    parsed.service === "s3" && parsed.region === "" && parsed.account === "" && !parsed.resource.includes("/")
  if (!isBucket) throw new ServiceError("NotImplemented", `the sandbox tags buckets only, not ${arn}`, 501)
  return parsed.resource
}

function attemptDecoding(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
