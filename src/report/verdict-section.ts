import type { ClockCheck } from "../rto/check.ts"
import type { EnvironmentReport, RtoReport } from "../rto/report.ts"
import { html, type Markup } from "./markup.ts"
import { GLYPH, percent, seconds, WORD, type Kind } from "./words.ts"

const SENTENCE: Readonly<Record<Kind, string>> = {
  met: "Keys and data come back in time",
  missed: "Recovery takes longer than the objective allows",
  "not-proven": "Recovery in time is not proven",
}

/** The verdict as a sentence. */
export function headline(report: Pick<RtoReport, "verdict" | "simulated">): string {
  return `${SENTENCE[report.verdict]}${report.verdict === "met" && report.simulated ? ", in rehearsal" : ""}`
}

export function pill(kind: Kind): Markup {
  return html`<span class="pill ${kind}">${GLYPH[kind]} ${WORD[kind]}</span>`
}

export function verdictSection(environment: EnvironmentReport): Markup {
  const { check } = environment
  const id = `verdict-${environment.env}`
  return html`<section aria-labelledby="${id}">
    <a id="verdict"></a>
    <h2 id="${id}">
      ${environment.env}: ${GLYPH[check.verdict]}
      ${WORD[check.verdict]}${check.stale ? ", the last proof is stale" : ""}${check.simulated ? " (simulated)" : ""}
    </h2>
    <div class="clocks">
      ${clockBox("RTO-K: keys usable, sample readable (measured)", slowest(check.drills.map((drill) => drill.rtoKey)), check.limitS)}${clockBox("RTO-D: all data back (forecast, upper bound)", slowest(check.drills.map((drill) => drill.rtoData)), check.dataLimitS)}
    </div>
    <p class="note">
      The slowest drill counts. All of it is machine time: waiting for people was not measured.
      ${check.ageS === null ? "Some drill has no proof." : `The oldest proof is ${seconds(check.ageS)} old; it counts for ${seconds(check.maxAgeS)}.`}
    </p>
  </section>`
}

function clockBox(title: string, clock: ClockCheck, limitS: number): Markup {
  return html`<div class="clock ${clock.verdict}">
    <h3>${title}</h3>
    ${pill(clock.verdict)}
    <p class="actual">${clock.actualS === null ? "no valid time" : seconds(clock.actualS)}</p>
    ${
      clock.actualS === null
        ? html`<p>limit ${seconds(limitS)}</p>
            ${reasons(clock)}`
        : html`<p>
            limit ${seconds(limitS)}; ${spare(clock.spareS ?? 0)}; ${percent(clock.actualS / limitS)} of the limit used
          </p>`
    }
  </div>`
}

function spare(spareS: number): string {
  return spareS >= 0 ? `${seconds(spareS)} to spare` : `${seconds(-spareS)} over`
}

function reasons(clock: ClockCheck): Markup {
  const shown = clock.missing.slice(0, 5)
  const more = clock.missing.length - shown.length
  return html`<ul class="plain">
    ${shown.map((mark) => html`<li>${mark.why}</li>`)}${more > 0 && html`<li>and ${more} more, below</li>`}
  </ul>`
}

/** Worst first: a miss, then what is not proven, then the longest time. */
function slowest(clocks: readonly ClockCheck[]): ClockCheck {
  const nothing: ClockCheck = {
    verdict: "not-proven",
    actualS: null,
    spareS: null,
    missing: [{ mark: "record", why: "no drill was ever recorded here" }],
  }
  const rank: Readonly<Record<Kind, number>> = { missed: 2, "not-proven": 1, met: 0 }
  return (
    clocks.toSorted((a, b) => rank[b.verdict] - rank[a.verdict] || (b.actualS ?? 0) - (a.actualS ?? 0))[0] ?? nothing
  )
}
