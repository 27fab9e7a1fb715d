import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { DrEventData, DrEventOf } from "../kernel/events.ts"
import { glyphs } from "./glyphs.ts"
import { toned, type Look } from "./look.ts"

type RestoreEvent = {
  [T in "restore.part" | "restore.object" | "restore.pace" | "restore.reconciled" | "restore.finished"]: DrEventOf<T>
}["restore.part" | "restore.object" | "restore.pace" | "restore.reconciled" | "restore.finished"]

/** What a person sees of a restore; an object that was read back well is not a line. */
export function restoreLine(event: RestoreEvent, look: Look): string | undefined {
  const marks = glyphs(look)
  switch (event.type) {
    case "restore.part": {
      const { part, operation, source, destination, keyArn } = event.data
      const way = operation === "rekey" ? `re-keyed in place in ${source}` : `copied from ${source} to ${destination}`
      return `${display(part)}: ${display(way, 400)} ${marks.dot} under ${display(keyArn)}`
    }
    case "restore.object":
      return objectLine(event.data, look)
    case "restore.pace": {
      const { limit, name, perSecond, why } = event.data
      const rate = perSecond === undefined ? "" : ` at most ${Math.floor(perSecond)}/s`
      return `  ${toned(marks.warning, "attention", look)} pace of ${limit === name ? limit : `${limit} ${display(name)}`}:${rate} ${display(why, 300)}`
    }
    case "restore.reconciled":
      return reconciledLine(event.data, look)
    case "restore.finished": {
      const { part, listed, done, failed, skipped, unknown, durationMs } = event.data
      const whole = done === listed
      const mark = toned(whole ? marks.ok : marks.failed, whole ? "good" : "bad", look)
      const rest = `${failed} failed, ${skipped} skipped, ${unknown} unknown`
      return `  ${mark} ${display(part)}: ${done} of ${listed} done${whole ? "" : `, ${rest}`} ${marks.dot} ${formatDuration(durationMs)}`
    }
  }
}

function objectLine(data: DrEventData["restore.object"], look: Look): string | undefined {
  const marks = glyphs(look)
  if (data.result === "verified") return undefined
  const mark =
    data.result === "failed"
      ? toned(marks.failed, "bad", look)
      : data.result === "unknown"
        ? toned(marks.unknown, "attention", look)
        : toned(marks.skipped, "quiet", look)
  const why = [
    data.why === undefined ? undefined : display(data.why),
    data.message === undefined ? undefined : display(data.message, 300),
  ]
  return `  ${mark} ${display(data.object)}: ${why.filter((part) => part !== undefined).join(` ${marks.dot} `)}`
}

function reconciledLine(data: DrEventData["restore.reconciled"], look: Look): string {
  const marks = glyphs(look)
  const good = data.missing === 0 && data.different === 0
  const mark = toned(good ? marks.ok : marks.failed, good ? "good" : "bad", look)
  const also = (["missing", "different", "extra", "appeared", "vanished", "changed"] as const)
    .filter((name) => data[name] > 0)
    .map((name) => `, ${data[name]} ${name}`)
  return `  ${mark} listed again: ${data.matched} as the manifest says${also.join("")}`
}
