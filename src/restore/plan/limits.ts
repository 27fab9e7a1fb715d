import type { Millis } from "../../kernel/units.ts"
import { kmsQuotaOf, type KmsCalls } from "./kms-calls.ts"
import type { Limits, VerifyLevel } from "./restore-plan.ts"

/** Requests per second that one process sends and validates over TLS; see docs/benchmarks.md. */
const CLIENT_PER_SECOND = 12_000
/** PUT, COPY, POST and DELETE per partitioned prefix [S3UG optimizing-performance]. */
const WRITES_PER_PARTITION = 3_500
/** Of the account's KMS quota; the rest is left to those who live there. */
export const KMS_SHARE = 0.5
/** Of a small copy, until a run has measured it. */
export const ASSUMED_LATENCY: Millis = 100
/** Of one server-side copy, until a run has measured it. */
const ASSUMED_BYTES_PER_SECOND = 50 * 1024 ** 2

/** One part's work, per object. */
export interface Work {
  /** What will be carried over: objects and markers. */
  readonly objects: number
  readonly bytes: number
  /** Of UploadPartCopy, with one CreateMultipartUpload and one Complete for each object that has any. */
  readonly parts: number
  readonly multipart: number
  readonly operation: "rekey" | "copy"
  readonly verify: VerifyLevel
  readonly kms: KmsCalls
  readonly regions: { readonly source: string; readonly destination: string }
}

export interface Engine {
  readonly maxInFlight: number
  /** One unless it is known that S3 has split the prefix: it does so only after half an hour of load. */
  readonly partitions: number
  readonly latencyMs: Millis
}

export interface Pace {
  readonly limits: Limits
  readonly binds: keyof Limits
  readonly objectsPerSecond: number
  readonly etaMs: Millis
}

/** Writes and reads of one part. The HEAD, create and complete of an object in parts are counted. */
export function requestsOf(work: Work): { writes: number; heads: number; reads: number } {
  const writes = work.objects + work.parts + work.multipart
  // A re-key's own answer does not name the key, and what goes in parts is read first.
  const readBack = work.verify !== "answer" || work.operation === "rekey" ? work.objects : 0
  const heads = readBack + work.multipart
  return { writes, heads, reads: work.verify === "full" ? 2 * work.objects : 0 }
}

/** The four limits in objects per second; the smallest binds. Nothing to do takes no time. */
export function paceOf(work: Work, engine: Engine): Pace {
  const { writes, heads, reads } = requestsOf(work)
  const objects = Math.max(1, work.objects)
  const perObject = Math.max(1, (writes + heads + reads) / objects)
  const bytesPerRequest = work.operation === "rekey" ? 0 : work.bytes / Math.max(1, writes)
  const seconds = engine.latencyMs / 1_000 + bytesPerRequest / ASSUMED_BYTES_PER_SECOND
  const limits = {
    client: CLIENT_PER_SECOND / perObject,
    partitions: (WRITES_PER_PARTITION * engine.partitions) / Math.max(1, writes / objects),
    kms: kmsLimit(work, Math.max(1, (work.objects + work.parts) / objects)),
    window: engine.maxInFlight / (seconds * perObject),
  }
  const binds = ORDER.reduce((least, each) => (limits[each] < limits[least] ? each : least))
  const objectsPerSecond = limits[binds]
  return {
    limits: rounded(limits),
    binds,
    objectsPerSecond: round(objectsPerSecond),
    etaMs: Math.ceil((work.objects / objectsPerSecond) * 1_000),
  }
}

const ORDER = ["client", "partitions", "kms", "window"] as const

/** The calling account pays for both sides, each in the Region of its key. */
function kmsLimit({ kms, regions }: Work, callsFactor: number): number {
  const same = regions.source === regions.destination
  const load: ReadonlyArray<readonly [string, number]> = same
    ? [[regions.source, kms.source + kms.destination]]
    : [
        [regions.source, kms.source],
        [regions.destination, kms.destination],
      ]
  return Math.min(
    ...load.map(([region, calls]) => (kmsQuotaOf(region) * KMS_SHARE) / Math.max(0.001, calls * callsFactor)),
  )
}

const round = (rate: number): number => Math.round(rate * 10) / 10

const rounded = ({ client, partitions, kms, window }: Limits): Limits => ({
  client: round(client),
  partitions: round(partitions),
  kms: round(kms),
  window: round(window),
})
