import type { Millis } from "../../kernel/units.ts"
import { costOf } from "./cost.ts"
import { KMS_SHARE, paceOf, requestsOf, type Engine, type Pace, type Work } from "./limits.ts"
import type { Estimate, Limits } from "./restore-plan.ts"

export interface PartWork extends Work {
  /** Pages of the manifest: as many lists again when the run is reconciled, on both sides. */
  readonly pages: number
  /** Objects by the class that they will have. */
  readonly writesByClass: Readonly<Record<string, number>>
  readonly bytesByClass: Readonly<Record<string, number>>
}

/** S3 Batch Operations wins by endurance: above this many objects, or this share of the RTO. */
const BATCH_OBJECTS = 100_000_000
const BATCH_SHARE = 0.5

/** All parts, one after the other. The limits are those of the part that takes longest. */
export function estimateOf(parts: readonly PartWork[], engine: Engine, rtoDataMs: Millis): Estimate {
  const paced = parts.map((work) => ({ work, pace: paceOf(work, engine) }))
  const slowest = paced.reduce<Pace | undefined>(
    (most, { pace }) => (most === undefined || pace.etaMs > most.etaMs ? pace : most),
    undefined,
  )
  const etaMs = paced.reduce((sum, { pace }) => sum + pace.etaMs, 0)
  const objects = parts.reduce((sum, work) => sum + work.objects, 0)
  const share = Math.round((etaMs / rtoDataMs) * 10_000) / 10_000
  const requests = requestsBy(parts)
  const kmsCalls = Math.ceil(
    parts.reduce((sum, work) => sum + (work.kms.source + work.kms.destination) * (work.objects + work.parts), 0),
  )
  const { limits, binds } = slowest ?? paceOf(NOTHING, engine)
  return {
    limits,
    binds,
    objectsPerSecond: etaMs === 0 ? limits[binds] : Math.round((objects / etaMs) * 10_000) / 10,
    etaMs,
    rtoDataMs,
    share,
    requests,
    kmsCalls,
    costUsd: costOf({
      writes: merged(parts.map(({ writesByClass }) => writesByClass)),
      lists: requests["ListObjects"] ?? 0,
      reads: (requests["HeadObject"] ?? 0) + (requests["GetObject"] ?? 0),
      kmsCalls,
      bytesRead: merged(parts.filter(({ operation }) => operation === "copy").map((part) => part.bytesByClass)),
    }),
    advice: adviceFor({ share, objects, binds, limits }),
  }
}

const NOTHING: Work = {
  objects: 0,
  bytes: 0,
  parts: 0,
  multipart: 0,
  operation: "copy",
  verify: "answer",
  kms: { source: 1, destination: 1 },
  regions: { source: "", destination: "" },
}

function requestsBy(parts: readonly PartWork[]): Record<string, number> {
  const counts: Record<string, number> = {}
  const add = (name: string, count: number): void => {
    if (count > 0) counts[name] = (counts[name] ?? 0) + count
  }
  for (const work of parts) {
    const { heads, reads } = requestsOf(work)
    add(work.operation === "rekey" ? "UpdateObjectEncryption" : "CopyObject", work.objects - work.multipart)
    add("CreateMultipartUpload", work.multipart)
    add("UploadPartCopy", work.parts)
    add("CompleteMultipartUpload", work.multipart)
    add("HeadObject", heads)
    add("GetObject", reads)
    add("ListObjects", 2 * work.pages)
  }
  return counts
}

function merged(counts: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const each of counts) for (const [name, count] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + count
  return sum
}

const WHAT_HELPS: Readonly<Record<keyof Limits, string>> = {
  client: "this machine binds: split the datasets over several machines",
  partitions:
    "S3 allows 3,500 writes per second and partition, and splits a prefix only after half an hour of load: more connections do not help",
  kms: `KMS binds at ${KMS_SHARE * 100} % of its quota: bucket keys at the destination (--bucket-key), or a higher quota for the account that acts`,
  window: "requests in flight bind: raise --max-inflight",
}

function adviceFor(found: { share: number; objects: number; binds: keyof Limits; limits: Limits }): string[] {
  const advice: string[] = []
  if (found.share > 1) advice.push("the restore does not fit into RTO-D: nothing of it is promised")
  if (found.share > BATCH_SHARE) advice.push(WHAT_HELPS[found.binds])
  if (found.share > BATCH_SHARE || found.objects > BATCH_OBJECTS)
    advice.push("hand it over to S3 Batch Operations: it survives this process and its session, under the same limits")
  return advice
}
