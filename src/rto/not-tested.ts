import type { DrillRecord } from "./record.ts"

type Tested = Omit<DrillRecord, "notTested">

/** What a drill leaves open, in sentences: a report that keeps silent about it would promise more than was measured. */
export function notTested(drill: Tested): string[] {
  return [
    ...drill.samples.filter((sample) => sample.population > sample.drawn + sample.canaries).map(unread),
    ...drill.checks.filter((check) => check.result === "skipped").map((check) => `${check.check}: ${check.observed}`),
    ...(drill.rewraps.length === 0 ? ["re-encryption of wrapped data keys by KMS: none was re-encrypted"] : []),
    "copying everything: RTO-D is a forecast from the sample's rates, not a measurement at full volume",
    "quotas, throttling and partition limits of S3 and KMS at full volume",
    "people: detection, decision and approval take time that no drill measures; both clocks start with the drill",
    "the workloads themselves: a reader session read the copies, no service was pointed at the recovery key",
  ]
}

function unread(sample: Tested["samples"][number]): string {
  const left = sample.population - sample.drawn - sample.canaries
  return `${left.toLocaleString("en-US")} of ${sample.population.toLocaleString("en-US")} objects of ${sample.dataset} were not read`
}
