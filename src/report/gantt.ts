import { scaleLinear } from "d3-scale"
import { HOUR, type Millis } from "../kernel/units.ts"
import type { DrillReport } from "../rto/report.ts"
import { html, type Markup } from "./markup.ts"
import { tickLabel, timeTicks } from "./scale-ticks.ts"
import { duration, percent } from "./words.ts"

const WIDTH = 960
const LEFT = 190
const RIGHT = 150
const ROW = 30

/** All drills on one axis from 0 to the limit (four hours, unless it is longer): how much of the budget a restore takes. */
export function budgetChart(drills: readonly DrillReport[], limit: Millis): Markup {
  const longest = Math.max(0, ...drills.map(clockMs))
  const end = Math.max(4 * HOUR, limit, longest * 1.05)
  const x = scaleLinear([0, end], [LEFT, WIDTH - RIGHT])
  const bottom = 34 + drills.length * ROW
  const title = `Time of each drill against the limit of ${duration(limit)}`
  const words = drills.map((drill) => `${drill.drill.drill} ${duration(clockMs(drill))}`).join(", ")
  return html`<svg role="img" viewBox="0 0 ${WIDTH} ${bottom + 30}">
    <title>${title}</title>
    <desc>${words}</desc>
    ${axis(x, end, 26, bottom, 8)}${drills.map((drill, index) => {
      const y = 34 + index * ROW
      const length = clockMs(drill)
      const width = Math.max(2.5, x(length) - x(0))
      return html`<text x="${LEFT - 12}" y="${y + 15}" text-anchor="end">${drill.drill.drill}</text
        ><rect class="track" x="${LEFT}" y="${y + 4}" width="${fix(x(limit) - LEFT)}" height="16" rx="3" /><rect
          class="${length > limit ? "bar bad" : "bar"}"
          x="${LEFT}"
          y="${y + 4}"
          width="${fix(width)}"
          height="16"
          rx="2"
        /><text x="${fix(LEFT + width + 8)}" y="${y + 16}"
          >${verifiedMs(drill) === undefined ? `stopped after ${duration(length)}: no RTO-K` : `${duration(length)} · ${percent(length / limit)} of the limit`}</text
        >`
    })}
    <line class="limit" x1="${fix(x(limit))}" x2="${fix(x(limit))}" y1="20" y2="${bottom}" />
    <text class="limit-word" x="${fix(x(limit))}" y="14" text-anchor="middle">limit ${tickLabel(limit)}</text>
  </svg>`
}

/** The phases of one drill on its own length: the strip above, seen through a glass. */
export function phaseChart(report: DrillReport): Markup {
  const { drill } = report
  const ends = drill.phases.map((phase) => phase.startMs + (phase.durationMs ?? 0))
  const end = Math.max(1, drill.durationMs, ...ends)
  const x = scaleLinear([0, end], [LEFT, WIDTH - RIGHT])
  const stop = verifiedMs(report)
  const bottom = 34 + drill.phases.length * ROW
  const words = drill.phases
    .map(
      (phase) =>
        `${phase.phase} from ${duration(phase.startMs)} for ${phase.durationMs === undefined ? "an unknown time" : duration(phase.durationMs)}, ${phase.result}`,
    )
    .join("; ")
  return html`<svg role="img" viewBox="0 0 ${WIDTH} ${bottom + 30}">
    <title>Phases of ${drill.drill}, 0 to ${duration(end)}</title>
    <desc>${words}</desc>
    ${axis(x, end, 26, bottom, 7)}${stop !== undefined && html`<line class="stop" x1="${fix(x(stop))}" x2="${fix(x(stop))}" y1="20" y2="${bottom}" /><text x="${fix(x(stop))}" y="14" text-anchor="middle">RTO-K stops · ${duration(stop)}</text>`}${drill.phases.map(
      (phase, index) => {
        const y = 34 + index * ROW
        const length = phase.durationMs ?? Math.max(0, end - phase.startMs)
        const width = Math.max(2.5, x(phase.startMs + length) - x(phase.startMs))
        const bad = phase.result !== "ok" && phase.result !== "skipped"
        const after = stop !== undefined && phase.startMs >= stop
        const said = `${phase.durationMs === undefined ? "" : duration(phase.durationMs)}${bad ? ` ✕ ${phase.result}` : phase.result === "skipped" ? " – skipped" : ""}`
        return html`<text x="${LEFT - 12}" y="${y + 16}" text-anchor="end">${phase.phase}</text
          ><rect
            class="bar${bad ? " bad" : ""}${after ? " after" : ""}"
            x="${fix(x(phase.startMs))}"
            y="${y + 4}"
            width="${fix(width)}"
            height="16"
            rx="2"
          />${bad ? html`<rect fill="url(#hatch)" x="${fix(x(phase.startMs))}" y="${y + 4}" width="${fix(width)}" height="16" />` : ""}<text
            x="${fix(x(phase.startMs) + width + 8)}"
            y="${y + 16}"
            >${said}</text
          >`
      },
    )}
  </svg>`
}

function axis(x: (ms: Millis) => number, end: Millis, top: number, bottom: number, most: number): Markup {
  return html`<g
    >${timeTicks(end, most).map((tick) => html`<line class="axis" x1="${fix(x(tick))}" x2="${fix(x(tick))}" y1="${top}" y2="${bottom}" /><text class="soft" x="${fix(x(tick))}" y="${bottom + 18}" text-anchor="middle">${tickLabel(tick)}</text>`)}</g
  >`
}

/** From the start to the end of verify; what is known when the drill did not come so far. */
function clockMs(report: DrillReport): Millis {
  return verifiedMs(report) ?? report.drill.durationMs
}

/** RTO-K; undefined when the drill did not come so far. */
export function verifiedMs(report: DrillReport): Millis | undefined {
  const verify = report.drill.phases.findLast((phase) => phase.phase === "verify")
  return verify?.durationMs === undefined ? undefined : verify.startMs + verify.durationMs
}

/** Two decimals: the same bytes on every machine. */
export const fix = (value: number): string => String(Math.round(value * 100) / 100)
