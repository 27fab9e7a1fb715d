import type { DrillReport, EnvironmentReport, RtoReport } from "../rto/report.ts"
import { html, type Markup } from "./markup.ts"
import { pill } from "./verdict-section.ts"
import { rightsLine } from "./rights-line.ts"
import { bytes, duration, number, percent, rate, seconds, utc } from "./words.ts"

export function environmentsSection(report: RtoReport): Markup {
  return html`<section aria-labelledby="environments">
    <h2 id="environments">Environments and drills</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">environment</th>
            <th scope="col">drill</th>
            <th scope="col">RTO-K</th>
            <th scope="col" class="n">time</th>
            <th scope="col">RTO-D</th>
            <th scope="col" class="n">estimate, 95 % interval</th>
            <th scope="col" class="n">age</th>
          </tr>
        </thead>
        <tbody>
          ${report.check.environments.flatMap((environment) =>
            environment.drills.length === 0
              ? [
                  html`<tr>
                    <th scope="row">${environment.env}</th>
                    <td colspan="6">no drill was ever recorded here: ${environment.hints.join("; ")}</td>
                  </tr>`,
                ]
              : environment.drills.map(
                  (drill) =>
                    html`<tr>
                      <th scope="row">${environment.env}</th>
                      <td>${drill.drill}</td>
                      <td>${pill(drill.rtoKey.verdict)}</td>
                      <td class="n">${seconds(drill.rtoKey.actualS)}</td>
                      <td>${pill(drill.rtoData.verdict)}</td>
                      <td class="n">
                        ${seconds(drill.rtoData.estimateS)}${drill.rtoData.estimateS !== null && html`<br />${note(`${seconds(drill.rtoData.lowerS)} to ${drill.rtoData.upperS === null ? "no bound" : seconds(drill.rtoData.upperS)}`)}`}
                      </td>
                      <td class="n">
                        ${drill.ageS === null ? "never" : `${seconds(drill.ageS)}${drill.stale ? " ! stale" : ""}`}
                      </td>
                    </tr>`,
                ),
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

export function samplesSection({ env, drills }: EnvironmentReport): Markup {
  if (drills.length === 0) return html``
  const rows = drills.flatMap((report) => report.drill.samples.map((sample) => ({ report, sample })))
  return html`<section aria-labelledby="samples-${env}">
    <h2 id="samples-${env}">What was read</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">drill</th>
            <th scope="col">dataset</th>
            <th scope="col" class="n">objects there</th>
            <th scope="col" class="n">drawn</th>
            <th scope="col" class="n">canaries</th>
            <th scope="col" class="n">verified (SHA-256)</th>
            <th scope="col" class="n">strata</th>
            <th scope="col">seed</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(({ report, sample }) => {
            const proofs = report.proofs.filter((proof) => proof.dataset === sample.dataset)
            return html`<tr>
              <th scope="row">${report.drill.drill}</th>
              <td>${sample.dataset}</td>
              <td class="n">${number(sample.population)}<br />${note(bytes(sample.populationBytes))}</td>
              <td class="n">
                ${number(sample.drawn)} = ${percent(sample.population === 0 ? 0 : sample.drawn / sample.population)}<br />${note(bytes(sample.drawnBytes))}
              </td>
              <td class="n">${number(sample.canaries)}</td>
              <td class="n">
                ${number(proofs.length)}<br />${note(bytes(proofs.reduce((sum, proof) => sum + proof.sizeBytes, 0)))}
              </td>
              <td class="n">${Object.keys(sample.strata).length}</td>
              <td><code>${sample.seed}</code></td>
            </tr>`
          })}
        </tbody>
      </table>
    </div>
    ${rateTable(drills)}
    <p class="note">
      What the smallest sample of each drill can see, with 95 % confidence:
      ${drills.map((report) => `${report.drill.drill} read ${number(report.power.read)} objects of a dataset and would have shown a share of ${percent(report.power.noticeable)} bad ones`).join("; ")}.
      For a share of 1 %, ${drills[0]?.power.forOnePercent ?? 0} are needed.
    </p>
  </section>`
}

function rateTable(drills: readonly DrillReport[]): Markup {
  const rows = drills.flatMap((report) => (report.forecast?.datasets ?? []).map((dataset) => ({ report, dataset })))
  if (rows.length === 0) return html``
  return html`<h3>Forecast for all data, from measured rates</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">drill</th>
            <th scope="col">dataset (slower side)</th>
            <th scope="col" class="n">measured</th>
            <th scope="col" class="n">copies/s</th>
            <th scope="col" class="n">verified/s</th>
            <th scope="col" class="n">objects in all</th>
            <th scope="col" class="n">estimate, 95 % interval</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ report, dataset }) =>
              html`<tr>
                <th scope="row">${report.drill.drill}</th>
                <td>${dataset.dataset}</td>
                <td class="n">${number(dataset.measured)}</td>
                <td class="n">${rate(dataset.copyPerSecond)}</td>
                <td class="n">${rate(dataset.verifyPerSecond)}</td>
                <td class="n">${number(dataset.population)}</td>
                <td class="n">
                  ${duration(dataset.pointMs)}<br />${note(`${duration(dataset.lowerMs)} to ${duration(dataset.upperMs)}`)}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}

const MARKS = { ok: "✓ ok", failed: "✕ failed", unknown: "? unknown", skipped: "– skipped" } as const

/** Every check that is not ok, in full; of the good ones the number. */
export function checksSection({ env, drills }: EnvironmentReport): Markup {
  if (drills.length === 0) return html``
  const checks = drills.flatMap((report) =>
    report.drill.checks.map((check) => ({ drill: report.drill.drill, ...check })),
  )
  const exceptions = checks.filter((check) => check.result !== "ok")
  const failures = drills.flatMap((report) =>
    report.drill.failures.map((failure) => ({ drill: report.drill.drill, ...failure })),
  )
  const warnings = [...new Set(drills.flatMap((report) => report.run.warnings.map((warning) => warning.message)))]
  return html`<section aria-labelledby="checks-${env}">
    <h2 id="checks-${env}">Checks and exceptions</h2>
    <p>
      ${checks.length - exceptions.length} of ${checks.length} checks ✓ ok;
      ${failures.length === 0 ? "no object failed and none is unknown" : `${failures.length} objects ✕ failed or ? unknown`};
      ${drills.map((report) => (report.drill.cleanup === undefined ? `${report.drill.drill}: clean-up did not report` : `${report.drill.drill}: ${report.drill.cleanup.deleted} scratch objects removed, ${report.drill.cleanup.left} left`)).join("; ")}.
    </p>
    ${drills.map(({ drill }) => {
      const rights = rightsLine(drill)
      return rights !== undefined && html`<p>${drill.drill}: ${rights}.</p>`
    })}${
      exceptions.length > 0 &&
      html`<div class="scroll">
        <table>
          <caption>
            Checks that are not ok
          </caption>
          <thead>
            <tr>
              <th scope="col">drill</th>
              <th scope="col">phase</th>
              <th scope="col">check</th>
              <th scope="col">result</th>
              <th scope="col">expected</th>
              <th scope="col">observed</th>
            </tr>
          </thead>
          <tbody>
            ${exceptions.map(
              (check) =>
                html`<tr>
                  <th scope="row">${check.drill}</th>
                  <td>${check.phase}</td>
                  <td class="long">${check.check}</td>
                  <td class="nowrap">${MARKS[check.result]}</td>
                  <td class="long">${check.expected}</td>
                  <td class="long">${check.observed}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`
    }${
      failures.length > 0 &&
      html`<div class="scroll">
        <table>
          <caption>
            Objects without a proof
          </caption>
          <thead>
            <tr>
              <th scope="col">drill</th>
              <th scope="col">object</th>
              <th scope="col">step</th>
              <th scope="col">result</th>
              <th scope="col">why</th>
            </tr>
          </thead>
          <tbody>
            ${failures.slice(0, 50).map(
              (failure) =>
                html`<tr>
                  <th scope="row">${failure.drill}</th>
                  <td class="mono">${failure.object}</td>
                  <td>${failure.step}</td>
                  <td class="nowrap">${MARKS[failure.result]}</td>
                  <td class="long">${failure.message}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`
    }${failures.length > 50 && html`<p class="note">${failures.length - 50} more are in the JSON.</p>`}${
      warnings.length > 0 &&
      html`<ul class="plain">
        ${warnings.map((warning) => html`<li>! ${warning}</li>`)}
      </ul>`
    }
    <p class="note">Corrective actions, owners and dates: to be filled in by the reader; dr records none.</p>
  </section>`
}

export function peopleSection({ env, drills }: EnvironmentReport): Markup {
  if (drills.length === 0) return html``
  const runs = [...new Map(drills.map((report) => [report.run.run, report])).values()]
  const identities = distinct(
    drills.flatMap((report) =>
      report.drill.identities.map(({ role, account, principal }) => ({ role, account, principal })),
    ),
  )
  const keys = distinct(
    drills.flatMap((report) =>
      report.drill.keys.map(({ role, arn, account, region, state }) => ({ role, arn, account, region, state })),
    ),
  )
  return html`<section aria-labelledby="who-${env}">
    <h2 id="who-${env}">Who ran it, with which roles and keys</h2>
    <div class="scroll">
      <table>
        <caption>
          Runs
        </caption>
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col">started</th>
            <th scope="col">by</th>
            <th scope="col">AWS</th>
            <th scope="col">dr</th>
            <th scope="col">dr.yaml</th>
          </tr>
        </thead>
        <tbody>
          ${runs.map(
            ({ run }) =>
              html`<tr>
                <th scope="row"><code>${run.run}</code></th>
                <td class="nowrap">${utc(run.startedAt)}</td>
                <td>${run.trigger}</td>
                <td>${run.simulated ? "emulated" : "real"}</td>
                <td>${run.version}</td>
                <td class="mono">${run.config === undefined ? "–" : `${run.config.path} ${run.config.sha256}`}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="scroll">
      <table>
        <caption>
          Assumed roles
        </caption>
        <thead>
          <tr>
            <th scope="col">role</th>
            <th scope="col">account</th>
            <th scope="col">session</th>
          </tr>
        </thead>
        <tbody>
          ${identities.map(
            (identity) =>
              html`<tr>
                <th scope="row" class="mono">${identity.role}</th>
                <td>${identity.account}</td>
                <td class="mono">${identity.principal}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="scroll">
      <table>
        <caption>
          Keys as they were found
        </caption>
        <thead>
          <tr>
            <th scope="col">key</th>
            <th scope="col">ARN</th>
            <th scope="col">account</th>
            <th scope="col">Region</th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody>
          ${keys.map(
            (key) =>
              html`<tr>
                <th scope="row" class="nowrap">${key.role}</th>
                <td class="mono">${key.arn}</td>
                <td>${key.account}</td>
                <td class="nowrap">${key.region}</td>
                <td>${key.state}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}

export function notTestedSection({ env, drills }: EnvironmentReport): Markup {
  if (drills.length === 0) return html``
  const sentences = new Map<string, string[]>()
  for (const { drill } of drills)
    for (const sentence of drill.notTested) sentences.set(sentence, [...(sentences.get(sentence) ?? []), drill.drill])
  return html`<section aria-labelledby="open-${env}">
    <h2 id="open-${env}">What was not tested</h2>
    <ul class="plain">
      ${[...sentences].map(([sentence, names]) => html`<li>${sentence}${names.length < drills.length && html` <span class="note">(${names.join(", ")})</span>`}</li>`)}
    </ul>
  </section>`
}

const note = (text: string): Markup => html`<span class="note">${text}</span>`
