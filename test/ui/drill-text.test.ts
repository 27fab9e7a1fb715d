import { describe, expect, it } from "vitest"
import type { RunSummary } from "../../src/drill/summary.ts"
import { drillText } from "../../src/ui/drill-text.ts"

const REASON = "rights of the drill's roles: expected complete, observed 2 missing"
const STATEMENT = `{"Sid":"S","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::${"b".repeat(700)}"}`

const summary = (phases: ReadonlyArray<{ id: string; ok: boolean; note?: string }>): RunSummary => ({
  outcome: "failed",
  verdict: "not-proven",
  drills: [
    {
      drill: "loki-sample",
      outcome: "failed",
      reason: REASON,
      verdict: "not-proven",
      phases: phases.map((phase) => ({ kind: "machine", durationS: 1, ...phase })),
      samples: { total: 0, ok: 0, failed: 0, unknown: 0, bytes: 0 },
      rto: { limitS: 14_400, verdict: "not-proven" },
      notTested: [],
    },
  ],
})
const text = (...phases: Parameters<typeof summary>[0]): readonly string[] =>
  drillText(summary(phases), { simulated: false, record: "r.json" }).split("\n").slice(2)

describe("the result of a drill for people", () => {
  it("tells all that a failed phase says, each line on its own, a statement whole", () => {
    expect(text({ id: "preflight", ok: false, note: `the role may not\n  s3:ListBucket\n  add ${STATEMENT}` })).toEqual(
      [
        `✕ loki-sample: ${REASON}`,
        "  preflight: the role may not",
        "      s3:ListBucket",
        `      add ${STATEMENT}`,
        "record: r.json",
      ],
    )
  })

  it("tells a clean-up that failed beside the reason, and no reason twice", () => {
    expect(
      text({ id: "method", ok: false, note: REASON }, { id: "clean-up", ok: false, note: "3 objects are left" }),
    ).toEqual([`✕ loki-sample: ${REASON}`, "  clean-up: 3 objects are left", "record: r.json"])
  })

  it("shows hostile text as text", () => {
    expect(text({ id: "verify", ok: false, note: "a\u001b[2Jb\nc\u202ed" })).toEqual([
      `✕ loki-sample: ${REASON}`,
      "  verify: a\\u{1b}[2Jb",
      "    c\\u{202e}d",
      "record: r.json",
    ])
  })
})
