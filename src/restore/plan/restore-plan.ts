import type { RoleArn } from "../../kernel/brands.ts"
import type { Millis } from "../../kernel/units.ts"
import type { Aim, Refusal, VersionMode } from "../objects.ts"

/**
 * What a restore will do: frozen, hashed, readable by a person. Made by `dr restore plan`, done by `dr restore run`. The
 * objects themselves stand in the manifest beside it, whose hash it holds.
 */
export interface RestorePlan {
  readonly version: 1
  readonly kind: "RestorePlan"
  readonly env: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly expiresAt: string
  readonly simulated: boolean
  /** In the order in which they run: by priority, the hot set of each before its rest. */
  readonly parts: readonly RestorePart[]
  readonly verify: VerifyLevel
  readonly estimate: Estimate
  readonly fidelity: readonly FidelityRow[]
  /** SHA-256 of all of the above as canonical JSON, lower-case hex. */
  readonly hash: string
}

export interface RestorePart {
  /** `loki (hot)`, `loki`, or the URI it comes from. */
  readonly name: string
  readonly operation: "rekey" | "copy"
  readonly aim: Aim
  readonly mode: VersionMode
  readonly routing: Routing
  /** Who does it; undefined = the process's own identity. */
  readonly role?: RoleArn
  /** File of the manifest and the SHA-256 of its bytes. */
  readonly manifest: { readonly file: string; readonly sha256: string; readonly pages: number }
  readonly counts: PartCounts
  /** What will not be carried over, by name, with the first few keys of each. */
  readonly refused: readonly RefusedGroup[]
  /** Of this part alone, at the pace of its own limits. */
  readonly etaMs: Millis
}

/** What decides the route of an object beside the object itself: the run must decide as the plan did. */
export interface Routing {
  /** Larger objects are copied in parts. */
  readonly multipartAboveBytes: number
  /** `refuse`: NEEDS_THAW by the class that the listing tells. `try`: they were thawed; S3 refuses those that were not. */
  readonly archived: "refuse" | "try"
}

export interface PartCounts {
  readonly objects: number
  readonly bytes: number
  readonly deleteMarkers: number
  /** Of these, versions that are not current. */
  readonly noncurrent: number
  readonly multipart: number
  readonly byClass: Readonly<Record<string, { readonly objects: number; readonly bytes: number }>>
  /** Objects whose encryption was read by HEAD. A listing does not tell it, so the rest is judged by this sample. */
  readonly inspected: number
}

export interface RefusedGroup {
  readonly why: Refusal
  /** Counted in the listing, or estimated from the inspected sample. */
  readonly objects: number
  readonly estimated: boolean
  readonly examples: readonly string[]
}

/** `answer`: the validated answer of every object, a closing listing, and a sample read back. `head`: a HEAD of each as well. `full`: every byte. */
export type VerifyLevel = "answer" | "head" | "full"

/** Objects per second that each limit allows; the smallest binds. */
export interface Limits {
  readonly client: number
  readonly partitions: number
  readonly kms: number
  readonly window: number
}

export interface Estimate {
  readonly limits: Limits
  readonly binds: keyof Limits
  readonly objectsPerSecond: number
  readonly etaMs: Millis
  readonly rtoDataMs: Millis
  /** ETA as a share of RTO-D: above 0.5 advice, above 1 red. */
  readonly share: number
  readonly requests: Readonly<Record<string, number>>
  readonly kmsCalls: number
  /** List price in USD of the requests and KMS calls, without transfer between Regions. */
  readonly costUsd: number
  readonly advice: readonly string[]
}

export interface FidelityRow {
  readonly property: string
  readonly outcome: "preserved" | "changed" | "lost" | "refused"
  readonly note: string
}
