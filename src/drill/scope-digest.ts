import { digestOf } from "../kernel/digest.ts"
import type { DrillScope } from "./scope.ts"

/**
 * What a drill proves something about: accounts, Regions, keys and datasets, and what it expects. A record counts only for
 * an estate with the same digest, so that a new dataset or another account is never covered by an old proof. Role names,
 * sample size, seed and endpoint are left out: they change how it is proven, not what.
 */
export function scopeDigest(scope: DrillScope): string {
  return digestOf({
    drill: scope.definition.name,
    from: [...scope.definition.sample.from].sort(),
    expect: scope.definition.expect,
    workload: scope.workload.account,
    recovery: scope.recovery.account,
    primaryRegion: scope.primaryRegion,
    recoveryRegion: scope.recoveryRegion,
    datasets: scope.datasets,
    keys: scope.keys.filter((key) => scope.datasets.some((dataset) => dataset.key === key.name)),
  })
}
