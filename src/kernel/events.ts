import type { AwsCallFacts } from "./errors.ts"
import { isoStamp, type Clock } from "./clock.ts"
import type { Millis } from "./units.ts"

/** One line of the story of a run. The screen, the NDJSON file, the journal and the record are readers of this one stream. */
export type DrEvent = { [T in DrEventType]: DrEventOf<T> }[DrEventType]

export interface DrEventOf<T extends DrEventType> {
  readonly type: T
  /** Wall time, ISO 8601 UTC. */
  readonly at: string
  /** Milliseconds on the monotonic clock since the run began. Durations are differences of this. */
  readonly mono: Millis
  readonly run: string
  /** 0, 1, 2 … without a gap. */
  readonly seq: number
  readonly data: DrEventData[T]
}

export type DrEventType = keyof DrEventData

export type PhaseResult = "ok" | "failed" | "skipped"
export type CheckResult = "ok" | "failed" | "unknown" | "skipped"

/** Every event and what it carries. Additive: a field or a type may come, none may go. docs/events.md is generated from `EVENT_HELP`. */
export interface DrEventData {
  "run.started": {
    kind: string
    env: string
    simulated: boolean
    version: string
    trigger: string
    rtoLimitMs?: Millis
    config?: { path: string; sha256: string }
  }
  "run.finished": { outcome: "passed" | "failed" | "interrupted"; reason?: string }
  "drill.started": { drill: string; title: string; seed: string; sampleSize: number; scope?: string }
  "drill.finished": { drill: string; outcome: "passed" | "failed" | "interrupted"; reason?: string }
  "phase.started": { drill: string; phase: string; title: string }
  "phase.finished": {
    drill: string
    phase: string
    result: PhaseResult
    durationMs: Millis
    note?: string
    /** Of the error that ended it. */
    code?: string
  }
  "identity.assumed": { role: string; account: string; principal: string; sessionName: string; sourceIdentity?: string }
  "key.described": {
    role: "primary" | "replica" | "recovery" | "recovery-replica"
    arn: string
    state: string
    region: string
    account: string
    rotationEnabled?: boolean
  }
  "access.checked": {
    drill: string
    /** Role ARN. */
    role: string
    action: string
    resource: string
    /** By the policies that could be read; undecided where one could not. */
    model: "allowed" | "denied" | "undecided"
    /** By AWS itself, without changing anything. */
    live: "allowed" | "denied" | "not-tried"
    why: string
  }
  "sample.drawn": {
    drill: string
    dataset: string
    population: number
    populationBytes: number
    drawn: number
    drawnBytes: number
    seed: string
    strata: Record<string, number>
    canaries: number
  }
  "object.copied": {
    drill: string
    object: string
    versionId?: string
    sizeBytes: number
    destination: string
    keyArn: string
    durationMs: Millis
  }
  "object.verified": {
    drill: string
    object: string
    level: "L0" | "L1" | "L2" | "L3"
    sha256: string
    sizeBytes: number
    keyArn: string
    durationMs: Millis
  }
  "object.failed": { drill: string; object: string; step: string; result: "failed" | "unknown"; message: string }
  "datakey.rewrapped": { drill: string; fromKeyArn: string; toKeyArn: string; durationMs: Millis }
  "check.finished": {
    drill: string
    phase: string
    check: string
    result: CheckResult
    expected: string
    observed: string
  }
  "cleanup.finished": { drill: string; deleted: number; left: number }
  "step.started": {
    /** Unique in its plan. */
    step: string
    kind: string
    title: string
    account: string
    region: string
    /** The role that takes it. */
    as: string
  }
  "step.finished": {
    step: string
    /** `already`: it was so before; nothing was changed. */
    result: "done" | "already" | "failed"
    durationMs: Millis
    /** What it made or changed. */
    arn?: string
    /** What was there before, where that is the way back. */
    was?: string
    note?: string
  }
  "proof.finished": {
    key: string
    result: "proven" | "not-proven" | "failed"
    /** Key ARNs, in the order in which they were used. */
    keys: string[]
    note: string
    durationMs: Millis
  }
  "restore.part": {
    part: string
    operation: "rekey" | "copy"
    source: string
    destination: string
    keyArn: string
    objects: number
    bytes: number
  }
  /** One page of the manifest is settled and on the disk. */
  "restore.page": { part: string; page: number; done: number; failed: number; skipped: number; unknown: number }
  /** Only of objects that are not simply done, and of those read back as a sample. */
  "restore.object": {
    part: string
    object: string
    versionId?: string
    result: "failed" | "skipped" | "unknown" | "verified"
    why?: string
    message?: string
  }
  "restore.pace": { limit: "partition" | "kms" | "breaker"; name: string; perSecond?: number; why: string }
  "restore.reconciled": {
    part: string
    matched: number
    missing: number
    different: number
    extra: number
    appeared: number
    vanished: number
    changed: number
  }
  "restore.finished": {
    part: string
    listed: number
    done: number
    failed: number
    skipped: number
    unknown: number
    bytes: number
    attempts: number
    throttled: number
    durationMs: Millis
  }
  progress: { drill?: string; phase: string; done: number; total: number; unit: string }
  "aws.called": AwsCallFacts & { durationMs: Millis; attempts: number; extendedRequestId?: string; httpDate?: string }
  "escrow.step": { set: string; step: string; result: "ok" | "failed"; region?: string }
  warning: { message: string; hint?: string }
  "sandbox.ready": { endpoint: string; accounts: string[] }
  "demo.step": { title: string; detail?: string }
}

