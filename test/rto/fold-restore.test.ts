import { expect, it } from "vitest"
import type { DrEvent, DrEventData, DrEventType } from "../../src/kernel/events.ts"
import { foldRun } from "../../src/rto/fold.ts"
import { RunRecord } from "../../src/rto/record.ts"

const PART = {
  part: "loki",
  operation: "copy",
  source: "s3://loki/",
  destination: "s3://recovery/loki/",
  keyArn: "arn:aws:kms:eu-west-1:222222222222:key/mrk-b",
  objects: 3,
  bytes: 30,
} as const
const SUMS = {
  part: "loki",
  listed: 3,
  done: 1,
  failed: 1,
  skipped: 1,
  unknown: 0,
  bytes: 10,
  attempts: 4,
  throttled: 1,
  durationMs: 900,
}
const JOINED = { part: "loki", matched: 1, missing: 2, different: 0, extra: 0, appeared: 5, vanished: 0, changed: 0 }

type Told = { [T in DrEventType]: [type: T, data: DrEventData[T]] }[DrEventType]

function stream(...told: readonly Told[]): DrEvent[] {
  return told.map(
    ([type, data], seq) =>
      ({
        type,
        data,
        seq,
        at: "2026-11-24T02:00:00.000Z",
        mono: seq * 100,
        run: "dr-20261124T020000Z-0001",
      }) as DrEvent,
  )
}

it("keeps of each part its aim, its sums, what did not come over and what was read back", () => {
  const record = foldRun(
    stream(
      ["restore.part", PART],
      ["restore.object", { part: "loki", object: "s3://loki/a", result: "failed", why: "E", message: "no" }],
      ["restore.object", { part: "loki", object: "s3://loki/b", result: "skipped", why: "NEEDS_THAW" }],
      ["restore.object", { part: "loki", object: "s3://loki/c", result: "verified" }],
      ["restore.finished", SUMS],
      ["restore.reconciled", JOINED],
    ),
  )
  expect(RunRecord.parse(record).restores).toEqual([
    {
      ...PART,
      verified: 1,
      troubles: [
        { object: "s3://loki/a", result: "failed", why: "E", message: "no" },
        { object: "s3://loki/b", result: "skipped", why: "NEEDS_THAW" },
      ],
      sums: without(SUMS),
      reconciled: without(JOINED),
    },
  ])
})

it("gives no sums to a part whose stream was cut", () => {
  expect(foldRun(stream(["restore.part", PART])).restores).toEqual([{ ...PART, verified: 0, troubles: [] }])
})

it("names a hundred of a million, and counts by the sums", () => {
  const many = Array.from({ length: 1000 }, (_, index): Told => [
    "restore.object",
    { part: "loki", object: `s3://loki/${index}`, result: "unknown" },
  ])
  expect(foldRun(stream(["restore.part", PART], ...many)).restores?.[0]?.troubles).toHaveLength(100)
})

it("says nothing of restores where there was none", () => {
  expect(foldRun(stream(["warning", { message: "m" }]))).not.toHaveProperty("restores")
})

function without(data: object): object {
  const rest: Record<string, unknown> = { ...data }
  delete rest["part"]
  return rest
}
