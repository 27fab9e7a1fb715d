import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { RoleArn } from "../kernel/brands.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../estate/topology.ts"
import { renderedInventory } from "../keys/rendered-inventory.ts"
import type { DrillDefinition } from "./schema.ts"
import type { DrillScope, Party } from "./scope.ts"

/**
 * What one definition means in one environment. Pure.
 * @throws DrError E_NOTHING_TO_DRILL (78) when the environment has no dataset of the kind: zero objects is never a pass
 */
export function resolveScope(
  environment: ResolvedEnvironment,
  definition: DrillDefinition,
  options: { seed: string; sampleSize?: number },
): DrillScope {
  const kinds = definition.datasets
  const datasets = environment.datasets.filter((dataset) => kinds === "all" || kinds.includes(dataset.kind))
  if (datasets.length === 0) {
    throw new DrError({
      code: "E_NOTHING_TO_DRILL",
      exit: EXIT.config,
      message: `drill ${definition.name} samples ${kinds === "all" ? "every dataset" : kinds.join(", ")}, environment ${environment.name} has none of them`,
      hints: ["add the dataset to dr.yaml, or drill another one: dr drill list"],
    })
  }
  return {
    env: environment.name,
    definition,
    workload: partyOf(environment.workload),
    recovery: partyOf(environment.recovery),
    primaryRegion: environment.primaryRegion,
    recoveryRegion: environment.recoveryRegion,
    scratch: environment.scratch,
    ...renderedFor(environment),
    sampleSize: options.sampleSize ?? definition.sample.size,
    seed: options.seed,
    datasets: datasets.map(({ name, kind, key, bucket, prefix, recoveryBucket, recoveryPrefix, canaryPrefix }) => ({
      name,
      kind,
      key,
      bucket,
      prefix,
      recoveryBucket,
      recoveryPrefix,
      ...(canaryPrefix === undefined ? {} : { canaryPrefix }),
    })),
    keys: environment.keys.map((key) => ({
      name: key.name,
      alias: key.alias,
      replicas: key.replicas,
      recoveryAlias: key.recovery.alias,
      recoveryRegions: key.recovery.regions,
      ...(key.rotation === undefined ? {} : { rotationDays: key.rotation.periodDays }),
    })),
  }
}

/** An environment that names no break-glass role can be drilled, but not rendered. */
function renderedFor(environment: ResolvedEnvironment): Pick<DrillScope, "rendered"> {
  try {
    return { rendered: renderedInventory(environment) }
  } catch (thrown) {
    if (thrown instanceof DrError && thrown.code.startsWith("E_POLICY_")) return {}
    throw thrown
  }
}

function partyOf(account: ResolvedAccount): Party {
  return {
    account: account.id,
    role: drillRole(account),
    ...(account.externalId === undefined ? {} : { externalId: account.externalId }),
  }
}

function drillRole(account: ResolvedAccount): RoleArn {
  if (account.roles.drill !== undefined) return account.roles.drill
  throw new DrError({
    code: "E_CONFIG",
    exit: EXIT.config,
    message: `account ${account.name} has no roles.drill in dr.yaml`,
  })
}
