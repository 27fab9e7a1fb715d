import type { DrillContext, SampledObject } from "./context.ts"
import type { ScopedDataset } from "./scope.ts"

/** Where one side of a dataset lies. */
interface Side {
  readonly bucket: ScopedDataset["bucket"]
  readonly prefix: string
  readonly owner: DrillContext["scope"]["workload"]["account"]
  readonly region: DrillContext["scope"]["primaryRegion"]
}

export function sideOf(context: DrillContext, dataset: ScopedDataset, from: SampledObject["from"]): Side {
  const { scope } = context
  return from === "source"
    ? { bucket: dataset.bucket, prefix: dataset.prefix, owner: scope.workload.account, region: scope.primaryRegion }
    : {
        bucket: dataset.recoveryBucket,
        prefix: dataset.recoveryPrefix,
        owner: scope.recovery.account,
        region: scope.recoveryRegion,
      }
}
