import { display } from "../kernel/display.ts"
import type { DrillReport, EnvironmentReport, RtoReport } from "../rto/report.ts"
import { headline } from "./verdict-section.ts"
import { rightsLine } from "./rights-line.ts"
import { bytes, duration, GLYPH, number, percent, seconds, SIMULATED, utc, verdictLine, WORD } from "./words.ts"

/** The report for an incident channel or a ticket: verdict first, what is not ok, what was not tested. */
export function rtoMarkdown(report: RtoReport): string {
  return [
    `# ${GLYPH[report.verdict]} ${headline(report)}`,
    `Recovery time report as of ${utc(report.asOf)}.`,
    ...(report.simulated
      ? [`> **${SIMULATED}**${report.acceptSimulated ? " (accepted on request: --accept-simulated)" : ""}`]
      : []),
    ...report.check.broken.map((one) => `- ✕ evidence/${cell(one.file)}: ${cell(one.why)}`),
    ...report.environments.map(environmentText),
    "## Method",
    report.method.map((sentence) => `- ${cell(sentence)}`).join("\n"),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n")
}

function environmentText({ env, check, drills }: EnvironmentReport): string {
  const head = `## ${cell(env)}: ${GLYPH[check.verdict]} ${WORD[check.verdict]}${check.stale ? ", stale" : ""}`
  if (drills.length === 0) return `${head}\n\nNo drill was ever recorded here. Next: \`dr drill run -e ${env}\``
  const rows = check.drills.map((drill) => [
    drill.drill,
    `${GLYPH[drill.rtoKey.verdict]} ${WORD[drill.rtoKey.verdict]} ${seconds(drill.rtoKey.actualS)} of ${seconds(check.limitS)}`,
    `${GLYPH[drill.rtoData.verdict]} ${WORD[drill.rtoData.verdict]} ${seconds(drill.rtoData.actualS)} of ${seconds(check.dataLimitS)}`,
    drill.ageS === null ? "never" : `${seconds(drill.ageS)}${drill.stale ? ", stale" : ""}`,
    drill.run ?? "–",
  ])
  return [
    head,
    table(["drill", "RTO-K (measured)", "RTO-D (forecast)", "age", "run"], rows),
    ...drills.map((drill) => drillText(drill, check.limitS * 1000, check.dataLimitS * 1000)),
  ].join("\n\n")
}

function drillText(report: DrillReport, keyLimit: number, dataLimit: number): string {
  const { drill, proofs, power } = report
  const phases = drill.phases.map((phase) => [
    phase.phase,
    phase.durationMs === undefined ? "–" : duration(phase.durationMs),
    phase.result,
    phase.note?.includes("\n") === true ? "see below" : (phase.note ?? ""),
  ])
  const samples = drill.samples.map((sample) => [
    sample.dataset,
    number(sample.population),
    bytes(sample.populationBytes),
    `${number(sample.drawn)} + ${sample.canaries} canaries`,
    sample.seed,
  ])
  const exceptions = [
    ...drill.checks
      .filter((check) => check.result !== "ok")
      .map(
        (check) =>
          `- ${check.result}: ${cell(check.check)}: expected ${cell(check.expected)}, observed ${cell(check.observed)}`,
      ),
    ...drill.failures
      .slice(0, 20)
      .map((failure) => `- ${failure.result}: ${failure.step} of ${cell(failure.object)}: ${cell(failure.message)}`),
  ]
  return [
    `### ${cell(drill.drill)}: ${cell(drill.title)}`,
    `- RTO-K: ${WORD[report.rtoKey.kind]}: ${cell(verdictLine(report.rtoKey, keyLimit))}\n- RTO-D: ${WORD[report.rtoData.kind]}: ${cell(verdictLine(report.rtoData, dataLimit))}\n- ${proofs.length} objects verified by SHA-256; the smallest sample (${power.read} objects) would have shown a share of ${percent(power.noticeable)} bad ones (95 %)${report.stored === undefined ? "" : `\n- record ${cell(report.stored.file)}, ${report.stored.hash}`}`,
    ...(rightsLine(drill) === undefined ? [] : [`${rightsLine(drill)}.`]),
    table(["phase", "time", "result", "note"], phases),
    ...drill.phases.flatMap(({ phase, note }) => (note?.includes("\n") === true ? [block(phase, note)] : [])),
    table(["dataset", "objects", "bytes", "drawn", "seed"], samples),
    ...(exceptions.length === 0 ? [] : [`Exceptions:\n\n${exceptions.join("\n")}`]),
    `Not tested:\n\n${drill.notTested.map((sentence) => `- ${cell(sentence)}`).join("\n")}`,
  ].join("\n\n")
}

export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const lines = [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))]
  return lines.map((row) => `| ${row.join(" | ")} |`).join("\n")
}

/** As code, because it holds statements to be pasted; indented, because no line of it can end that. */
const block = (phase: string, note: string): string =>
  [`${cell(phase)}:`, "", ...note.split("\n").map((line) => `    ${display(line, 4_000)}`)].join("\n")

/** One line in which nothing is markup, a link, an image or a mention. */
export function cell(text: string): string {
  return display(text, 2000)
    .replace(/[\\`*_{}[\]<>|~#!&]/g, (char) => `\\${char}`)
    .replace(/@/g, "@\u2060")
    .replace(/(https?|www)([:.])/gi, "$1\u2060$2")
}
