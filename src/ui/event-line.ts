import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { DrEvent, DrEventData, PhaseResult } from "../kernel/events.ts"
import { glyphs } from "./glyphs.ts"
import { restoreLine } from "./restore-line.ts"
import { toned, type Look } from "./look.ts"

type StepEnd = DrEventData["step.finished"]

/** The line that stays on the screen for an event; undefined for events that only programs read. */
export function eventLine(event: DrEvent, look: Look): string | undefined {
  const marks = glyphs(look)
  switch (event.type) {
    case "run.started":
      return `run ${event.run}${event.data.simulated ? ` ${marks.dot} SIMULATED: emulated AWS, not evidence` : ""}`
    case "drill.started":
      return `${display(event.data.drill)}: ${display(event.data.title)}`
    case "phase.finished":
      return phaseLine(event.data, look)
    case "step.finished":
      return stepLine(event.data, look)
    case "proof.finished": {
      const { key, result, note } = event.data
      const mark = result === "proven" ? toned(marks.ok, "good", look) : toned(marks.unknown, "attention", look)
      return `  ${mark} ${display(key)} ${result}: ${display(note, 300)}`
    }
    case "object.failed": {
      const mark =
        event.data.result === "unknown" ? toned(marks.unknown, "attention", look) : toned(marks.failed, "bad", look)
      return `  ${mark} ${display(event.data.object)}: ${display(event.data.message)}`
    }
    case "restore.part":
    case "restore.object":
    case "restore.pace":
    case "restore.reconciled":
    case "restore.finished":
      return restoreLine(event, look)
    case "escrow.step": {
      const { step, result, region } = event.data
      return `  ${resultMark(result, look)} ${region === undefined ? "" : `${region} ${marks.dot} `}${step}`
    }
    case "warning": {
      const { message, hint } = event.data
      const next = hint === undefined ? "" : `\n  ${display(hint)}`
      return `${toned(marks.warning, "attention", look)} ${display(message)}${next}`
    }
    case "demo.step":
      return `${marks.running} ${event.data.title}${event.data.detail === undefined ? "" : ` ${marks.dot} ${event.data.detail}`}`
    default:
      return undefined
  }
}

function stepLine({ step, result, durationMs, note }: StepEnd, look: Look): string {
  const marks = glyphs(look)
  const mark =
    result === "done"
      ? toned(marks.ok, "good", look)
      : result === "failed"
        ? toned(marks.failed, "bad", look)
        : toned(marks.skipped, "quiet", look)
  const words = result === "already" ? "already so" : formatDuration(durationMs)
  return `  ${mark} ${display(step)} ${words}${note === undefined ? "" : ` ${marks.dot} ${display(note, 300)}`}`
}

function phaseLine(
  phase: { phase: string; result: PhaseResult; durationMs: number; note?: string },
  look: Look,
): string {
  const marks = glyphs(look)
  const [first = "", ...more] = phase.note?.split("\n") ?? []
  const note = first === "" ? "" : ` ${marks.dot} ${display(first, 300)}${more.length === 0 ? "" : ` ${marks.running}`}`
  return `  ${resultMark(phase.result, look)} ${phase.phase.padEnd(12)} ${formatDuration(phase.durationMs)}${note}`
}

function resultMark(result: PhaseResult, look: Look): string {
  const marks = glyphs(look)
  if (result === "ok") return toned(marks.ok, "good", look)
  return result === "failed" ? toned(marks.failed, "bad", look) : toned(marks.skipped, "quiet", look)
}
