import { z } from "zod"

/** What one run left behind: a fold over its events, and the only thing that verdicts and reports are made from. Times are milliseconds. */
const millis = z.number().min(0)
const count = z.int().min(0)

export const Outcome = z.enum(["passed", "failed", "interrupted"])
export type Outcome = z.infer<typeof Outcome>

export const PhaseRecord = z.object({
  phase: z.string(),
  title: z.string(),
  /** Since the drill began. */
  startMs: millis,
  /** Absent when the stream was cut inside the phase. */
  durationMs: millis.optional(),
  result: z.enum(["ok", "failed", "skipped", "unfinished"]),
  note: z.string().optional(),
  /** Of the error that ended it: E_DRILL_RIGHTS, … */
  code: z.string().optional(),
})
export type PhaseRecord = z.infer<typeof PhaseRecord>

export const SampleRecord = z.object({
  dataset: z.string(),
  population: count,
  populationBytes: count,
  drawn: count,
  drawnBytes: count,
  seed: z.string(),
  strata: z.record(z.string(), count),
  canaries: count,
})
export type SampleRecord = z.infer<typeof SampleRecord>

export const CopyRecord = z.object({
  object: z.string(),
  /** As in the sample; "" when no sample was drawn before it. */
  dataset: z.string(),
  versionId: z.string().optional(),
  sizeBytes: count,
  destination: z.string(),
  keyArn: z.string(),
  startMs: millis,
  durationMs: millis,
})
export type CopyRecord = z.infer<typeof CopyRecord>

/** One object that was read back and found right. */
export const ObjectProof = z.object({
  object: z.string(),
  dataset: z.string(),
  sizeBytes: count,
  sha256: z.string(),
  keyArn: z.string(),
  level: z.enum(["L0", "L1", "L2", "L3"]),
  startMs: millis,
  durationMs: millis,
})
export type ObjectProof = z.infer<typeof ObjectProof>

const ObjectFailure = z.object({
  object: z.string(),
  dataset: z.string(),
  step: z.string(),
  /** `unknown`: it could not be told. Never counted as good, never hidden among the failed. */
  result: z.enum(["failed", "unknown"]),
  message: z.string(),
})
type ObjectFailure = z.infer<typeof ObjectFailure>

const RewrapRecord = z.object({ fromKeyArn: z.string(), toKeyArn: z.string(), durationMs: millis })

const CheckRecord = z.object({
  phase: z.string(),
  check: z.string(),
  result: z.enum(["ok", "failed", "unknown", "skipped"]),
  expected: z.string(),
  observed: z.string(),
})
type CheckRecord = z.infer<typeof CheckRecord>

const KeyRecord = z.object({
  role: z.enum(["primary", "replica", "recovery", "recovery-replica"]),
  arn: z.string(),
  state: z.string(),
  region: z.string(),
  account: z.string(),
  rotationEnabled: z.boolean().optional(),
})
type KeyRecord = z.infer<typeof KeyRecord>

const IdentityRecord = z.object({
  role: z.string(),
  account: z.string(),
  principal: z.string(),
  sessionName: z.string(),
  sourceIdentity: z.string().optional(),
})
type IdentityRecord = z.infer<typeof IdentityRecord>

/** One answered call to AWS. `startMs` counts from the start of the run. */
export const CallRecord = z.object({
  drill: z.string().optional(),
  phase: z.string().optional(),
  service: z.string(),
  operation: z.string(),
  account: z.string().optional(),
  region: z.string().optional(),
  requestId: z.string().optional(),
  extendedRequestId: z.string().optional(),
  status: z.number().optional(),
  awsCode: z.string().optional(),
  httpDate: z.string().optional(),
  attempts: count,
  startMs: millis,
  durationMs: millis,
})
export type CallRecord = z.infer<typeof CallRecord>

/** One right of the drill's roles: by the policies (model) and by AWS (live). */
const RightRecord = z.object({
  role: z.string(),
  action: z.string(),
  resource: z.string(),
  model: z.enum(["allowed", "denied", "undecided"]),
  live: z.enum(["allowed", "denied", "not-tried"]),
  why: z.string(),
})

export const DrillRecord = z.object({
  drill: z.string(),
  title: z.string(),
  seed: z.string(),
  sampleSize: count,
  /** Digest of what the drill was about; absent in records of other writers, which then prove nothing about an estate. */
  scope: z.string().optional(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  durationMs: millis,
  phases: z.array(PhaseRecord),
  identities: z.array(IdentityRecord),
  keys: z.array(KeyRecord),
  samples: z.array(SampleRecord),
  copies: z.array(CopyRecord),
  proofs: z.array(ObjectProof),
  failures: z.array(ObjectFailure),
  rewraps: z.array(RewrapRecord),
  checks: z.array(CheckRecord),
  /** Absent in records of versions that did not ask. */
  rights: z.array(RightRecord).optional(),
  cleanup: z.object({ deleted: count, left: count }).optional(),
  outcome: Outcome,
  reason: z.string().optional(),
  notTested: z.array(z.string()),
})
export type DrillRecord = z.infer<typeof DrillRecord>

/** One part of a restore: a dataset, or its hot set. `sums` and `reconciled` are absent when the stream was cut before them. */
export const RestoreRecord = z.object({
  part: z.string(),
  operation: z.enum(["rekey", "copy"]),
  source: z.string(),
  destination: z.string(),
  keyArn: z.string(),
  objects: count,
  bytes: count,
  /** listed = done + failed + skipped + unknown. */
  sums: z
    .object({
      listed: count,
      done: count,
      failed: count,
      skipped: count,
      unknown: count,
      bytes: count,
      attempts: count,
      throttled: count,
      durationMs: millis,
    })
    .optional(),
  /** Both sides listed again and joined with the manifest. */
  reconciled: z
    .object({
      matched: count,
      missing: count,
      different: count,
      extra: count,
      appeared: count,
      vanished: count,
      changed: count,
    })
    .optional(),
  /** Of the sample that was read back on both sides. */
  verified: count,
  /** The first hundred that failed, were skipped or could not be told. */
  troubles: z.array(
    z.object({
      object: z.string(),
      versionId: z.string().optional(),
      result: z.enum(["failed", "skipped", "unknown"]),
      why: z.string().optional(),
      message: z.string().optional(),
    }),
  ),
})
export type RestoreRecord = z.infer<typeof RestoreRecord>

const RunCounts = z.object({
  events: count,
  calls: count,
  drawn: count,
  copied: count,
  verified: count,
  verifiedBytes: count,
  failed: count,
  unknown: count,
})
type RunCounts = z.infer<typeof RunCounts>

export const RunRecord = z.object({
  run: z.string(),
  kind: z.string(),
  env: z.string(),
  /** True when any endpoint was not AWS's own, and also when the start of the stream is missing: then nobody can tell. */
  simulated: z.boolean(),
  version: z.string(),
  trigger: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  durationMs: millis,
  outcome: Outcome,
  reason: z.string().optional(),
  config: z.object({ path: z.string(), sha256: z.string() }).optional(),
  identities: z.array(IdentityRecord),
  keys: z.array(KeyRecord),
  drills: z.array(DrillRecord),
  /** Absent in records of versions that could not restore. */
  restores: z.array(RestoreRecord).optional(),
  calls: z.array(CallRecord),
  warnings: z.array(z.object({ message: z.string(), hint: z.string().optional() })),
  counts: RunCounts,
})
export type RunRecord = z.infer<typeof RunRecord>
