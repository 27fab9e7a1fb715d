import type { DrillReport, EnvironmentReport } from "../rto/report.ts"
import { budgetChart, clockMs, phaseChart } from "./gantt.ts"
import { html, type Markup } from "./markup.ts"
import { trendChart } from "./trend-chart.ts"
import { pill } from "./verdict-section.ts"
import { clockTime, duration, percent, utc } from "./words.ts"

export function timelineSection({ env, check, drills }: EnvironmentReport): Markup {
  if (drills.length === 0) return html``
  const limit = check.limitS * 1000
  return html`<section aria-labelledby="time-${env}"><h2 id="time-${env}">Where the time went</h2><p class="note">RTO-K of each drill on the axis of the objective, then each drill on its own length, phase by phase.</p>${budgetChart(drills, limit)}${drills.map((drill) => html`<h3>${drill.drill.drill}: ${drill.drill.title}</h3>${phaseChart(drill)}${phaseTable(drill, limit)}`)}</section>`
}

function phaseTable(report: DrillReport, limit: number): Markup {
  const { drill } = report
  return html`<div class="scroll"><table><caption>Phases of ${drill.drill}, ${utc(drill.startedAt)}; RTO-K ${duration(clockMs(report))}</caption><thead><tr><th scope="col">phase</th><th scope="col">starts (UTC)</th><th scope="col" class="n">takes</th><th scope="col" class="n">of the limit</th><th scope="col">result</th></tr></thead><tbody>${drill.phases.map(
    (phase) =>
      html`<tr><th scope="row">${phase.phase}</th><td class="nowrap">${clockTime(drill.startedAt, phase.startMs)}</td><td class="n">${phase.durationMs === undefined ? "–" : duration(phase.durationMs)}</td><td class="n">${phase.durationMs === undefined ? "–" : percent(phase.durationMs / limit)}</td><td>${phase.result === "ok" ? "✓ ok" : `✕ ${phase.result}`}${phase.note === undefined ? "" : `: ${phase.note}`}</td></tr>`,
  )}</tbody></table></div>`
}

const SHOWN = 40

export function trendSection({ env, check, trend }: EnvironmentReport, asOf: string): Markup {
  if (trend.length === 0) return html``
  const shown = trend.slice(-SHOWN)
  return html`<section aria-labelledby="trend-${env}"><h2 id="trend-${env}">Trend of the last 12 months</h2><p class="note">Time until verified, logarithmic. ● met, ✕ missed, ◇ not proven; a dotted line marks a run that should have been and was not.</p>${trendChart(trend, asOf, check.limitS * 1000)}<div class="scroll"><table><caption>${trend.length > SHOWN ? `The last ${SHOWN} of ${trend.length} entries; all are in the JSON` : "All runs and missed runs"}</caption><thead><tr><th scope="col">when</th><th scope="col">drill</th><th scope="col" class="n">time</th><th scope="col">verdict on RTO-K</th><th scope="col">run</th></tr></thead><tbody>${shown.map((point) =>
    point.kind === "run"
      ? html`<tr><td class="nowrap">${utc(point.at)}</td><td>${point.drill}</td><td class="n">${duration(point.elapsedMs)}</td><td>${pill(point.verdict)}${point.simulated ? " simulated" : ""}</td><td><code>${point.run}</code></td></tr>`
      : html`<tr><td class="nowrap">${utc(point.at)}</td><td>${point.drill}</td><td class="n">–</td><td>${pill("not-proven")} missed run</td><td>–</td></tr>`,
  )}</tbody></table></div></section>`
}
