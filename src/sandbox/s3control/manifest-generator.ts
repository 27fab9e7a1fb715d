import { bucketArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import { ServiceError, type Caller } from "../core/exchange.ts"
import type { Bucket, Envelope, ObjectVersion } from "../s3/state.ts"
import { child, childText, type XmlElement } from "../s3/xml.ts"
import type { ControlParts } from "./control-call.ts"
import { csvRow } from "./csv.ts"
import { sendInside } from "./inside-s3.ts"
import type { Job, Task } from "./job.ts"
import { manifestFault } from "./manifest.ts"

/**
 * Lists the source bucket by the generator's filter: key, time, size, class, and the KMS key, which no listing tells.
 * With versioning every version is listed, older ones first, so that a copy ends with the newest on top.
 */
export function generateTasks(parts: ControlParts, caller: Caller, job: Job, generator: XmlElement): readonly Task[] {
  const { bucket, filter } = sourceOf(parts, job, generator)
  // The right that AWS asks of the role for this; there is none of its own.
  parts.world.authorizer.authorize({
    caller,
    action: "s3:PutInventoryConfiguration",
    resource: bucketArn(bucket.name, partitionOf(bucket.region)),
    resourceAccount: bucket.account,
    region: bucket.region,
    ...(bucket.policy === undefined ? {} : { resourcePolicy: bucket.policy }),
    context: { "s3:ResourceAccount": bucket.account },
  })
  const matches = filter === undefined ? () => true : filterOf(filter)
  const tasks: Task[] = []
  for (let at = 0; at < bucket.objects.size; at++) {
    const entry = bucket.objects.at(at)
    for (const version of entry?.versions.toReversed() ?? []) {
      if (entry === undefined || version.kind !== "object" || !matches(entry.key, version)) continue
      const named = bucket.versioning === "never" ? {} : { versionId: version.id }
      tasks.push({ bucket: bucket.name, key: entry.key, ...named })
    }
  }
  return tasks
}

function sourceOf(
  { s3 }: ControlParts,
  job: Job,
  generator: XmlElement,
): { readonly bucket: Bucket; readonly filter: XmlElement | undefined } {
  const name = tryParseArn(childText(generator, "SourceBucket") ?? "")?.resource ?? ""
  const bucket = s3.state.buckets.get(name)
  const owner = childText(generator, "ExpectedBucketOwner")
  if (bucket === undefined || bucket.region !== job.region) {
    throw manifestFault("NoSuchBucket", `There is no bucket ${name} in ${job.region}`)
  }
  if (owner !== undefined && owner !== bucket.account) throw manifestFault("AccessDenied", "Access Denied")
  return { bucket, filter: child(generator, "Filter") }
}

type Matches = (key: string, version: ObjectVersion) => boolean

/** All conditions must hold; within one of them any value will do. */
function filterOf(filter: XmlElement): Matches {
  const names = child(filter, "KeyNameConstraint")
  const tests: Matches[] = [
    keyTest(names, "MatchAnyPrefix", (key, text) => key.startsWith(text)),
    keyTest(names, "MatchAnySuffix", (key, text) => key.endsWith(text)),
    keyTest(names, "MatchAnySubstring", (key, text) => key.includes(text)),
    listTest(filter, "MatchAnyStorageClass", (each, version) => version.attributes.storageClass === each.text),
    listTest(filter, "MatchAnyObjectEncryption", (each, version) => encryptedLike(each, version.body.envelope)),
    // Nothing is ever replicated here.
    listTest(filter, "ObjectReplicationStatuses", (each) => each.text === "NONE"),
    limitTest(filter, "CreatedAfter", Date.parse, (version, limit) => version.modifiedAt > limit),
    limitTest(filter, "CreatedBefore", Date.parse, (version, limit) => version.modifiedAt < limit),
    limitTest(filter, "ObjectSizeGreaterThanBytes", Number, (version, limit) => version.size > limit),
    limitTest(filter, "ObjectSizeLessThanBytes", Number, (version, limit) => version.size < limit),
  ]
  if (childText(filter, "EligibleForReplication") === "true") tests.push(() => false)
  return (key, version) => tests.every((test) => test(key, version))
}

function keyTest(names: XmlElement | undefined, list: string, test: (key: string, text: string) => boolean): Matches {
  const wanted = names === undefined ? undefined : child(names, list)?.children
  return wanted === undefined ? () => true : (key) => wanted.some((each) => test(key, each.text))
}

function listTest(
  filter: XmlElement,
  list: string,
  test: (each: XmlElement, version: ObjectVersion) => boolean,
): Matches {
  const wanted = child(filter, list)?.children
  return wanted === undefined ? () => true : (_key, version) => wanted.some((each) => test(each, version))
}

function limitTest(
  filter: XmlElement,
  name: string,
  read: (text: string) => number,
  test: (version: ObjectVersion, limit: number) => boolean,
): Matches {
  const text = childText(filter, name)
  if (text === undefined) return () => true
  const limit = read(text)
  return (_key, version) => test(version, limit)
}

/** `<ObjectEncryption><SSE-KMS><KmsKeyArn>…`: without an ARN any key of that kind. */
function encryptedLike(filter: XmlElement, envelope: Envelope): boolean {
  const [kind] = filter.children
  if (kind === undefined) return false
  switch (kind.name) {
    case "SSE-S3":
      return envelope.algorithm === "AES256"
    case "SSE-KMS":
      return envelope.algorithm === "aws:kms" && underKey(kind, envelope) && bucketKeyAs(kind, envelope)
    case "DSSE-KMS":
      return envelope.algorithm === "aws:kms:dsse" && underKey(kind, envelope)
    default:
      return false
  }
}

function underKey(kind: XmlElement, envelope: Envelope): boolean {
  const arn = childText(kind, "KmsKeyArn")
  return arn === undefined || arn === envelope.keyArn
}

function bucketKeyAs(kind: XmlElement, envelope: Envelope): boolean {
  const wanted = childText(kind, "BucketKeyEnabled")
  return wanted === undefined || (wanted === "true") === envelope.bucketKey
}

/** Writes the list down where the generator says. @throws ServiceError when the role may not */
export function writeManifest(
  parts: ControlParts,
  caller: Caller,
  job: Job,
  generator: XmlElement,
  tasks: readonly Task[],
): void {
  if (childText(generator, "EnableManifestOutput") !== "true") return
  const output = child(generator, "ManifestOutputLocation")
  const bucket = tryParseArn(output === undefined ? "" : (childText(output, "Bucket") ?? ""))?.resource
  if (output === undefined || bucket === undefined) {
    throw new ServiceError("InvalidRequest", "EnableManifestOutput needs a ManifestOutputLocation")
  }
  const encryption = child(output, "ManifestEncryption")
  const kms = encryption === undefined ? undefined : child(encryption, "SSE-KMS")
  const keyId = kms === undefined ? undefined : childText(kms, "KeyId")
  const prefix = childText(output, "ManifestPrefix")
  const answer = sendInside(parts, caller, job.region, {
    method: "PUT",
    bucket,
    key: `${prefix === undefined || prefix === "" ? "" : `${prefix}/`}job-${job.id}/manifest.csv`,
    headers: {
      "content-type": "text/csv",
      ...(keyId === undefined
        ? {}
        : { "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": keyId }),
    },
    body: tasks
      .map(({ bucket: name, key, versionId }) =>
        csvRow([name, encodeURIComponent(key), ...(versionId === undefined ? [] : [versionId])]),
      )
      .join(""),
  })
  if (!answer.ok) throw answer.error
}
