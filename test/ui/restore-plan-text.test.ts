import { describe, expect, it } from "vitest"
import { sealed } from "../../src/restore/plan/plan-file.ts"
import type { Estimate, RestorePart } from "../../src/restore/plan/restore-plan.ts"
import { byteWords, countWords } from "../../src/ui/count-words.ts"
import { restorePlanText } from "../../src/ui/restore-plan-text.ts"
import { textWidth } from "../../src/ui/width.ts"
import { PLAN } from "../restore/plan/plan-world.ts"

const [PART] = PLAN.parts as readonly [RestorePart]
const textOf = (part: Partial<RestorePart> = {}, estimate: Partial<Estimate> = {}): string =>
  restorePlanText(
    sealed({ ...PLAN, parts: [{ ...PART, ...part }], estimate: { ...PLAN.estimate, ...estimate } }),
    "p.json",
  )

describe("a restore plan for a person", () => {
  it("says of each part what, from where, to where, under which key and as whom", () => {
    expect(textOf()).toContain(
      [
        "1. loki (hot): copy, as of 2023-11-14T22:13:20.000Z, locks kept, about 1 min",
        "   from     s3://source/a/",
        "   to       s3://copy/restored/",
        "   key      arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "   as       arn:aws:iam::222222222222:role/dr-sync",
        "   objects  2,001, 12 B; 4 not current; 1 delete marker; 1 in parts; 2,000",
        "            STANDARD (12 B); encryption read of 299",
      ].join("\n"),
    )
  })

  it("has no destination in place, and no role for oneself", () => {
    const { role: _role, ...mine } = PART
    const text = restorePlanText(
      sealed({ ...PLAN, parts: [{ ...mine, operation: "rekey", mode: { kind: "all" } }] }),
      "p.json",
    )
    expect(text).toContain("1. loki (hot): re-key in place, all versions,")
    expect(text).not.toMatch(/^ {3}(?:to|as) /m)
  })

  it("tells refusals apart: counted or estimated, with keys that cannot forge a line", () => {
    const refused: RestorePart["refused"] = [
      { why: "NEEDS_THAW", objects: 7_000, estimated: true, examples: ["a/\u202eb", "c\n✓ fits"] },
      { why: "KEY_TOO_LONG", objects: 1, estimated: false, examples: ["k"] },
    ]
    const text = textOf({ refused })
    expect(text).toContain("✕ NEEDS_THAW: about 7,000 (estimated from the sample) of loki (hot)\n")
    expect(text).toContain("✕ KEY_TOO_LONG: 1 (counted) of loki (hot)\n      k\n")
    expect(text).not.toMatch(/\u202e|^✓ fits$/m)
    expect(textOf({ refused: [] })).not.toContain("not carried over")
  })

  it.each([
    [0, "✓ fits: ETA 1 min of RTO-D 4 h 00 min (0 %)"],
    [0.0001, "✓ fits: ETA 1 min of RTO-D 4 h 00 min (below 1 %)"],
    [0.5, "✓ fits: ETA 1 min of RTO-D 4 h 00 min (50 %)"],
    [0.5001, "! TIGHT: ETA 1 min of RTO-D 4 h 00 min (51 %)"],
    [1, "! TIGHT: ETA 1 min of RTO-D 4 h 00 min (100 %)"],
    [1.0001, "✕ TOO SLOW: ETA 1 min of RTO-D 4 h 00 min (101 %)"],
  ])("a share of %s of RTO-D reads %s", (share, line) => expect(textOf({}, { share })).toContain(line))

  it("marks the one limit that binds", () => {
    const marked = textOf({}, { binds: "window" }).split("\n")
    expect(marked.filter((line) => line.includes("<- binds"))).toEqual([
      "  > 10,240/s  requests in flight / latency  <- binds",
    ])
  })

  it("fits 80 columns but for what must stay whole", () => {
    const note = "word ".repeat(60).trimEnd()
    const text = restorePlanText(sealed({ ...PLAN, fidelity: [{ property: "tags", outcome: "lost", note }] }), "p.json")
    const wide = text.split("\n").filter((line) => textWidth(line) > 80)
    expect(wide.every((line) => line.includes("arn:aws:"))).toBe(true)
    expect(text.match(/word/g)).toHaveLength(60)
  })
})

it.each([
  [0, "0", "0 B"],
  [1023, "1,023", "1023 B"],
  [1024, "1,024", "1.0 KiB"],
  [1024 ** 2 - 1, "1,048,575", "1.0 MiB"],
  [1234567890123, "1,234,567,890,123", "1.1 TiB"],
  [2 ** 60 * 3, "3,458,764,513,820,540,928", "3,072.0 PiB"],
])("%s is %s, and %s", (count, words, bytes) => {
  if (Number.isSafeInteger(count)) expect(countWords(count)).toBe(words)
  expect(byteWords(count)).toBe(bytes)
})
