import { DAY, HOUR } from "../../src/kernel/units.ts"
import type { EnvironmentObjective } from "../../src/rto/check.ts"
import { foldRun } from "../../src/rto/fold.ts"
import type { RunRecord } from "../../src/rto/record.ts"
import { reportOf, type RtoReport } from "../../src/rto/report.ts"
import { tell, type Story } from "../rto/story.ts"

export const NOW = Date.parse("2026-11-24T06:00:00.000Z")
export const PROD: EnvironmentObjective = {
  env: "prod",
  rtoKeyMs: 4 * HOUR,
  rtoDataMs: 4 * HOUR,
  proofMaxAgeMs: 35 * DAY,
  drills: ["loki-sample", "mimir-sample"],
}

/** Names that a stranger may give an object: markup, control characters, turned reading direction, formulas. */
export const HOSTILE = [
  `s3://loki/<script>alert(1)</script>`,
  `s3://loki/"onmouseover='x'`,
  "s3://loki/\u001b[2Jgone\u0007",
  "s3://loki/\u202egnp.exe",
  "s3://loki/](https://example.test) ![x](http://example.test/a.png)",
  "s3://loki/a|b`c`&amp;*d*_e_",
  "s3://loki/\ud800",
  `s3://loki/${"long/".repeat(150)}`,
  "s3://loki/=cmd()",
  "s3://loki/grüße-🚒",
]

const month = (index: number): string => `2026-${String(index).padStart(2, "0")}-16T02:00:04.000Z`
const run = (index: number): string => `dr-2026${String(index).padStart(2, "0")}16T020004Z-7f3a`
const record = (story: Story): RunRecord => foldRun(tell(story))

export function history(): RunRecord[] {
  return [
    ...[2, 3, 4, 5, 6].map((index) => record({ run: run(index), at: month(index), copyMs: 60_000 + index * 40_000 })),
    record({ run: run(7), at: month(7), copyMs: 1_300_000 }),
    record({ run: run(8), at: month(8), unknown: ["s3://loki/fake/chunk-003"] }),
    record({ run: run(10), at: month(10), copyMs: 30_000, population: 400 }),
    record({
      run: run(11),
      at: month(11),
      objects: HOSTILE,
      copyMs: 90_000,
      verifyMs: 30_000,
      population: 90,
      drill: "loki-sample",
    }),
    record({
      run: "dr-20261117T020004Z-aaaa",
      at: "2026-11-17T02:00:04.000Z",
      drill: "mimir-sample",
      copyMs: 70_000,
      population: 100,
    }),
  ]
}

export function report(records = history(), objective = PROD): RtoReport {
  return reportOf(records, [objective], NOW, {
    acceptSimulated: false,
    missed: [{ env: "prod", drill: "loki-sample", at: month(9) }],
    stored: new Map(
      records.map((one, index) => [
        one.run,
        { file: `${String(index + 1).padStart(6, "0")}-${one.run}.json`, hash: `sha256:${"ab".repeat(32)}` },
      ]),
    ),
  })
}
