import { createHash } from "node:crypto"
import { gunzipSync } from "node:zlib"
import { tryParseArn } from "../../access/arn.ts"
import { ServiceError, type Caller } from "../core/exchange.ts"
import { child, childText, type XmlElement } from "../s3/xml.ts"
import type { ControlParts } from "./control-call.ts"
import { readCsv } from "./csv.ts"
import { sendInside } from "./inside-s3.ts"
import type { Job, Task } from "./job.ts"

const OWN = "S3BatchOperations_CSV_20180820"
const INVENTORY = "S3InventoryReport_CSV_20161130"
export const MANIFEST_FORMATS: readonly string[] = [OWN, INVENTORY]

/** The job cannot even begin. */
export const manifestFault = (code: string, message: string): ServiceError => new ServiceError(code, message)

/** Bucket and key of an object's ARN. */
export function objectOfArn(arn: string): { readonly bucket: string; readonly key: string } | undefined {
  const parsed = tryParseArn(arn)
  const slash = parsed?.resource.indexOf("/") ?? -1
  if (parsed?.service !== "s3" || slash <= 0) return undefined
  return { bucket: parsed.resource.slice(0, slash), key: parsed.resource.slice(slash + 1) }
}

/** Reads the manifest as the job's role. @throws ServiceError why the job must fail */
export function readManifest(parts: ControlParts, caller: Caller, job: Job, manifest: XmlElement): readonly Task[] {
  const spec = child(manifest, "Spec")
  const location = child(manifest, "Location")
  const object = objectOfArn(location === undefined ? "" : (childText(location, "ObjectArn") ?? ""))
  if (spec === undefined || location === undefined || object === undefined) {
    throw manifestFault("InvalidManifest", "The manifest has no format or no location")
  }
  const { body, etag } = read(parts, caller, job, object.bucket, object.key, childText(location, "ObjectVersionId"))
  const wanted = (childText(location, "ETag") ?? "").replaceAll('"', "")
  if (wanted !== etag) throw manifestFault("ManifestETagMismatch", `The manifest's ETag is ${etag}, not ${wanted}`)
  if (childText(spec, "Format") === INVENTORY) return readInventory(parts, caller, job, body)
  const fields = (child(spec, "Fields")?.children ?? []).map((each) => each.text)
  return tasksOf(body.toString("utf8"), fields)
}

function read(
  parts: ControlParts,
  caller: Caller,
  job: Job,
  bucket: string,
  key: string,
  versionId?: string,
): { readonly body: Buffer; readonly etag: string } {
  const answer = sendInside(parts, caller, job.region, {
    method: "GET",
    bucket,
    key,
    query: versionId === undefined ? [] : [["versionId", versionId]],
  })
  if (!answer.ok) throw answer.error
  const { body, headers } = answer.response
  return { body: Buffer.from(body as Buffer), etag: (headers["etag"] ?? "").replaceAll('"', "") }
}

interface InventoryManifest {
  readonly fileFormat: string
  readonly fileSchema: string
  /** The bucket where the files lie, as ARN. */
  readonly destinationBucket: string
  readonly files: ReadonlyArray<{ readonly key: string; readonly MD5checksum?: string }>
}

/** `manifest.json` of an inventory report and the gzipped files that it names. */
function readInventory(parts: ControlParts, caller: Caller, job: Job, body: Buffer): readonly Task[] {
  const manifest = parseInventory(body)
  const bucket = tryParseArn(manifest.destinationBucket)?.resource ?? manifest.destinationBucket
  const fields = manifest.fileSchema.split(",").map((each) => each.trim())
  return manifest.files.flatMap(({ key, MD5checksum }) => {
    const file = read(parts, caller, job, bucket, key).body
    const md5 = createHash("md5").update(file).digest("hex")
    if (MD5checksum !== undefined && MD5checksum !== md5) {
      throw manifestFault("InvalidManifest", `The inventory file ${key} has another MD5 than its manifest says`)
    }
    return tasksOf(gunzipSync(file).toString("utf8"), fields)
  })
}

function parseInventory(body: Buffer): InventoryManifest {
  try {
    const manifest = JSON.parse(body.toString("utf8")) as InventoryManifest
    if (manifest.fileFormat === "CSV" && Array.isArray(manifest.files)) return manifest
  } catch {
    // Told below, like JSON that is no inventory.
  }
  throw manifestFault("InvalidManifest", "The manifest is no inventory report in CSV")
}

/** Keys stand URL-encoded in both formats; a blank as `%20`, a plus as it is. */
function tasksOf(text: string, fields: readonly string[]): readonly Task[] {
  const [bucketAt, keyAt, versionAt] = ["Bucket", "Key", "VersionId"].map((name) => fields.indexOf(name))
  if (bucketAt === undefined || bucketAt < 0 || keyAt === undefined || keyAt < 0) {
    throw manifestFault("InvalidManifest", "The manifest has no field Bucket or no field Key")
  }
  return readCsv(text).map((row, at) => {
    const bucket = row[bucketAt] ?? ""
    const key = decode(row[keyAt] ?? "")
    if (bucket === "" || key === undefined || key === "") {
      throw manifestFault("InvalidManifest", `Line ${at + 1} of the manifest names no object`)
    }
    const versionId = versionAt === undefined || versionAt < 0 ? "" : (row[versionAt] ?? "")
    return versionId === "" ? { bucket, key } : { bucket, key, versionId }
  })
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
