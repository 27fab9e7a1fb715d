import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { absent, settingOf } from "./bucket-setting.ts"
import { notImplemented } from "./errors.ts"
import { isLockMode } from "./lock-headers.ts"
import type { S3Call } from "./s3-call.ts"
import type { Bucket } from "./state.ts"
import { child, childText, leaf, malformedXml, node, readRoot, xmlDocument, type XmlElement } from "./xml.ts"

type Lock = NonNullable<Bucket["objectLock"]>

export function getLockConfiguration(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketObjectLockConfiguration")
  const lock = bucket.objectLock
  if (lock === undefined) {
    throw absent(
      "ObjectLockConfigurationNotFoundError",
      "Object Lock configuration does not exist for this bucket",
      bucket,
    )
  }
  return xmlAnswer(s3, xmlDocument("ObjectLockConfiguration", leaf("ObjectLockEnabled", "Enabled"), ruleXml(lock)))
}

function ruleXml({ byDefault }: Lock): string {
  if (byDefault === undefined) return ""
  return node(
    "Rule",
    node(
      "DefaultRetention",
      leaf("Mode", byDefault.mode),
      leaf("Days", byDefault.days),
      leaf("Years", byDefault.years),
    ),
  )
}

/** Turns Object Lock on where it was off (it never goes off again) and replaces the default retention. */
export function putLockConfiguration(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketObjectLockConfiguration")
  const lock = readLock(readRoot(s3.call.request.body, "ObjectLockConfiguration"))
  if (bucket.versioning !== "Enabled") {
    throw new ServiceError(
      "InvalidBucketState",
      "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
      409,
      { BucketName: bucket.name },
    )
  }
  bucket.objectLock = lock
  return emptyAnswer(s3)
}

function readLock(root: XmlElement): Lock {
  if (childText(root, "ObjectLockEnabled") !== "Enabled") throw malformedXml()
  const rule = child(root, "Rule")
  if (rule === undefined) return {}
  // Holds that end by an event came with the API of 2026; a rule that would be dropped silently is refused.
  if (child(rule, "DefaultEventHold") !== undefined) throw notImplemented("DefaultEventHold")
  const retention = child(rule, "DefaultRetention")
  const mode = retention === undefined ? undefined : childText(retention, "Mode")
  if (retention === undefined || mode === undefined || !isLockMode(mode)) throw malformedXml()
  const days = period(retention, "Days")
  const years = period(retention, "Years")
  if (days !== undefined && years === undefined) return { byDefault: { mode, days } }
  if (years !== undefined && days === undefined) return { byDefault: { mode, years } }
  throw malformedXml()
}

/** A hundred years at most. */
function period(retention: XmlElement, name: "Days" | "Years"): number | undefined {
  const text = childText(retention, name)
  if (text === undefined) return undefined
  const most = name === "Days" ? 36_500 : 100
  const value = Number(text)
  if (!/^-?\d+$/.test(text)) throw malformedXml()
  if (value > most) {
    throw new ServiceError("InvalidArgument", `Default retention period too long. Maximum is ${most} ${name}.`)
  }
  if (value > 0) return value
  throw new ServiceError("InvalidArgument", "Default retention period must be a positive integer value.")
}
