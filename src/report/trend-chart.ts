import { scaleLinear, scaleLog } from "d3-scale"
import { line } from "d3-shape"
import { isoStamp } from "../kernel/clock.ts"
import { DAY, HOUR, MINUTE, SECOND, type Millis } from "../kernel/units.ts"
import type { TrendPoint } from "../rto/trend.ts"
import { fix } from "./gantt.ts"
import { html, type Markup } from "./markup.ts"
import { tickLabel } from "./scale-ticks.ts"
import { duration, utc, WORD } from "./words.ts"

const WIDTH = 960
const HEIGHT = 260
const LEFT = 64
const RIGHT = 20
const TOP = 26
const BOTTOM = HEIGHT - 34
const TICKS: readonly Millis[] = [100, SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR]
/** A year of drills is drawn by date; runs of one sitting would lie on one spot and are drawn in order. */
const BY_DATE = 2 * DAY

/** Runs of 12 months over a logarithmic axis of time, so that seconds and four hours fit one picture. */
export function trendChart(points: readonly TrendPoint[], asOf: string, limit: Millis): Markup {
  const recent = points.filter((point) => Date.parse(asOf) - Date.parse(point.at) <= 366 * DAY)
  const times = recent.map((point) => Date.parse(point.at))
  const [first, last] = [Math.min(...times), Math.max(...times, Date.parse(asOf))]
  const byDate = last - first > BY_DATE
  const across = scaleLinear(byDate ? [first, last] : [-0.5, recent.length - 0.5], [LEFT + 12, WIDTH - RIGHT])
  const elapsed = recent.flatMap((point) => (point.kind === "run" ? [Math.max(1, point.elapsedMs)] : []))
  const y = scaleLog(
    [Math.min(SECOND, ...elapsed), Math.max(2 * limit, ...elapsed.map((ms) => ms * 1.5))],
    [BOTTOM, TOP],
  )
  const placed = recent.map((point, index) => ({ point, x: across(byDate ? (times[index] ?? 0) : index) }))
  const words = recent
    .map((point) =>
      point.kind === "run"
        ? `${utc(point.at)} ${point.drill} ${duration(point.elapsedMs)} ${WORD[point.verdict]}`
        : `${utc(point.at)} ${point.drill} did not run`,
    )
    .join("; ")
  const [bottomMs = 1, topMs = 1] = y.domain()
  return html`<svg role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}">
    <title>Time of past drills against the limit of ${duration(limit)}</title>
    <desc>${words}</desc>
    ${TICKS.filter((tick) => tick >= bottomMs && tick <= topMs && tick !== limit).map((tick) => html`<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(y(tick))}" y2="${fix(y(tick))}" /><text class="soft" x="${LEFT - 8}" y="${fix(y(tick) + 4)}" text-anchor="end">${tickLabel(tick)}</text>`)}
    <line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(y(limit))}" y2="${fix(y(limit))}" />
    <text class="limit-word" x="${LEFT - 8}" y="${fix(y(limit) + 4)}" text-anchor="end">${tickLabel(limit)}</text>
    <text class="limit-word" x="${LEFT + 8}" y="${fix(y(limit) - 6)}">limit</text>
    ${joined(placed, y)}
    ${placed.map(({ point, x }) => (point.kind === "run" ? runMark(x, y(Math.max(1, point.elapsedMs)), point) : slotMark(x)))}
    ${byDate ? [first, last].map((time, index) => html`<text class="soft" x="${fix(across(time))}" y="${HEIGHT - 10}" text-anchor="${index === 0 ? "start" : "end"}">${isoStamp(time).slice(0, 10)}</text>`) : html`<text class="soft" x="${LEFT + 12}" y="${HEIGHT - 10}">in order of runs, oldest first</text>`}
  </svg>`
}

interface Placed {
  readonly point: TrendPoint
  readonly x: number
}

/** Runs of one drill are joined; a missed slot leaves a gap with a mark. */
function joined(placed: readonly Placed[], y: (ms: Millis) => number): Markup[] {
  const drills = [...new Set(placed.map(({ point }) => point.drill))]
  const path = line<Placed>()
    .defined(({ point }) => point.kind === "run")
    .x(({ x }) => Math.round(x * 100) / 100)
    .y(({ point }) => (point.kind === "run" ? Math.round(y(Math.max(1, point.elapsedMs)) * 100) / 100 : 0))
  return drills.map(
    (drill) => html`<path class="join" d="${path(placed.filter(({ point }) => point.drill === drill)) ?? ""}" />`,
  )
}

function runMark(x: number, y: number, point: Extract<TrendPoint, { kind: "run" }>): Markup {
  const label = html`<title>
    ${utc(point.at)} · ${point.drill} · ${duration(point.elapsedMs)} · ${WORD[point.verdict]}
  </title>`
  if (point.verdict === "met") return html`<circle class="met" cx="${fix(x)}" cy="${fix(y)}" r="5">${label}</circle>`
  if (point.verdict === "missed")
    return html`<path class="missed" d="M${fix(x - 5)} ${fix(y - 5)}l10 10m0 -10l-10 10">${label}</path>`
  return html`<path class="not-proven" d="M${fix(x)} ${fix(y - 6)}l6 6l-6 6l-6 -6z">${label}</path>`
}

function slotMark(x: number): Markup {
  return html`<line class="slot" x1="${fix(x)}" x2="${fix(x)}" y1="${TOP}" y2="${BOTTOM}" /><text
      x="${fix(x)}"
      y="${TOP - 8}"
      text-anchor="middle"
      >missed run</text
    >`
}
