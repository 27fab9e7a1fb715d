import type { EnvironmentReport, RtoReport } from "../rto/report.ts"
import { evidenceSection } from "./evidence-section.ts"
import { html } from "./markup.ts"
import { PAGE_STYLE } from "./page-style.ts"
import {
  checksSection,
  environmentsSection,
  notTestedSection,
  peopleSection,
  samplesSection,
} from "./table-sections.ts"
import { timelineSection, trendSection } from "./time-sections.ts"
import { headline, verdictSection } from "./verdict-section.ts"
import { SIMULATED, utc } from "./words.ts"

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
// Inside `html` a style sheet would be escaped; it is ours, and holds nothing from outside.
const HEAD_END = `<style>${PAGE_STYLE}</style></head>`

/** One self-contained page: no script, no reference to anywhere, the same bytes for the same report. */
export function rtoHtml(report: RtoReport): string {
  const names = report.environments.map((environment) => environment.env).join(", ")
  const head = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Recovery time report: ${names}</title>
     `
  const body = html`<body>
      <a class="skip" href="#verdict">Skip to the verdict</a>
      <svg width="0" height="0" aria-hidden="true" focusable="false">
        <defs>
          <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="2.4" height="6" fill="var(--card)" />
          </pattern>
        </defs>
      </svg>
      <header>
        <p class="eyebrow">Recovery time report · ${names}</p>
        <h1>${headline(report)}</h1>
        <p class="lead">
          As of ${utc(report.asOf)}. Judged from ${count(report)} against the recovery time objectives of dr.yaml.
        </p>
        ${banners(report)}
      </header>
      <main>
        ${report.environments.map((environment) => [verdictSection(environment), timelineSection(environment), trendSection(environment, report.asOf)])}
        ${environmentsSection(report)}${report.environments.flatMap((environment) => [samplesSection(environment), checksSection(environment), peopleSection(environment), evidenceSection(environment), notTestedSection(environment)])}
        <section aria-labelledby="method">
          <h2 id="method">Method</h2>
          <ul class="plain">
            ${report.method.map((sentence) => html`<li>${sentence}</li>`)}
          </ul>
        </section>
      </main>
      <footer>
        <p>
          Written by dr from its chained records; the same records give the same bytes. All values are in the JSON form
          of this report: dr rto report -o json
        </p>
      </footer>
    </body>
    </html> `
  return `${head.text.trim()}${HEAD_END}${body.text.trim()}\n`
}

function banners(report: RtoReport) {
  const broken = report.check.broken
  return [
    report.simulated &&
      html`<p class="simulated" role="note">
        ${SIMULATED}<span
          >${report.acceptSimulated ? "Rehearsed runs were accepted on request (--accept-simulated): what is called met here says that the procedure works, not that AWS has been proven." : "Rehearsed runs are shown and never counted."}</span
        >
      </p>`,
    broken.length > 0 &&
      html`<div class="broken" role="note">
        <strong>✕ The chain of records is broken: nothing below is proven.</strong>
        <ul class="plain">
          ${broken.map((one) => html`<li><code>${one.file}</code>: ${one.why}</li>`)}
        </ul>
      </div>`,
  ]
}

function count(report: RtoReport): string {
  const drills = report.environments.reduce(
    (sum: number, environment: EnvironmentReport) => sum + environment.drills.length,
    0,
  )
  return drills === 1 ? "the last run of 1 drill" : `the last runs of ${drills} drills`
}
