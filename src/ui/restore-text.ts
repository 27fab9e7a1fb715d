import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { Closing } from "../restore/run/closing.ts"
import type { VerifyResult } from "../restore/run/verify-plan.ts"
import type { PartResult } from "../restore/run/part-result.ts"
import type { RestoreResult } from "../restore/run/run-plan.ts"

interface RestoreView {
  readonly result: RestoreResult
  readonly run: string
  readonly folder: string
  readonly record: string
}

const WORDS = {
  restored: "✓ restored: every object is there, under the planned key, and was proven",
  incomplete: "✕ incomplete: objects failed, are missing or differ",
  "not-proven": "? not proven: nothing is known to be wrong, but something could not be told or was left out by name",
  stopped: "! stopped: it can go on",
} as const

/** What came of a restore, for people. */
export function restoreText({ result, run, folder, record }: RestoreView, simulated: boolean): string {
  return [
    `${WORDS[result.verdict]}${simulated ? " (simulated: no evidence)" : ""}`,
    "",
    ...result.parts.flatMap(partLines),
    "",
    `run      ${run}`,
    `journal  ${display(folder, 400)}`,
    `record   ${display(record, 400)}`,
    ...(result.verdict === "restored"
      ? []
      : [`next     dr ${result.verdict === "stopped" ? "resume" : "restore status"} ${run}`]),
  ].join("\n")
}

function partLines({ part, accounts, closing, durationMs }: PartResult): string[] {
  const { listed, done, failed, skipped, unknown } = accounts
  const rate = durationMs > 0 ? Math.round((done * 1000) / durationMs) : done
  const lines = [
    `${display(part)}: ${listed} listed = ${done} done + ${failed} failed + ${skipped} skipped + ${unknown} unknown, ${formatDuration(durationMs)}, ${rate}/s`,
  ]
  return closing === undefined ? lines : [...lines, ...closingLines(closing)]
}

/** What a second look at a restore has found. */
export function verifyText({ verdict, parts }: VerifyResult, of: string, simulated: boolean): string {
  return [
    `${WORDS[verdict]}${simulated ? " (simulated: no evidence)" : ""}`,
    "",
    ...parts.flatMap(({ part, objects, closing }) => [
      `${display(part)}: ${objects} in the manifest of ${of}`,
      ...closingLines(closing),
    ]),
  ].join("\n")
}

function closingLines({ joined, sample }: Closing): string[] {
  const lines: string[] = []
  lines.push(
    `  listed again: ${joined.matched} matched, ${joined.missing} missing, ${joined.different} different; since the plan ${joined.appeared} appeared, ${joined.vanished} vanished, ${joined.changed} changed`,
    `  read back: ${sample.good} of ${sample.drawn} the same byte for byte${sample.wouldHaveShown === undefined ? "" : `; a fault in ${(sample.wouldHaveShown * 100).toFixed(1)} % of the objects would have shown (95 %)`}`,
  )
  for (const bad of [...sample.bad, ...sample.unknown].slice(0, 5)) lines.push(`  ! ${display(bad, 300)}`)
  return lines
}
