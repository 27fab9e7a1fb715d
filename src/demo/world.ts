import { roleArn } from "../access/arn.ts"
import { loadEstate } from "../estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"
import { estateRoles } from "../keys/estate-roles.ts"
import type { AccountId, BucketName, RegionName, RoleArn } from "../kernel/brands.ts"

/** The demo's estate: three accounts, two Regions, one key and its recovery key, four datasets. */
export const ACCOUNTS = {
  workload: { id: "111111111111" as AccountId, name: "workload-demo" },
  recovery: { id: "222222222222" as AccountId, name: "recovery-demo" },
  management: { id: "333333333333" as AccountId, name: "management-demo" },
} as const

const ORGANIZATION = { id: "o-drdemo12345", managementAccount: ACCOUNTS.management.id } as const

export const PRIMARY = "eu-central-1" as RegionName
export const RECOVERY = "eu-west-1" as RegionName
export const EXTERNAL_ID = "dr-demo"
export const ALIAS = "alias/observability-demo"
export const RECOVERY_ALIAS = "alias/observability-demo-recovery"
export const SCRATCH = "demo-dr-scratch" as BucketName

export const ROLES = {
  workload: {
    drill: roleArn(ACCOUNTS.workload.id, "dr-drill"),
    operator: roleArn(ACCOUNTS.workload.id, "key-operator"),
    breakGlass: roleArn(ACCOUNTS.workload.id, "break-glass"),
  },
  recovery: {
    drill: roleArn(ACCOUNTS.recovery.id, "dr-recovery"),
    operator: roleArn(ACCOUNTS.recovery.id, "key-operator"),
    breakGlass: roleArn(ACCOUNTS.recovery.id, "break-glass"),
    sync: roleArn(ACCOUNTS.recovery.id, "dr-sync"),
  },
} as const

export interface DemoDataset {
  readonly kind: "loki" | "mimir" | "tempo" | "tfstate"
  readonly bucket: BucketName
  readonly recoveryBucket: BucketName
  /** The service that writes it. */
  readonly user: RoleArn
  readonly priority: number
  readonly objects: number
}

export const DATASETS: readonly DemoDataset[] = (
  [
    ["tfstate", 1, 60],
    ["loki", 2, 900],
    ["mimir", 3, 360],
    ["tempo", 4, 440],
  ] as const
).map(([kind, priority, objects]) => ({
  kind,
  priority,
  objects,
  bucket: `demo-${kind}` as BucketName,
  recoveryBucket: `demo-${kind}-recovery` as BucketName,
  user: roleArn(ACCOUNTS.workload.id, kind === "tfstate" ? "terraform" : `observability-${kind}-role`),
}))

/** The dr.yaml of the demo: an ordinary one, with a loopback endpoint. */
export function demoConfig(endpoint: string): string {
  const datasets = DATASETS.map(
    (dataset) => `      ${dataset.kind}:
        kind: ${dataset.kind}
        bucket: ${dataset.bucket}
        key: observability
        recoveryBucket: ${dataset.recoveryBucket}
        users: [${dataset.user}]
        priority: ${dataset.priority}
        hotSet: all
        canaryPrefix: canary/`,
  ).join("\n")
  return `# The estate of \`dr sandbox demo\`: an ordinary dr.yaml, except for the endpoint.
version: 1
organization: { id: o-drdemo12345, managementAccount: management }
accounts:
  workload:
    id: "${ACCOUNTS.workload.id}"
    roles: ${rolesOf(ROLES.workload)}
  recovery:
    id: "${ACCOUNTS.recovery.id}"
    roles: ${rolesOf(ROLES.recovery)}
    externalId: ${EXTERNAL_ID}
  management: { id: "${ACCOUNTS.management.id}" }
environments:
  demo:
    account: workload
    recoveryAccount: recovery
    primaryRegion: ${PRIMARY}
    recoveryRegion: ${RECOVERY}
    endpoint: ${endpoint}
    scratch: { bucket: ${SCRATCH}, prefix: dr-drill/ }
    objectives: { rtoKey: 4h, rtoData: 4h, rpo: 24h }
    keys:
      observability:
        alias: ${ALIAS}
        multiRegion: true
        replicas: [${RECOVERY}]
        rotation: { periodDays: 365 }
        policy: guarded
        recovery: { alias: ${RECOVERY_ALIAS}, regions: [${RECOVERY}, ${PRIMARY}] }
    datasets:
${datasets}
    drills:
      - { drill: loki-sample, cron: "17 2 * * 1", timezone: UTC, grace: 6h }
      - { drill: mimir-sample, cron: "27 2 * * 1", timezone: UTC, grace: 6h }
      - { drill: tempo-sample, cron: "37 2 * * 1", timezone: UTC, grace: 6h }
      - { drill: terraform-state, cron: "47 2 * * *", timezone: UTC, grace: 6h }
      - { drill: primary-key-disabled, cron: "17 3 1 * *", timezone: UTC, grace: 24h }
`
}

const rolesOf = (roles: Readonly<Record<string, string>>): string =>
  `{ ${Object.entries(roles)
    .map(([name, arn]) => `${name}: ${arn}`)
    .join(", ")} }`

/** The environment of the demo. Policies do not depend on the endpoint. */
export function demoEnvironment(): ResolvedEnvironment {
  return environmentOf(loadEstate({ path: "dr.yaml", text: demoConfig("http://127.0.0.1:4599") }), "demo")
}

/** What an AWS needs to know before the demo's estate can be set up in it: roles with just the rights that dr renders for them. */
export function demoSandbox() {
  return {
    accounts: Object.values(ACCOUNTS),
    organization: ORGANIZATION,
    roles: estateRoles(demoEnvironment()),
  }
}
