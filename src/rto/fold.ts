import type { DrEvent, DrEventOf } from "../kernel/events.ts"
import { RestoreFolder } from "./fold-restore.ts"
import { openDrill, type DrillFolder } from "./fold-drill.ts"
import type { CallRecord, RunRecord } from "./record.ts"
import { wellFormed } from "./well-formed.ts"

/** Takes events one by one and can be asked for the record at any time: a stream that was cut gives an interrupted run. */
export interface RunFolder {
  push(event: DrEvent): void
  record(): RunRecord
}

/** The record of a whole stream, or of what is left of one. */
export function foldRun(events: Iterable<DrEvent>): RunRecord {
  const folder = runFolder()
  for (const event of events) folder.push(event)
  return folder.record()
}

export function runFolder(): RunFolder {
  let first: DrEvent | undefined
  let last: DrEvent | undefined
  let seen = 0
  let started: DrEventOf<"run.started"> | undefined
  let finished: DrEventOf<"run.finished"> | undefined
  let current: DrillFolder | undefined
  const drills: DrillFolder[] = []
  const restores = new RestoreFolder()
  const calls: CallRecord[] = []
  const warnings: RunRecord["warnings"] = []

  const push = (event: DrEvent): void => {
    first ??= event
    last = event
    seen++
    switch (event.type) {
      case "run.started":
        started ??= event
        return
      case "run.finished":
        finished = event
        return
      case "warning":
        warnings.push(wellFormed(event.data))
        return
      case "aws.called":
        calls.push(callOf(event, current))
        return
      case "drill.started":
        current = openDrill(event)
        drills.push(current)
        return
      default:
        if (event.type.startsWith("restore.")) restores.push(event)
        else current?.push(event)
    }
  }

  const record = (): RunRecord => {
    const folded = drills.map((drill) => drill.record())
    const restored = restores.record()
    const { outcome, reason } = outcomeOf(started, finished)
    return {
      run: first?.run ?? "",
      kind: started?.data.kind ?? "unknown",
      env: started?.data.env ?? "",
      simulated: started?.data.simulated ?? true,
      version: started?.data.version ?? "unknown",
      trigger: started?.data.trigger ?? "unknown",
      startedAt: first?.at ?? "",
      ...(finished === undefined ? {} : { finishedAt: finished.at }),
      durationMs: Math.max(0, (finished ?? last)?.mono ?? 0),
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(started?.data.config === undefined ? {} : { config: started.data.config }),
      identities: distinct(folded.flatMap((drill) => drill.identities)),
      keys: distinct(folded.flatMap((drill) => drill.keys)),
      drills: folded,
      ...(restored.length === 0 ? {} : { restores: restored }),
      calls: [...calls],
      warnings: [...warnings],
      counts: countsOf(folded, seen, calls.length),
    }
  }
  return { push, record }
}

function outcomeOf(
  started: DrEventOf<"run.started"> | undefined,
  finished: DrEventOf<"run.finished"> | undefined,
): Pick<RunRecord, "outcome" | "reason"> {
  if (finished === undefined) return { outcome: "interrupted", reason: "the stream of events ends before the run does" }
  if (started === undefined) return { outcome: "interrupted", reason: "the stream of events lacks its beginning" }
  const { outcome, reason } = wellFormed(finished.data)
  return { outcome, ...(reason === undefined ? {} : { reason }) }
}

function callOf(event: DrEventOf<"aws.called">, drill: DrillFolder | undefined): CallRecord {
  const phase = drill?.phase()
  return {
    ...wellFormed(event.data),
    ...(drill === undefined ? {} : { drill: drill.name }),
    ...(phase === undefined ? {} : { phase }),
    startMs: Math.max(0, event.mono - event.data.durationMs),
  }
}

function countsOf(drills: RunRecord["drills"], events: number, calls: number): RunRecord["counts"] {
  const sum = (of: (drill: RunRecord["drills"][number]) => number): number =>
    drills.reduce((total, drill) => total + of(drill), 0)
  const failures = (result: "failed" | "unknown") =>
    sum((drill) => drill.failures.filter((failure) => failure.result === result).length)
  return {
    events,
    calls,
    drawn: sum((drill) => drill.samples.reduce((total, sample) => total + sample.drawn + sample.canaries, 0)),
    copied: sum((drill) => drill.copies.length),
    verified: sum((drill) => drill.proofs.length),
    verifiedBytes: sum((drill) => drill.proofs.reduce((total, proof) => total + proof.sizeBytes, 0)),
    failed: failures("failed"),
    unknown: failures("unknown"),
  }
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
