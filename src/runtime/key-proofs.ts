import { tryParseArn } from "../access/arn.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import type { DatasetProof } from "../keys/status/recoverability.ts"
import type { DrillRecord, RunRecord } from "../rto/record.ts"

/**
 * What passed drills showed of an environment's datasets: every object that was drawn from the recovery copies came back
 * under a key of the recovery account. A rehearsal proves a rehearsed environment only.
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

/** An object that was sampled at the source shows that it can be re-encrypted, and nothing of the copies. */
function shown({ proofs, failures }: DrillRecord, { datasets, recovery }: ResolvedEnvironment): string[] {
  return datasets
    .filter(({ name, recoveryBucket, recoveryPrefix }) => {
      const copies = proofs.filter(
        ({ dataset, object }) => isOf(name, dataset) && object.startsWith(`s3://${recoveryBucket}/${recoveryPrefix}`),
      )
      return (
        copies.length > 0 &&
        failures.every(({ dataset }) => !isOf(name, dataset)) &&
        copies.every(({ keyArn }) => tryParseArn(keyArn)?.account === recovery.id)
      )
    })
    .map(({ name }) => name)
}

/** A drill tells the two sides of a dataset apart: `loki (source)`, `loki (recovery copy)`. */
const isOf = (name: string, told: string): boolean =>
  told === name || told === `${name} (source)` || told === `${name} (recovery copy)`