/** One sentence for each event, for docs/events.md. */
export const EVENT_HELP: Readonly<Record<DrEventType, string>> = {
  "run.started": "A run began. `simulated` is true when any endpoint is not AWS's own.",
  "run.finished": "The run ended; `reason` says why it did not pass.",
  "drill.started": "One drill of the run began, with the seed that draws its sample.",
  "drill.finished": "One drill ended.",
  "phase.started": "A phase of a drill began.",
  "phase.finished": "A phase ended; its duration is monotonic.",
  "identity.assumed": "A role was assumed and its account compared with dr.yaml.",
  "key.described": "A key of the estate was described in one Region.",
  "access.checked":
    "One right that the drill needs, by the policies (model) and by AWS (live). Where the two differ, policies drifted or were not all read.",
  "sample.drawn": "Objects were chosen from the frozen listing, by stratum.",
  "object.copied": "One object was re-encrypted into the scratch prefix; the answer was validated.",
  "object.verified": "One copy was read back: bytes, size, headers, tags and key ARN are right.",
  "object.failed": "One object could not be copied or verified; `unknown` means that it could not be told.",
  "datakey.rewrapped":
    "KMS re-encrypted one wrapped data key under the recovery key, and it opened there to the same bytes.",
  "check.finished": "One named expectation was checked.",
  "cleanup.finished": "The scratch prefix was emptied and listed again; `left` must be 0.",
  "step.started": "A step of a plan began.",
  "step.finished": "A step of a plan ended and was read back, or was there already.",
  "proof.finished":
    "Real bytes were encrypted under a key in one Region and decrypted in another, or why nobody could; `not-proven` is no success.",
  "restore.part": "One dataset, or its hot set, began to be re-encrypted.",
  "restore.page": "A page of the manifest (up to 1,000 objects) is settled, and its records are on the disk.",
  "restore.object":
    "An object that failed, was skipped by name or could not be told, and each of the sample that was read back; what is simply done stands in the object journal.",
  "restore.pace": "AWS throttled and the pace changed, or a pause began because most calls failed.",
  "restore.reconciled":
    "Source and destination were listed again and joined with the manifest; anything but matched is named.",
  "restore.finished": "The sums of one part: listed = done + failed + skipped + unknown.",
  progress: "How far a long phase is.",
  "aws.called": "One call to AWS was answered, with its request id.",
  "escrow.step":
    "One step with imported key material was taken and read back. Never holds anything of a share or of the material.",
  warning: "Something a person should know that does not fail the run.",
  "sandbox.ready": "The embedded AWS listens.",
  "demo.step": "A step of the demo.",
}

export type EventReader = (event: DrEvent) => void
export type Emit = <T extends DrEventType>(type: T, data: DrEventData[T]) => void

/** The one way to tell anything about a run. Readers are called in order, synchronously; a reader must not throw. */
export interface EventStream {
  readonly run: string
  readonly emit: Emit
  subscribe(reader: EventReader): () => void
}

export function eventStream(run: string, clock: Clock): EventStream {
  const readers = new Set<EventReader>()
  const start = clock.mono()
  let seq = 0
  return {
    run,
    emit(type, data) {
      const event = {
        type,
        at: isoStamp(clock.now()),
        mono: clock.mono() - start,
        run,
        seq: seq++,
        data,
      } as unknown as DrEvent
      for (const reader of readers) reader(event)
    },
    subscribe(reader) {
      readers.add(reader)
      return () => void readers.delete(reader)
    },
  }
}
