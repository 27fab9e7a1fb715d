import { expect, it } from "vitest"
import type { DrEvent } from "../../src/kernel/events.ts"
import { eventLine } from "../../src/ui/event-line.ts"

const PLAIN = { live: false, colour: false, utf8: true }
const line = (type: string, data: object): string | undefined =>
  eventLine({ type, data, at: "", mono: 0, run: "r", seq: 0 } as unknown as DrEvent, PLAIN)

it("says what a part does, to whom", () => {
  expect(
    line("restore.part", {
      part: "loki (hot)",
      operation: "copy",
      source: "s3://a/",
      destination: "s3://b/x/",
      keyArn: "arn:aws:kms:eu-west-1:222222222222:key/k",
    }),
  ).toBe("loki (hot): copied from s3://a/ to s3://b/x/ · under arn:aws:kms:eu-west-1:222222222222:key/k")
})

it("marks a part good only when everything is done", () => {
  const sums = { part: "loki", listed: 3, done: 3, failed: 0, skipped: 0, unknown: 0, durationMs: 1200 }
  expect(line("restore.finished", sums)).toMatch(/^ {2}✓ loki: 3 of 3 done · /)
  expect(line("restore.finished", { ...sums, done: 2, unknown: 1 })).toMatch(
    /^ {2}✕ loki: 2 of 3 done, 0 failed, 0 skipped, 1 unknown · /,
  )
})

it("names what is missing after the second listing, and is not alarmed by what came since", () => {
  const joined = { part: "l", matched: 9, missing: 0, different: 0, extra: 0, appeared: 4, vanished: 0, changed: 0 }
  expect(line("restore.reconciled", joined)).toBe("  ✓ listed again: 9 as the manifest says, 4 appeared")
  expect(line("restore.reconciled", { ...joined, missing: 1 })).toBe(
    "  ✕ listed again: 9 as the manifest says, 1 missing, 4 appeared",
  )
})

it("shows a hostile key and a reason harmlessly, and keeps quiet of what was read back well", () => {
  const told = line("restore.object", {
    part: "l",
    object: "s3://b/\u001B[2J",
    result: "failed",
    why: "E",
    message: "x",
  })
  expect(told).toContain("✕ s3://b/")
  expect(told).not.toContain("\u001B")
  expect(line("restore.object", { part: "l", object: "o", result: "verified" })).toBeUndefined()
})
