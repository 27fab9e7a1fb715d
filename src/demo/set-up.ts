import { bucketArn, objectArn } from "../access/arn.ts"
import type { KeyArn } from "../kernel/brands.ts"
import { forEachBounded } from "../kernel/concurrency.ts"
import { demoObjects } from "./objects.ts"
import type { RehearsalPort } from "./ports.ts"
import {
  ACCOUNTS,
  ALIAS,
  DATASETS,
  PRIMARY,
  RECOVERY,
  RECOVERY_ALIAS,
  SCRATCH,
  recoveryKeyPolicy,
  sourceBucketPolicy,
  workloadKeyPolicy,
  type DemoDataset,
} from "./world.ts"

export interface DemoKeys {
  readonly primary: KeyArn
  readonly recovery: KeyArn
}

/** The keys as the policy wants them: a multi-Region key with its replica, and an independent recovery key, itself multi-Region. */
export async function createKeys(workload: RehearsalPort, recovery: RehearsalPort): Promise<DemoKeys> {
  const primary = await workload.createKey(PRIMARY, "observability data (demo)", workloadKeyPolicy())
  await workload.enableRotation(primary, 365)
  await workload.createAlias(PRIMARY, ALIAS, primary)
  const replica = await workload.replicateKey(primary, RECOVERY, workloadKeyPolicy())
  await workload.createAlias(RECOVERY, ALIAS, replica)

  const recoveryKey = await recovery.createKey(
    RECOVERY,
    "recovery key for observability data (demo)",
    recoveryKeyPolicy(),
  )
  await recovery.enableRotation(recoveryKey, 365)
  await recovery.createAlias(RECOVERY, RECOVERY_ALIAS, recoveryKey)
  const second = await recovery.replicateKey(recoveryKey, PRIMARY, recoveryKeyPolicy())
  await recovery.createAlias(PRIMARY, RECOVERY_ALIAS, second)
  return { primary, recovery: recoveryKey }
}

const IN_FLIGHT = 24

/** Writes every dataset and its recovery copy; returns how many objects there are in all. */
export async function writeData(
  workload: RehearsalPort,
  recovery: RehearsalPort,
  keys: DemoKeys,
  signal: AbortSignal,
  datasets: readonly DemoDataset[] = DATASETS,
): Promise<number> {
  await recovery.createBucket(RECOVERY, SCRATCH, keys.recovery)
  let written = 0
  for (const dataset of datasets) written += await writeDataset(workload, recovery, keys, dataset, signal)
  return written
}

async function writeDataset(
  workload: RehearsalPort,
  recovery: RehearsalPort,
  keys: DemoKeys,
  dataset: DemoDataset,
  signal: AbortSignal,
): Promise<number> {
  const { bucket, recoveryBucket } = dataset
  const policy = sourceBucketPolicy(bucket, { bucket: bucketArn(bucket), objects: objectArn(bucket, "*") })
  await workload.createBucket(PRIMARY, bucket, keys.primary, policy)
  await recovery.createBucket(RECOVERY, recoveryBucket, keys.recovery)
  let written = 0
  await forEachBounded(
    demoObjects(dataset),
    IN_FLIGHT,
    async (object) => {
      await workload.putObject(PRIMARY, { ...object, bucket, keyArn: keys.primary })
      await recovery.copyObject(
        RECOVERY,
        { bucket, key: object.key, owner: ACCOUNTS.workload.id },
        { bucket: recoveryBucket, key: object.key },
        keys.recovery,
      )
      written += 2
    },
    signal,
  )
  return written
}
