import { invalidArgument, noSuchKey, noSuchVersion } from "./errors.ts"
import { randomBuffer } from "./seal.ts"
import type { S3Call } from "./s3-call.ts"
import type { Bucket, Version } from "./state.ts"

/** The id that a write into this bucket gets now. */
export function nextVersionId(s3: S3Call, bucket: Bucket): string {
  return bucket.versioning === "Enabled" ? randomBuffer(s3, 24).toString("base64url").replaceAll("-", ".") : "null"
}

/** Puts a version on top; without versioning it takes the place of the one called `null`. */
export function addVersion(bucket: Bucket, key: string, version: Version): void {
  const entry = bucket.objects.get(key)
  if (entry === undefined) {
    bucket.objects.set({ key, versions: [version] })
    return
  }
  if (version.id === "null") {
    const old = entry.versions.findIndex((each) => each.id === "null")
    if (old >= 0) entry.versions.splice(old, 1)
  }
  entry.versions.unshift(version)
}

/** Takes one version away for good. */
export function removeVersion(bucket: Bucket, key: string, versionId: string): Version | undefined {
  const entry = bucket.objects.get(key)
  const index = entry?.versions.findIndex((each) => each.id === versionId) ?? -1
  if (entry === undefined || index < 0) return undefined
  const [removed] = entry.versions.splice(index, 1)
  if (entry.versions.length === 0) bucket.objects.delete(key)
  return removed
}

/** @throws ServiceError InvalidArgument "Invalid version id specified" */
export function checkVersionId(bucket: Bucket, versionId: string): void {
  const wellFormed = versionId === "null" || /^[A-Za-z0-9._-]{32}$/.test(versionId)
  if (!wellFormed || (versionId !== "null" && bucket.versioning === "never")) {
    throw invalidArgument("Invalid version id specified", "versionId", versionId)
  }
}

/** Like `findVersion`, but undefined when it is not there. */
export function peekVersion(bucket: Bucket, key: string, versionId: string | undefined): Version | undefined {
  const versions = bucket.objects.get(key)?.versions
  return versionId === undefined ? versions?.[0] : versions?.find((each) => each.id === versionId)
}

/** The version a request names, or the newest; delete markers included. */
export function findVersion(bucket: Bucket, key: string, versionId: string | undefined): Version {
  if (versionId !== undefined) checkVersionId(bucket, versionId)
  const versions = bucket.objects.get(key)?.versions
  if (versionId === undefined) {
    const [newest] = versions ?? []
    if (newest === undefined) throw noSuchKey(key)
    return newest
  }
  const found = versions?.find((each) => each.id === versionId)
  if (found === undefined) throw noSuchVersion(key, versionId)
  return found
}

export const versionHeader = (bucket: Bucket, id: string): string | undefined =>
  bucket.versioning === "never" ? undefined : id
