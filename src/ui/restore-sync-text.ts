import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { RestoreResult } from "../restore/run/run-plan.ts"
import type { Freshness } from "../restore/sync/freshness.ts"

type Behind = Freshness & { readonly exposureMs: number }

interface SyncView {
  readonly result: RestoreResult
  readonly run: string
  readonly record: string
}

const WORDS = {
  restored: "✓ in sync: what the copies lacked is there, under the recovery key, and was proven",
  incomplete: "✕ incomplete: objects failed, are missing or differ",
  "not-proven": "? not proven: something could not be told, or was left out by name",
  stopped: "! stopped: it can go on with `dr resume`",
} as const

/** How far behind the copies were, and what came of it. */
export function syncText(
  { result, run, record }: SyncView,
  behind: Readonly<Record<string, Behind>>,
  rpoMs: number,
): string {
  return [
    WORDS[result.verdict],
    "",
    ...Object.entries(behind).map(([name, freshness]) => behindLine(name, freshness, rpoMs)),
    ...result.parts.map(
      ({ part, accounts: { listed, done, failed, skipped, unknown } }) =>
        `${display(part)}: ${listed} to copy = ${done} done + ${failed} failed + ${skipped} skipped + ${unknown} unknown`,
    ),
    "",
    `run      ${run}`,
    `record   ${display(record, 400)}`,
  ].join("\n")
}

function behindLine(name: string, behind: Behind, rpoMs: number): string {
  const { fresh, absent, stale, onlyInCopy, exposureMs: exposure } = behind
  const age =
    exposure === 0
      ? "nothing was behind"
      : `the oldest was ${formatDuration(exposure)} old, RPO ${formatDuration(rpoMs)}${exposure > rpoMs ? " ✕ missed" : ""}`
  return `${display(name)} before: ${fresh} fresh, ${absent} absent, ${stale} changed, ${onlyInCopy} only in the copy; ${age}`
}
