import type { DrillDefinition } from "../drill/schema.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import { rtoHtml } from "../report/html.ts"
import { rtoMarkdown } from "../report/markdown.ts"
import { reportOf, type RtoReport } from "../rto/report.ts"
import type { Verdict } from "../rto/verdict.ts"
import type { Deps } from "./deps.ts"
import { objectivesOf, storedRecords } from "./rto-records.ts"

export type ReportOutput = "html" | "md" | "json"

export interface RenderedReport {
  readonly report: RtoReport
  readonly text: string
  readonly verdict: Verdict["kind"]
}

/** The report over all stored records of these environments, rendered. */
export async function rtoReport(
  deps: Pick<Deps, "state" | "clock">,
  environments: readonly ResolvedEnvironment[],
  options: { acceptSimulated: boolean; output: ReportOutput; definitions: ReadonlyMap<string, DrillDefinition> },
): Promise<RenderedReport> {
  const { records, stored, broken } = await storedRecords(deps.state)
  const report = reportOf(records, objectivesOf(environments, options.definitions), deps.clock.now(), {
    acceptSimulated: options.acceptSimulated,
    broken,
    stored,
  })
  return { report, text: RENDER[options.output](report), verdict: report.verdict }
}

const RENDER: Readonly<Record<ReportOutput, (report: RtoReport) => string>> = {
  html: rtoHtml,
  md: rtoMarkdown,
  json: (report) => JSON.stringify(report, undefined, 2),
}
