import { expect, it } from "vitest"
import { incident } from "./incident.ts"

const SEEDS = process.env["DR_TEST_SLOW"] === "1" ? 10_000 : 200

it(
  `keeps every promise in ${SEEDS} incidents of hours`,
  async () => {
    const wrong: string[] = []
    const ends = new Map<string, number>()
    for (let seed = 1; seed <= SEEDS; seed++) {
      const report = await incident(seed).catch((error: unknown) => ({ ended: "stuck", wrong: [String(error)] }))
      ends.set(report.ended, (ends.get(report.ended) ?? 0) + 1)
      if (report.wrong.length > 0) wrong.push(`incident(${seed}): ${report.wrong.slice(0, 3).join("; ")}`)
    }
    expect(wrong).toEqual([])
    // All the ways in which a run can end were met, or the incidents are too tame to prove anything.
    expect([...ends.keys()].toSorted()).toEqual(["aborted", "deadline", "fatal", "finished", "halted"])
  },
  30 * 60_000,
)
