import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { Estimate, FidelityRow, RefusedGroup, RestorePart, RestorePlan } from "../restore/plan/restore-plan.ts"
import { byteWords, countWords } from "./count-words.ts"
import { columns } from "./table.ts"
import { wrapped } from "./wrap.ts"

const WIDTH = 80

/** A plan for a person: parts in order, what cannot be, how long, what survives, what to type next. `path` is its file. */
export function restorePlanText(plan: RestorePlan, path: string): string {
  const { hash, env, simulated, expiresAt, parts, estimate, fidelity } = plan
  return [
    `restore plan ${hash.slice(0, 12)} for ${display(env)}${simulated ? " (SIMULATED)" : ""}, valid until ${expiresAt.slice(0, 19)}Z`,
    ...parts.map((part, index) => partText(part, index + 1)),
    ...refusalText(parts),
    timeText(estimate),
    callsText(plan),
    fidelityText(fidelity),
    [`plan: ${display(path, 400)}`, `next: dr restore run ${display(path, 400)}`].join("\n"),
  ].join("\n\n")
}

function partText({ name, operation, aim, mode, counts, etaMs, role, routing }: RestorePart, number: number): string {
  const { source, destination, keyArn, lock } = aim
  const rows = [
    ["from", `s3://${source.bucket}/${source.prefix}`],
    ...(operation === "rekey" ? [] : [["to", `s3://${destination.bucket}/${destination.prefix}`]]),
    ["key", keyArn],
    ...(role === undefined ? [] : [["as", role]]),
  ]
  const how = [
    operation === "rekey" ? "re-key in place" : "copy",
    modeWords(mode),
    ...(lock === "keep" ? ["locks kept"] : []),
    ...(routing.archived === "try" ? ["archived ones tried"] : []),
    `about ${formatDuration(etaMs)}`,
  ]
  return [
    `${number}. ${display(name, 200)}: ${how.join(", ")}`,
    ...rows.map(([label = "", text = ""]) => `   ${label.padEnd(8)} ${display(text, 1_200)}`),
    ...wrapped(objectWords(counts), WIDTH, "   objects  ", " ".repeat(12)),
  ].join("\n")
}

function objectWords(counts: RestorePart["counts"]): string {
  const { objects, bytes, noncurrent, deleteMarkers, multipart, inspected, byClass } = counts
  const some: ReadonlyArray<readonly [number, string]> = [
    [noncurrent, "not current"],
    [deleteMarkers, deleteMarkers === 1 ? "delete marker" : "delete markers"],
    [multipart, "in parts"],
  ]
  const classes = Object.entries(byClass).map(
    ([name, each]) => `${countWords(each.objects)} ${display(name, 40)} (${byteWords(each.bytes)})`,
  )
  const read = inspected === objects ? "all" : countWords(inspected)
  return [
    `${countWords(objects)}, ${byteWords(bytes)}`,
    ...some.filter(([count]) => count > 0).map(([count, what]) => `${countWords(count)} ${what}`),
    ...(classes.length === 0 ? [] : [classes.join(", ")]),
    `encryption read of ${read}`,
  ].join("; ")
}

function modeWords(mode: RestorePart["mode"]): string {
  if (mode.kind === "as-of") return `as of ${new Date(mode.at).toISOString()}`
  return mode.kind === "all" ? "all versions" : "current versions"
}

const EXAMPLES = 3

function refusalText(parts: readonly RestorePart[]): string[] {
  const lines = parts.flatMap(({ name, refused }) => refused.flatMap((group) => refusalLines(name, group)))
  return lines.length === 0 ? [] : [["not carried over:", ...lines].join("\n")]
}

function refusalLines(part: string, { why, objects, estimated, examples }: RefusedGroup): string[] {
  const count = estimated
    ? `about ${countWords(objects)} (estimated from the sample)`
    : `${countWords(objects)} (counted)`
  const shown = examples.slice(0, EXAMPLES)
  return [
    `  ✕ ${why}: ${count} of ${display(part, 200)}`,
    ...shown.map((key) => `      ${display(key, 300)}`),
    ...(objects > shown.length && shown.length > 0 ? ["      …"] : []),
  ]
}

const LIMITS: Readonly<Record<keyof Estimate["limits"], string>> = {
  client: "this machine",
  partitions: "S3 partitions",
  kms: "share of the KMS quota",
  window: "requests in flight / latency",
}

function timeText({ limits, binds, objectsPerSecond, etaMs, rtoDataMs, share, advice }: Estimate): string {
  const names = Object.keys(LIMITS) as Array<keyof typeof LIMITS>
  const width = Math.max(...names.map((name) => countWords(Math.floor(limits[name])).length))
  return [
    `${verdictOf(share)} ${formatDuration(etaMs)} of RTO-D ${formatDuration(rtoDataMs)} (${percent(share)}), at ${countWords(Math.floor(objectsPerSecond))} objects/s`,
    ...names.map(
      (name) =>
        `  ${name === binds ? ">" : " "} ${countWords(Math.floor(limits[name])).padStart(width)}/s  ${LIMITS[name]}${name === binds ? "  <- binds" : ""}`,
    ),
    ...advice.flatMap((line) => wrapped(display(line, 600), WIDTH, "  ! ", "    ")),
  ].join("\n")
}

function verdictOf(share: number): string {
  if (share > 1) return "✕ TOO SLOW: ETA"
  return share > 0.5 ? "! TIGHT: ETA" : "✓ fits: ETA"
}

/** Never rounded down to the limit that it is over. */
function percent(share: number): string {
  if (share === 0) return "0 %"
  return share < 0.01 ? "below 1 %" : `${countWords(Math.ceil(share * 100))} %`
}

function callsText({ estimate: { requests, kmsCalls, costUsd }, verify }: RestorePlan): string {
  const rows: ReadonlyArray<readonly [string, number]> = [...Object.entries(requests), ["KMS calls by S3", kmsCalls]]
  const width = Math.max(...rows.map(([, count]) => countWords(count).length))
  return [
    `requests, with --verify ${verify}:`,
    ...columns(rows.map(([name, count]) => [`  ${countWords(count).padStart(width)}`, name])),
    `  ${costUsd < 0.01 ? "below 0.01" : `about ${costUsd.toFixed(2)}`} USD by list price, without storage and transfer`,
  ].join("\n")
}

const MARKS = { preserved: "✓", changed: "~", lost: "✕", refused: "-" } as const

function fidelityText(rows: readonly FidelityRow[]): string {
  return [
    "what survives:",
    ...rows.flatMap(({ property, outcome, note }) => {
      const text = display(note === "" ? property : `${property}: ${note}`, 600)
      return wrapped(text, WIDTH, `  ${MARKS[outcome]} ${outcome.padEnd(9)}  `, " ".repeat(15))
    }),
  ].join("\n")
}
