import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"

interface PartView {
  readonly name: string
  readonly objects: number
  readonly done: number
  readonly failed: number
  readonly skipped: number
  readonly unknown: number
}

interface RunView {
  readonly run: string
  readonly kind: string
  readonly env: string
  readonly simulated: boolean
  readonly state: "running" | "stopped" | "finished" | "aborted"
  readonly verdict?: "restored" | "incomplete" | "not-proven" | undefined
  readonly startedAt: string
  readonly updatedAt: string
  readonly parts: readonly PartView[]
  readonly error?: { readonly code: string; readonly message: string } | undefined
}

interface StatusView {
  readonly runs: readonly RunView[]
  readonly damaged: ReadonlyArray<{ readonly name: string; readonly why: string }>
}

const MARKS = { running: "…", stopped: "!", aborted: "✕", restored: "✓", incomplete: "✕", "not-proven": "?" } as const

/** A finished run is good only when it says so. */
const markOf = ({ state, verdict }: RunView): string => MARKS[state === "finished" ? (verdict ?? "not-proven") : state]

/** Restores on this machine, newest first. */
export function restoreStatusText({ runs, damaged }: StatusView, now: number): string {
  if (runs.length === 0 && damaged.length === 0) return "no restore was run from this state folder"
  return [
    ...damaged.map(({ name, why }) => `✕ ${display(name)} cannot be read: ${display(why, 300)}`),
    ...runs.flatMap((run) => runLines(run, now)),
  ].join("\n")
}

function runLines(run: RunView, now: number): string[] {
  return [
    progressLine(run, now),
    ...run.parts.map(
      ({ name, objects, ...part }) => `    ${display(name)}: ${settled(part)} of ${objects}${troubles(part)}`,
    ),
    ...(run.error === undefined ? [] : [`    ${run.error.code}: ${display(run.error.message, 300)}`]),
    ...(run.state === "stopped" ? [`    dr resume ${run.run}`] : []),
  ]
}

/** One line: state, how far, how long. */
export function progressLine(view: RunView, now: number): string {
  const { run, state, verdict, env, simulated, parts, startedAt, updatedAt } = view
  const objects = parts.reduce((sum, part) => sum + part.objects, 0)
  const done = parts.reduce((sum, part) => sum + settled(part), 0)
  const percent = objects === 0 ? 100 : Math.floor((done * 100) / objects)
  const until = state === "running" ? now : Date.parse(updatedAt)
  const spent = formatDuration(Math.max(0, until - Date.parse(startedAt)))
  return `${markOf(view)} ${run} ${verdict ?? state} · ${display(env)}${simulated ? " (simulated)" : ""} · ${done} of ${objects} (${percent} %) · ${spent}`
}

type Counts = Pick<PartView, "done" | "failed" | "skipped" | "unknown">

const settled = ({ done, failed, skipped, unknown }: Counts): number => done + failed + skipped + unknown

function troubles({ failed, skipped, unknown }: Counts): string {
  const told = [
    [failed, "failed"],
    [skipped, "skipped"],
    [unknown, "unknown"],
  ] as const
  return told.map(([count, name]) => (count === 0 ? "" : `, ${count} ${name}`)).join("")
}
