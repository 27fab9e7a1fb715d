import { display } from "../kernel/display.ts"
import type { DrillReport, EnvironmentReport } from "../rto/report.ts"
import { html, type Markup } from "./markup.ts"
import { bytes, clockTime } from "./words.ts"

/** Rows for eyes; programs read the JSON. */
const OBJECTS = 10
const CALLS = 20
/** Characters of a name; S3 allows 1,024. */
const NAME = 160

export function evidenceSection({ env, drills }: EnvironmentReport): Markup {
  if (drills.length === 0) return html``
  return html`<section aria-labelledby="evidence-${env}">
    <h2 id="evidence-${env}">Evidence</h2>
    ${drills.map(
      (drill) =>
        html`<h3>${drill.drill.drill}</h3>
          ${
            drill.stored &&
            html`<dl>
              <dt>record</dt>
              <dd><code>${drill.stored.file}</code></dd>
              <dt>hash in the chain</dt>
              <dd><code>${drill.stored.hash}</code></dd>
            </dl>`
          }${objects(drill)}${calls(drill)}`,
    )}
  </section>`
}

function objects(report: DrillReport): Markup {
  const { proofs } = report
  if (proofs.length === 0) return html`<p>No object was verified.</p>`
  const shown = proofs.slice(0, OBJECTS)
  return html`<div class="scroll">
    <table>
      <caption>
        Objects that were read back: ${shown.length} of
        ${proofs.length}${proofs.length > shown.length ? `; ${proofs.length - shown.length} more are in the JSON` : ""}
      </caption>
      <thead>
        <tr>
          <th scope="col">UTC</th>
          <th scope="col">object</th>
          <th scope="col">version</th>
          <th scope="col" class="n">size</th>
          <th scope="col">SHA-256</th>
          <th scope="col">level</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (proof) =>
            html`<tr>
              <td class="nowrap">${clockTime(report.drill.startedAt, proof.startMs + proof.durationMs)}</td>
              <th scope="row" class="mono">${display(proof.object, NAME)}</th>
              <td class="mono">${proof.versionId ?? "–"}</td>
              <td class="n">${bytes(proof.sizeBytes)}</td>
              <td><span class="mono hash">${proof.sha256}</span></td>
              <td>${proof.level}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function calls(report: DrillReport): Markup {
  const shown = firstOfEach(report)
  const left = report.calls.length - shown.length
  if (shown.length === 0) return html`<p>No call to AWS was recorded.</p>`
  return html`<div class="scroll">
    <table>
      <caption>
        Calls to AWS: ${shown.length} of ${report.calls.length}, the first of each
        kind${left > 0 ? `; ${left} more are in the JSON, each with its request id` : ""}
      </caption>
      <thead>
        <tr>
          <th scope="col">UTC</th>
          <th scope="col">phase</th>
          <th scope="col">call</th>
          <th scope="col">account, Region</th>
          <th scope="col">answer</th>
          <th scope="col">request id</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (call) =>
            html`<tr>
              <td class="nowrap">${clockTime(report.run.startedAt, call.startMs + call.durationMs)}</td>
              <td>${call.phase ?? "–"}</td>
              <th scope="row">${call.service}:${call.operation}</th>
              <td class="nowrap">${call.account ?? "–"}, ${call.region ?? "–"}</td>
              <td class="nowrap">${call.status ?? "–"} ${call.awsCode ?? ""}</td>
              <td class="mono">${call.requestId ?? "–"}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** One of each operation per phase says more than the first ten of a thousand copies. */
function firstOfEach(report: DrillReport): DrillReport["calls"] {
  const first = new Map<string, DrillReport["calls"][number]>()
  for (const call of report.calls) {
    const kind = `${call.phase ?? ""} ${call.service}:${call.operation} ${call.awsCode ?? ""}`
    if (!first.has(kind)) first.set(kind, call)
  }
  return [...first.values()].slice(0, CALLS)
}
