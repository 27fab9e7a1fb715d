import type { SandboxResponse } from "../core/exchange.ts"
import { xmlAnswer } from "./answers.ts"
import { checksumElement } from "./checksums.ts"
import { refuseCustomerKey } from "./encryption.ts"
import { invalidArgument, methodNotAllowed } from "./errors.ts"
import { authorizeObject, visibleObject } from "./object-access.ts"
import { pageLimit } from "./page.ts"
import { targetBucket, type S3Call } from "./s3-call.ts"
import { openEnvelope } from "./seal.ts"
import type { ObjectVersion } from "./state.ts"
import { versionHeader } from "./versions.ts"
import { httpDate, leaf, node, xmlDocument } from "./xml.ts"

const KNOWN: ReadonlySet<string> = new Set(["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"])

/** GetObjectAttributes: only what `x-amz-object-attributes` names. */
export function getObjectAttributes(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  const versionId = s3.query.get("versionId")
  // Two rights: the attributes are told only to who may read the object itself.
  for (const action of ["GetObject", "GetObjectAttributes"]) {
    authorizeObject(s3, bucket, { action, key: s3.key, versionId })
  }
  refuseCustomerKey(s3)
  const object = visibleObject(s3, bucket, s3.key, versionId)
  if (object === undefined) throw methodNotAllowed("GET")
  const wanted = new Set((s3.headers["x-amz-object-attributes"] ?? "").split(",").map((each) => each.trim()))
  if ([...wanted].some((each) => !KNOWN.has(each)))
    throw invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes")
  if (wanted.has("Checksum")) openEnvelope(s3, bucket, object.body.envelope)
  return xmlAnswer(
    s3,
    xmlDocument(
      "GetObjectAttributesResponse",
      // Without quotes here, unlike everywhere else.
      wanted.has("ETag") ? leaf("ETag", object.etag) : "",
      wanted.has("Checksum") ? checksumXml(object) : "",
      wanted.has("ObjectParts") ? partsXml(s3, object) : "",
      wanted.has("StorageClass") ? leaf("StorageClass", object.attributes.storageClass) : "",
      wanted.has("ObjectSize") ? leaf("ObjectSize", object.size) : "",
    ),
    { "last-modified": httpDate(object.modifiedAt), "x-amz-version-id": versionHeader(bucket, object.id) },
  )
}

function checksumXml({ checksum }: ObjectVersion): string {
  if (checksum === undefined) return ""
  return node(
    "Checksum",
    leaf(checksumElement(checksum.algorithm), checksum.value.replace(/-\d+$/, "")),
    leaf("ChecksumType", checksum.type),
  )
}

/** Part by part only where each has a checksum; otherwise AWS gives the count alone. */
function partsXml(s3: S3Call, object: ObjectVersion): string {
  const { parts, checksum } = object
  if (parts === undefined) return ""
  if (checksum?.type !== "COMPOSITE") return node("ObjectParts", leaf("PartsCount", parts.length))
  const marker = Number(s3.headers["x-amz-part-number-marker"] ?? "0")
  const rest = parts.filter((part) => part.number > marker)
  const shown = rest.slice(0, pageLimit(s3, s3.headers["x-amz-max-parts"], "max-parts"))
  return node(
    "ObjectParts",
    leaf("PartsCount", parts.length),
    leaf("PartNumberMarker", marker),
    leaf("NextPartNumberMarker", shown.at(-1)?.number ?? 0),
    leaf("MaxParts", s3.headers["x-amz-max-parts"] ?? 1000),
    leaf("IsTruncated", rest.length > shown.length),
    ...shown.map((part) =>
      node(
        "Part",
        leaf("PartNumber", part.number),
        leaf("Size", part.size),
        leaf(checksumElement(checksum.algorithm), part.checksum),
      ),
    ),
  )
}
