import { tryParseArn } from "../access/arn.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import type { DatasetProof } from "../keys/status/recoverability.ts"
import type { DrillRecord, RunRecord } from "../rto/record.ts"

/**
 * What passed drills showed of an environment's datasets: every object that was drawn came back under a key of the
 * recovery account. A rehearsal proves a rehearsed environment only.
 */
export function datasetProofs(records: readonly RunRecord[], environment: ResolvedEnvironment): DatasetProof[] {
  return records
    .filter(({ env, simulated }) => env === environment.name && (environment.simulated || !simulated))
    .flatMap(({ run, simulated, drills }) =>
      drills
        .filter(({ outcome }) => outcome === "passed")
        .flatMap((drill) =>
          shown(drill, environment).map((dataset) => ({
            dataset,
            drill: drill.drill,
            run,
            simulated,
            at: drill.finishedAt ?? drill.startedAt,
          })),
        ),
    )
}

function shown({ proofs, failures }: DrillRecord, { recovery }: ResolvedEnvironment): string[] {
  const datasets = [...new Set(proofs.map(({ dataset }) => dataset))].filter((dataset) => dataset !== "")
  return datasets.filter(
    (dataset) =>
      failures.every((failure) => failure.dataset !== dataset) &&
      proofs.every((proof) => proof.dataset !== dataset || tryParseArn(proof.keyArn)?.account === recovery.id),
  )
}
