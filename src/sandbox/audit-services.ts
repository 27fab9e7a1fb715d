import { createCloudTrail } from "./cloudtrail/index.ts"
import { createCloudWatch } from "./cloudwatch/index.ts"
import { cloudWatchStore, dumpCloudWatch, loadCloudWatch } from "./cloudwatch/store.ts"
import type { RecordedEstate } from "./config/estate.ts"
import { createConfig } from "./config/index.ts"
import { dumpConfig, loadConfig, type ConfigStore } from "./config/store.ts"
import type { AuditLog } from "./core/audit.ts"
import type { Service } from "./core/exchange.ts"
import type { Snapshottable } from "./core/snapshot.ts"
import type { EbsDefaults, Ec2Store } from "./ec2/ebs-encryption.ts"
import { createEc2 } from "./ec2/index.ts"
import type { KmsStore } from "./kms/store.ts"
import type { S3State } from "./s3/state.ts"
import { createServiceQuotas } from "./service-quotas/index.ts"

interface Watched {
  readonly audit: AuditLog
  readonly kms: KmsStore
  readonly s3: S3State
}

/** The services that watch over the others, and what of them a snapshot keeps. */
export function auditServices(watched: Watched): {
  readonly services: readonly Service[]
  readonly snapshot: readonly Snapshottable[]
} {
  const cloudWatch = cloudWatchStore()
  const config: ConfigStore = new Map()
  const ec2: Ec2Store = new Map()
  return {
    services: [
      createCloudTrail(watched.audit),
      createCloudWatch(cloudWatch),
      createConfig(config, recordedEstate(watched)),
      createEc2(ec2),
      createServiceQuotas(),
    ],
    snapshot: [
      {
        name: "cloudwatch",
        dump: () => dumpCloudWatch(cloudWatch),
        load: (dumped) => loadCloudWatch(cloudWatch, dumped),
      },
      { name: "config", dump: () => dumpConfig(config), load: (dumped) => loadConfig(config, dumped) },
      {
        name: "ec2",
        dump: () => [...ec2],
        load: (dumped) => {
          for (const [place, defaults] of dumped as Array<[string, EbsDefaults]>) ec2.set(place, defaults)
        },
      },
    ],
  }
}

function recordedEstate({ kms, s3 }: Watched): RecordedEstate {
  return {
    keys: (account, region) =>
      [...kms.keys]
        .filter(([of]) => of === region)
        .flatMap(([, keys]) => [...keys.values()])
        .filter((key) => key.account === account)
        .map(({ group, arn, manager, state }) => ({
          id: group.id,
          arn,
          manager,
          pendingDeletion: state === "PendingDeletion" || state === "PendingReplicaDeletion",
          rotates:
            group.origin === "AWS_KMS" && group.spec === "SYMMETRIC_DEFAULT" ? group.rotation.enabled : undefined,
        })),
    buckets: (account, region) =>
      [...s3.buckets.values()]
        .filter((bucket) => bucket.account === account && bucket.region === region)
        .map(({ name, encryption }) => ({
          name,
          algorithm: encryption?.algorithm ?? "AES256",
          ...(encryption?.keyId === undefined ? {} : { keyId: encryption.keyId }),
        })),
  }
}
