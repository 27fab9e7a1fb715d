import type { DrEvent, DrEventOf } from "../kernel/events.ts"
import { notTested } from "./not-tested.ts"
import type { DrillRecord, PhaseRecord } from "./record.ts"
import { wellFormed } from "./well-formed.ts"

type Growing = Omit<DrillRecord, "notTested" | "outcome" | "reason" | "durationMs" | "finishedAt">

/** Folds the events of one drill. Events without a drill's name (keys, identities) belong to the drill under way. */
export class DrillFolder {
  readonly name: string
  private readonly start: number
  private last: number
  private finished: DrEventOf<"drill.finished"> | undefined
  private readonly drill: Growing
  private cleanup: DrillRecord["cleanup"]
  private dataset = ""
  private readonly datasetOf = new Map<string, string>()

  constructor(event: DrEventOf<"drill.started">) {
    const { drill, title, seed, sampleSize, scope } = wellFormed(event.data)
    this.name = drill
    this.start = event.mono
    this.last = event.mono
    this.drill = {
      drill,
      title,
      seed,
      sampleSize,
      ...(scope === undefined ? {} : { scope }),
      startedAt: event.at,
      phases: [],
      identities: [],
      keys: [],
      samples: [],
      copies: [],
      proofs: [],
      failures: [],
      rewraps: [],
      checks: [],
    }
  }

  /** The phase under way. */
  phase(): string | undefined {
    return this.drill.phases.findLast((phase) => phase.result === "unfinished")?.phase
  }

  push(raw: DrEvent): void {
    if ("drill" in raw.data && raw.data.drill !== this.name) return
    if (this.finished !== undefined) return
    const event = { ...raw, data: wellFormed(raw.data) } as DrEvent
    this.last = event.mono
    const { drill } = this
    switch (event.type) {
      case "drill.finished":
        this.finished = event
        return
      case "phase.started":
        drill.phases.push({
          phase: event.data.phase,
          title: event.data.title,
          startMs: this.since(event.mono),
          result: "unfinished",
        })
        return
      case "phase.finished":
        this.closePhase(event)
        return
      case "identity.assumed":
        drill.identities.push(event.data)
        return
      case "key.described":
        drill.keys.push(event.data)
        return
      case "check.finished":
        drill.checks.push(without(event.data))
        return
      case "access.checked":
        drill.rights = [...(drill.rights ?? []), without(event.data)]
        return
      case "cleanup.finished":
        this.cleanup = without(event.data)
        return
      case "datakey.rewrapped":
        drill.rewraps.push(without(event.data))
        return
      default:
        this.pushObject(event)
    }
  }

  private pushObject(event: DrEvent): void {
    switch (event.type) {
      case "sample.drawn":
        this.dataset = event.data.dataset
        this.drill.samples.push(without(event.data))
        return
      case "object.copied":
        this.datasetOf.set(event.data.object, this.dataset)
        this.drill.copies.push({
          ...without(event.data),
          dataset: this.dataset,
          startMs: this.since(event.mono - event.data.durationMs),
        })
        return
      case "object.verified":
        this.drill.proofs.push({
          ...without(event.data),
          dataset: this.datasetFor(event.data.object),
          startMs: this.since(event.mono - event.data.durationMs),
        })
        return
      case "object.failed":
        this.drill.failures.push({ ...without(event.data), dataset: this.datasetFor(event.data.object) })
        return
      default: // progress and what later versions add
    }
  }

  record(): DrillRecord {
    const { outcome, reason } = this.finished?.data ?? {
      outcome: "interrupted" as const,
      reason: "the stream of events ends inside the drill",
    }
    const tested = {
      ...structuredClone(this.drill),
      ...(this.finished === undefined ? {} : { finishedAt: this.finished.at }),
      durationMs: this.since(this.last),
      ...(this.cleanup === undefined ? {} : { cleanup: this.cleanup }),
      outcome,
      ...(reason === undefined ? {} : { reason }),
    }
    return { ...tested, notTested: notTested(tested) }
  }

  private closePhase(event: DrEventOf<"phase.finished">): void {
    const { phase: name, result, durationMs, note, code } = event.data
    const at = this.drill.phases.findLastIndex((phase) => phase.phase === name && phase.result === "unfinished")
    const open = this.drill.phases[at]
    const closed = (from: Pick<PhaseRecord, "phase" | "title" | "startMs">): PhaseRecord => ({
      ...from,
      durationMs,
      result,
      ...(note === undefined ? {} : { note }),
      ...(code === undefined ? {} : { code }),
    })
    if (open === undefined)
      this.drill.phases.push(closed({ phase: name, title: name, startMs: this.since(event.mono - durationMs) }))
    else this.drill.phases[at] = closed(open)
  }

  /** An object that was never copied belongs to the sample under way. */
  private datasetFor(object: string): string {
    return this.datasetOf.get(object) ?? this.dataset
  }

  private since(mono: number): number {
    return Math.max(0, mono - this.start)
  }
}

export function openDrill(event: DrEventOf<"drill.started">): DrillFolder {
  return new DrillFolder(event)
}

function without<T extends { drill: string }>(data: T): Omit<T, "drill"> {
  const { drill: _name, ...rest } = data
  return rest
}
