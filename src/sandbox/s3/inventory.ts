import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { absent, settingOf } from "./bucket-setting.ts"
import { invalidArgument } from "./errors.ts"
import { pageLimit } from "./page.ts"
import type { S3Call } from "./s3-call.ts"
import type { Bucket } from "./state.ts"
import { child, childText, elementXml, leaf, malformedXml, readRoot, xmlDocument, type XmlElement } from "./xml.ts"

/** Inventory configurations: kept and shown, no report is ever made. */

const MOST = 1000
const PAGE = 100

const noConfiguration = (bucket: Bucket): ServiceError =>
  absent("NoSuchConfiguration", "The specified configuration does not exist.", bucket)

const idOf = (s3: S3Call): string => s3.query.get("id") ?? ""

export function getInventory(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetInventoryConfiguration")
  const stored = bucket.inventories?.[idOf(s3)]
  if (stored === undefined) throw noConfiguration(bucket)
  return xmlAnswer(s3, xmlDocument("InventoryConfiguration", ...stored.children.map(elementXml)))
}

export function putInventory(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutInventoryConfiguration")
  const root = readRoot(s3.call.request.body, "InventoryConfiguration")
  checkInventory(root, idOf(s3))
  const others = bucket.inventories ?? {}
  if (!(idOf(s3) in others) && Object.keys(others).length >= MOST) {
    throw new ServiceError("TooManyConfigurations", "You have attempted to create more configurations than allowed.")
  }
  bucket.inventories = { ...others, [idOf(s3)]: root }
  return emptyAnswer(s3)
}

function checkInventory(root: XmlElement, id: string): void {
  if (childText(root, "Id") !== id || id === "") throw invalidConfiguration()
  const schedule = child(root, "Schedule")
  const destination = child(root, "Destination")
  const bucket = destination === undefined ? undefined : child(destination, "S3BucketDestination")
  const complete =
    oneOf(root, "IsEnabled", ["true", "false"]) &&
    oneOf(root, "IncludedObjectVersions", ["All", "Current"]) &&
    oneOf(schedule, "Frequency", ["Daily", "Weekly"]) &&
    oneOf(bucket, "Format", ["CSV", "ORC", "Parquet"]) &&
    bucket !== undefined &&
    childText(bucket, "Bucket") !== undefined
  if (!complete) throw malformedXml()
}

const oneOf = (element: XmlElement | undefined, name: string, allowed: readonly string[]): boolean =>
  element !== undefined && allowed.includes(childText(element, name) ?? "")

const invalidConfiguration = (): ServiceError => new ServiceError("InvalidArgument", "Invalid Argument")

export function deleteInventory(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutInventoryConfiguration")
  const { [idOf(s3)]: gone, ...left } = bucket.inventories ?? {}
  if (gone === undefined) throw noConfiguration(bucket)
  bucket.inventories = left
  return emptyAnswer(s3, 204)
}

/** A hundred to a page, in order of ids; the token is the last id of the page before. */
export function listInventories(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetInventoryConfiguration")
  const stored = bucket.inventories ?? {}
  const token = s3.query.get("continuation-token")
  const after = token === undefined ? "" : Buffer.from(token, "base64url").toString("utf8")
  if (token !== undefined && stored[after] === undefined) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token")
  }
  const rest = Object.keys(stored)
    .filter((id) => id > after)
    .toSorted()
  const shown = rest.slice(0, pageLimit(s3, undefined, "max", PAGE))
  const truncated = rest.length > shown.length
  return xmlAnswer(
    s3,
    xmlDocument(
      "ListInventoryConfigurationsResult",
      leaf("ContinuationToken", token),
      ...shown.map((id) => elementXml(stored[id] as XmlElement)),
      leaf("IsTruncated", truncated),
      leaf("NextContinuationToken", truncated ? Buffer.from(shown.at(-1) ?? "").toString("base64url") : undefined),
    ),
  )
}
