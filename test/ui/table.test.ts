import { expect, it } from "vitest"
import { rtoClock } from "../../src/ui/rto-clock.ts"
import { table } from "../../src/ui/table.ts"
import { cutTo, textWidth } from "../../src/ui/width.ts"

it("aligns by columns on the screen, not by characters", () => {
  expect(
    table(
      ["KEY", "N", "STATE"],
      [
        ["日本", "1", "ok"],
        ["caf\u0065\u0301", "22", ""],
      ],
    ),
  ).toBe(["KEY   N   STATE", "日本  1   ok", "cafe\u0301  22"].join("\n"))
})

it("shows what would move the cursor as text", () => {
  expect(table(["KEY"], [["a\u001b[2Jb\nc"]])).toBe("KEY\na\\u{1b}[2Jb\\u{a}c")
})

it("counts no colour codes and cuts before a wide character that does not fit", () => {
  expect(textWidth("\u001b[32m✓ met\u001b[39m")).toBe(5)
  expect(cutTo("a日本", 4)).toBe("a日")
})

it.each([
  { at: "1 h 49 min of 4 h", elapsed: 6_540_000, limit: 14_400_000, reads: "01:49 of 04:00" },
  { at: "the limit", elapsed: 14_400_000, limit: 14_400_000, reads: "04:00 of 04:00" },
  { at: "a second over", elapsed: 14_401_000, limit: 14_400_000, reads: "04:00 of 04:00, over" },
  { at: "12 min without a limit", elapsed: 761_900, limit: undefined, reads: "12:41" },
  { at: "2 h without a limit", elapsed: 7_260_000, limit: undefined, reads: "02:01 h" },
])("the RTO clock at $at reads $reads", ({ elapsed, limit, reads }) => {
  expect(rtoClock(elapsed, limit)).toBe(reads)
})
