import type { DrillReport, EnvironmentReport } from "../rto/report.ts"
import { budgetChart, phaseChart, verifiedMs } from "./gantt.ts"
import { html, Markup } from "./markup.ts"
import { trendChart } from "./trend-chart.ts"
import { pill } from "./verdict-section.ts"
import { clockTime, duration, percent, utc } from "./words.ts"

export function timelineSection({ env, check, drills }: EnvironmentReport): Markup {
  if (drills.length === 0) return html``
  const limit = check.limitS * 1000
  return html`<section aria-labelledby="time-${env}">
    <h2 id="time-${env}">Where the time went</h2>
    <p class="note">
      RTO-K of each drill on the axis of the objective, then each drill on its own length, phase by phase.
    </p>
    ${budgetChart(drills, limit)}${drills.map(
      (drill) =>
        html`<h3>${drill.drill.drill}: ${drill.drill.title}</h3>
          ${phaseChart(drill)}`,
    )}${phaseTable(drills, limit)}
  </section>`
}

/** The numbers of all the strips above: one row for each drill, one column for each phase. */
function phaseTable(drills: readonly DrillReport[], limit: number): Markup {
  const phases = [...new Set(drills.flatMap((report) => report.drill.phases.map((phase) => phase.phase)))]
  return html`<div class="scroll">
      <table>
        <caption>
          The same in numbers: start and length of each phase
        </caption>
        <thead>
          <tr>
            <th scope="col">drill</th>
            ${phases.map((phase) => html`<th scope="col" class="n">${phase}</th>`)}
            <th scope="col" class="n">RTO-K</th>
            <th scope="col" class="n">of the limit</th>
          </tr>
        </thead>
        <tbody>
          ${drills.map(
            (report) =>
              html`<tr>
                <th scope="row">${report.drill.drill}<br /><span class="note">${utc(report.drill.startedAt)}</span></th>
                ${phases.map((phase) => html`<td class="n">${phaseCell(report, phase)}</td>`)}
                ${clockCells(verifiedMs(report), limit)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${notes(drills)}`
}

/** A drill that stopped early has no time: a short one would read as a quick recovery. */
const clockCells = (clock: number | undefined, limit: number): Markup =>
  clock === undefined
    ? html`<td class="n">–</td>
        <td class="n">–</td>`
    : html`<td class="n">${duration(clock)}</td>
        <td class="n">${percent(clock / limit)}</td>`

function phaseCell({ drill }: DrillReport, name: string): Markup {
  const phase = drill.phases.findLast((candidate) => candidate.phase === name)
  if (phase === undefined) return html`did not run`
  const took = phase.durationMs === undefined ? "" : `${duration(phase.durationMs)} `
  return html`${took}${phase.result === "ok" ? "✓" : `✕ ${phase.result}`}<br /><span class="note"
      >at ${clockTime(drill.startedAt, phase.startMs).slice(0, 8)}</span
    >`
}

function notes(drills: readonly DrillReport[]): Markup | false {
  const noted = drills.flatMap(({ drill }) =>
    drill.phases.flatMap((phase) =>
      phase.note === undefined ? [] : [`${drill.drill}, ${phase.phase}: ${phase.note}`],
    ),
  )
  return (
    noted.length > 0 &&
    html`<ul class="plain">
      ${noted.map((note) => html`<li class="why">✕ ${lines(note)}</li>`)}
    </ul>`
  )
}

/** Each line on its own, with its indent: missing rights, and below them what gives them. */
const lines = (text: string): Markup[] =>
  text.split("\n").flatMap((line, at) => [...(at === 0 ? [] : [new Markup("\n")]), html`${line}`])

const SHOWN = 40

export function trendSection({ env, check, trend }: EnvironmentReport, asOf: string): Markup {
  if (trend.length === 0) return html``
  const shown = trend.slice(-SHOWN)
  return html`<section aria-labelledby="trend-${env}">
    <h2 id="trend-${env}">Trend of the last 12 months</h2>
    <p class="note">
      Time until verified, logarithmic. ● met, ✕ missed, ◇ not proven; a dotted line marks a run that should have been
      and was not.
    </p>
    ${trendChart(trend, asOf, check.limitS * 1000)}
    <div class="scroll">
      <table>
        <caption>
          ${trend.length > SHOWN ? `The last ${SHOWN} of ${trend.length} entries; all are in the JSON` : "All runs and missed runs"}
        </caption>
        <thead>
          <tr>
            <th scope="col">when</th>
            <th scope="col">drill</th>
            <th scope="col" class="n">time</th>
            <th scope="col">verdict on RTO-K</th>
            <th scope="col">run</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((point) =>
            point.kind === "run"
              ? html`<tr>
                  <td class="nowrap">${utc(point.at)}</td>
                  <td>${point.drill}</td>
                  <td class="n">${duration(point.elapsedMs)}</td>
                  <td>${pill(point.verdict)}${point.simulated ? " simulated" : ""}</td>
                  <td><code>${point.run}</code></td>
                </tr>`
              : html`<tr>
                  <td class="nowrap">${utc(point.at)}</td>
                  <td>${point.drill}</td>
                  <td class="n">–</td>
                  <td>${pill("not-proven")} missed run</td>
                  <td>–</td>
                </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}
