import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { ClockCheck, DrillCheck, EnvironmentCheck, RtoCheck } from "../rto/check.ts"
import { table } from "./table.ts"

const MARK = { met: "✓ met", missed: "✕ missed", "not-proven": "? not proven" } as const

/** The result of `dr rto check` for people. */
export function rtoCheckText(check: RtoCheck): string {
  return [
    ...check.broken.map((one) => `✕ evidence/${display(one.file)}: ${display(one.why)}`),
    ...check.environments.map(environmentText),
  ].join("\n\n")
}

function environmentText(environment: EnvironmentCheck): string {
  const head = `${MARK[environment.verdict]}  environment ${display(environment.env)}: RTO-K limit ${duration(environment.limitS)}, RTO-D limit ${duration(environment.dataLimitS)}`
  return [
    head,
    ...(environment.simulated ? ["! SIMULATED — emulated AWS: not evidence"] : []),
    ...(environment.drills.length === 0 ? ["? no drill was ever recorded here"] : [drillTable(environment)]),
    ...environment.drills.flatMap(reasons),
  ].join("\n")
}

function drillTable(environment: EnvironmentCheck): string {
  const rows = environment.drills.map((drill) => [
    drill.drill,
    clock(drill.rtoKey, environment.limitS),
    clock(drill.rtoData, environment.dataLimitS),
    drill.ageS === null ? "never" : `${duration(drill.ageS)}${drill.stale ? " ! stale" : ""}`,
    drill.run ?? "-",
  ])
  return table(["DRILL", "RTO-K (measured)", "RTO-D (forecast)", "AGE", "RUN"], rows)
}

function clock(check: ClockCheck, limitS: number): string {
  return check.actualS === null
    ? MARK[check.verdict]
    : `${MARK[check.verdict]} ${duration(check.actualS)} of ${duration(limitS)}`
}

function reasons(drill: DrillCheck): string[] {
  const whys = new Set([...drill.rtoKey.missing, ...drill.rtoData.missing].map((mark) => mark.why))
  return [...whys].map((why) => `? ${drill.drill}: ${display(why)}`)
}

const duration = (seconds: number): string => formatDuration(seconds * 1000)
