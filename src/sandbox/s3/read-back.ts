import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { absent, settingOf, type Handler } from "./bucket-setting.ts"
import { writeHeaderFacts } from "./request-facts.ts"
import type { S3Call } from "./s3-call.ts"
import type { Bucket } from "./state.ts"
import { child, childrenOf, childText, leaf, node, readRoot, xmlDocument, type XmlElement } from "./xml.ts"

/** Settings that cannot be made here, as infrastructure tools read them back: AWS's own 404 or its default. */

const missing =
  (action: string, code: string, message: string): Handler =>
  (s3) => {
    throw absent(code, message, settingOf(s3, action))
  }

export const getLifecycle = missing(
  "GetLifecycleConfiguration",
  "NoSuchLifecycleConfiguration",
  "The lifecycle configuration does not exist",
)

export const getCors = missing("GetBucketCORS", "NoSuchCORSConfiguration", "The CORS configuration does not exist")

export const getWebsite = missing(
  "GetBucketWebsite",
  "NoSuchWebsiteConfiguration",
  "The specified bucket does not have a website configuration",
)

const byDefault =
  (action: string, root: string, inner = ""): Handler =>
  (s3) => {
    settingOf(s3, action)
    return xmlAnswer(s3, xmlDocument(root, inner))
  }

export const getLogging = byDefault("GetBucketLogging", "BucketLoggingStatus")
export const getNotification = byDefault("GetBucketNotification", "NotificationConfiguration")
export const getAccelerate = byDefault("GetAccelerateConfiguration", "AccelerateConfiguration")
export const getRequestPayment = byDefault(
  "GetBucketRequestPayment",
  "RequestPaymentConfiguration",
  leaf("Payer", "BucketOwner"),
)

const XSI = "http://www.w3.org/2001/XMLSchema-instance"

/** ACLs are off, so that the owner has full control and nobody else anything. */
export function getAcl(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketAcl")
  const grantee = `<Grantee xmlns:xsi="${XSI}" xsi:type="CanonicalUser">${leaf("ID", bucket.account)}</Grantee>`
  return xmlAnswer(
    s3,
    xmlDocument(
      "AccessControlPolicy",
      node("Owner", leaf("ID", bucket.account)),
      node("AccessControlList", node("Grant", grantee, leaf("Permission", "FULL_CONTROL"))),
    ),
  )
}

/** Accepts only what `getAcl` says anyway. */
export function putAcl(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketAcl", writeHeaderFacts(s3.headers))
  const { body } = s3.call.request
  const canned = s3.headers["x-amz-acl"]
  const grants = Object.keys(s3.headers).find((name) => name.startsWith("x-amz-grant-"))
  const harmless =
    grants === undefined &&
    (canned === undefined ? isOwnersOnly(readRoot(body, "AccessControlPolicy"), bucket) : canned === "private")
  if (harmless) return emptyAnswer(s3)
  throw new ServiceError("NotImplemented", "A header you provided implies functionality that is not implemented", 501, {
    Header: grants ?? "x-amz-acl",
  })
}

function isOwnersOnly(policy: XmlElement, bucket: Bucket): boolean {
  const list = child(policy, "AccessControlList")
  return (list === undefined ? [] : childrenOf(list, "Grant")).every((grant) => {
    const grantee = child(grant, "Grantee")
    return (
      grantee !== undefined &&
      childText(grantee, "ID") === bucket.account &&
      childText(grant, "Permission") === "FULL_CONTROL"
    )
  })
}
