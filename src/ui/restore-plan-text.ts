import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { Estimate, FidelityRow, RestorePart, RestorePlan } from "../restore/plan/restore-plan.ts"

/** A plan for a person: parts in order, what cannot be, how long, what survives, what to type next. */
export function restorePlanText(plan: RestorePlan, path: string): string {
  return [
    `restore plan ${plan.hash.slice(0, 12)} for ${display(plan.env)}${plan.simulated ? " (simulated)" : ""}, until ${plan.expiresAt}`,
    "",
    ...plan.parts.flatMap((part, index) => partLines(part, index + 1)),
    ...refusalLines(plan.parts),
    ...estimateLines(plan.estimate),
    "",
    ...fidelityLines(plan.fidelity),
    "",
    `next: dr restore run ${display(path, 400)}`,
  ].join("\n")
}

function partLines({ name, operation, aim, mode, counts, etaMs, role }: RestorePart, number: number): string[] {
  const { source, destination } = aim
  const from = `s3://${source.bucket}/${source.prefix}`
  const way =
    operation === "rekey"
      ? `re-key in place in ${from}`
      : `copy ${from} to s3://${destination.bucket}/${destination.prefix}`
  const classes = Object.entries(counts.byClass).map(([name_, { objects }]) => `${name_} ${objects}`)
  const more = [
    ...(counts.noncurrent === 0 ? [] : [`${counts.noncurrent} noncurrent`]),
    ...(counts.deleteMarkers === 0 ? [] : [`${counts.deleteMarkers} delete markers`]),
    ...(counts.multipart === 0 ? [] : [`${counts.multipart} in parts`]),
  ]
  return [
    `${number}. ${display(name)}: ${display(way, 400)}`,
    `   under ${display(aim.keyArn)}`,
    `   ${modeWords(mode)}: ${counts.objects} objects, ${bytesWords(counts.bytes)}${more.map((text) => `, ${text}`).join("")}; about ${formatDuration(etaMs)}`,
    `   ${classes.join(", ") || "no objects"}; encryption read of ${counts.inspected}`,
    ...(role === undefined ? [] : [`   as ${display(role)}`]),
    "",
  ]
}

function modeWords(mode: RestorePart["mode"]): string {
  if (mode.kind === "as-of") return `as of ${new Date(mode.at).toISOString()}`
  return mode.kind === "all" ? "all versions" : "current versions"
}

function refusalLines(parts: readonly RestorePart[]): string[] {
  const lines = parts.flatMap(({ name, refused }) =>
    refused.map(({ why, objects, estimated, examples }) => {
      const shown = examples.slice(0, 3).map((key) => display(key, 120))
      return `✕ ${why}: ${estimated ? "about " : ""}${objects} of ${display(name)} are not carried over${shown.length === 0 ? "" : `, such as ${shown.join(", ")}`}`
    }),
  )
  return lines.length === 0 ? [] : [...lines, ""]
}

const LIMITS = {
  client: "this machine",
  partitions: "S3 partitions",
  kms: "share of the KMS quota",
  window: "requests in flight / latency",
} as const

function estimateLines(estimate: Estimate): string[] {
  const { limits, binds, etaMs, rtoDataMs, share, requests, kmsCalls, costUsd, advice } = estimate
  const rows = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => {
    const rate = `${Math.floor(limits[name])}/s`.padStart(10)
    return `  ${rate}  ${LIMITS[name]}${name === binds ? "  <- binds" : ""}`
  })
  const word = share > 1 ? "✕ too slow" : share > 0.5 ? "! more than half of it" : "✓"
  const calls = Object.entries(requests).map(([name, count]) => `${name} ${count}`)
  return [
    "objects per second that each limit allows:",
    ...rows,
    `${word} ETA ${formatDuration(etaMs)} of RTO-D ${formatDuration(rtoDataMs)} (${Math.ceil(share * 100)} %)`,
    `requests: ${calls.join(", ")}; KMS calls ${kmsCalls}; about ${costUsd.toFixed(2)} USD by list price`,
    ...advice.map((line) => `! ${display(line, 300)}`),
  ]
}

const MARKS = { preserved: "✓", changed: "~", lost: "✕", refused: "-" } as const

function fidelityLines(rows: readonly FidelityRow[]): string[] {
  const width = Math.max(...rows.map(({ property }) => property.length), 0)
  return [
    "what survives:",
    ...rows.map(
      ({ property, outcome, note }) => `  ${MARKS[outcome]} ${property.padEnd(width)}  ${outcome.padEnd(9)}  ${note}`,
    ),
  ]
}

function bytesWords(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
  let value = bytes
  let at = 0
  for (; value >= 1024 && at < units.length - 1; at++) value /= 1024
  return `${at === 0 ? value : value.toFixed(1)} ${units[at] ?? ""}`
}
