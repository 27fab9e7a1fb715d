import { createHash } from "node:crypto"
import type { DrEvent, DrEventData, DrEventType } from "../../src/kernel/events.ts"

export const RUN = "dr-20261116T020004Z-7f3a"
export const RECOVERY_KEY = "arn:aws:kms:eu-west-1:222222222222:key/mrk-b"
export const PRIMARY_KEY = "arn:aws:kms:eu-central-1:111111111111:key/mrk-a"

export interface Story {
  readonly run?: string
  readonly env?: string
  readonly drill?: string
  readonly at?: string
  readonly simulated?: boolean
  /** Names of the sampled objects. */
  readonly objects?: readonly string[]
  readonly population?: number
  readonly populationBytes?: number
  /** Milliseconds of one copy and of one verification; one object at a time. */
  readonly copyMs?: number
  readonly verifyMs?: number
  readonly unknown?: readonly string[]
  readonly failedCheck?: boolean
  readonly left?: number
  readonly kind?: string
}

/** The events of a good drill over one dataset, as the engine tells them. What a test spoils, it names. */
export function tell(story: Story = {}): DrEvent[] {
  const { run = RUN, env = "prod", drill = "loki-sample", at = "2026-11-16T02:00:04.000Z", simulated = false } = story
  const objects =
    story.objects ?? Array.from({ length: 12 }, (_, index) => `s3://loki/fake/chunk-${String(index).padStart(3, "0")}`)
  const { copyMs = 100, verifyMs = 50, population = 1000, populationBytes = population * 1024, left = 0 } = story
  const events: DrEvent[] = []
  const began = Date.parse(at)
  let mono = 0
  const emit = <T extends DrEventType>(type: T, data: DrEventData[T]): void =>
    void events.push({
      type,
      at: new Date(began + mono).toISOString(),
      mono,
      run,
      seq: events.length,
      data,
    } as unknown as DrEvent)
  const phase = (name: string, title: string, work: () => void): void => {
    const start = mono
    emit("phase.started", { drill, phase: name, title })
    work()
    emit("phase.finished", { drill, phase: name, result: "ok", durationMs: mono - start })
  }
  const call = (service: string, operation: string, requestId: string): void => {
    emit("aws.called", {
      service,
      operation,
      account: "222222222222",
      region: "eu-west-1",
      requestId,
      status: 200,
      durationMs: 10,
      attempts: 1,
    })
  }
  const bad = new Set(story.unknown)

  emit("run.started", {
    kind: story.kind ?? "DrillRun",
    env,
    simulated,
    version: "0.1.0",
    trigger: "schedule",
    config: { path: "dr.yaml", sha256: "c0ffee" },
  })
  mono += 1000
  emit("drill.started", { drill, title: "Loki chunks come back", seed: "s1", sampleSize: objects.length })
  phase("preflight", "who am I", () => {
    mono += 1000
    call("sts", "AssumeRole", "req-sts-1")
    emit("identity.assumed", {
      role: "arn:aws:iam::222222222222:role/dr-recovery",
      account: "222222222222",
      principal: "arn:aws:sts::222222222222:assumed-role/dr-recovery/x",
      sessionName: "x",
      sourceIdentity: "dr",
    })
    emit("check.finished", {
      drill,
      phase: "preflight",
      check: "account of the recovery role",
      result: "ok",
      expected: "222222222222",
      observed: "222222222222",
    })
  })
  phase("steady-state", "are the keys right", () => {
    mono += 1000
    emit("key.described", {
      role: "primary",
      arn: PRIMARY_KEY,
      state: "Enabled",
      region: "eu-central-1",
      account: "111111111111",
    })
    emit("key.described", {
      role: "recovery",
      arn: RECOVERY_KEY,
      state: "Enabled",
      region: "eu-west-1",
      account: "222222222222",
    })
    if (story.failedCheck === true)
      emit("check.finished", {
        drill,
        phase: "steady-state",
        check: "rotation of alias/data",
        result: "failed",
        expected: "every 365 days",
        observed: "off",
      })
  })
  const sizeOf = (index: number): number => 1000 + (index % 5) * 12
  phase("method", "re-encrypt a sample", () => {
    mono += 1000
    emit("sample.drawn", {
      drill,
      dataset: "loki (recovery copy)",
      population,
      populationBytes,
      drawn: objects.length,
      drawnBytes: objects.reduce((sum, _, index) => sum + sizeOf(index), 0),
      seed: "s1",
      strata: { "<16KiB <1d fake/": objects.length },
      canaries: 0,
    })
    for (const [index, object] of objects.entries()) {
      mono += copyMs
      call("s3", "CopyObject", `req-copy-${index}`)
      emit("object.copied", {
        drill,
        object,
        versionId: `v${index}`,
        sizeBytes: sizeOf(index),
        destination: `s3://scratch/dr-drill/${index}`,
        keyArn: RECOVERY_KEY,
        durationMs: copyMs,
      })
    }
    emit("datakey.rewrapped", { drill, fromKeyArn: PRIMARY_KEY, toKeyArn: RECOVERY_KEY, durationMs: 12 })
  })
  phase("verify", "read it back", () => {
    for (const [index, object] of objects.entries()) {
      mono += verifyMs
      if (bad.has(object))
        emit("object.failed", { drill, object, step: "verify", result: "unknown", message: "timed out" })
      else
        emit("object.verified", {
          drill,
          object,
          level: "L2",
          sha256: createHash("sha256").update(object).digest("hex"),
          sizeBytes: sizeOf(index),
          keyArn: RECOVERY_KEY,
          durationMs: verifyMs,
        })
    }
    emit("check.finished", {
      drill,
      phase: "verify",
      check: "source s3://loki refuses the reader",
      result: "skipped",
      expected: "refused",
      observed: "the loss is not simulated here",
    })
  })
  phase("clean-up", "leave nothing", () => {
    mono += 500
    emit("cleanup.finished", { drill, deleted: objects.length, left })
  })
  emit("drill.finished", { drill, outcome: "passed" })
  emit("run.finished", { outcome: "passed" })
  return events
}
