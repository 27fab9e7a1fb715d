import { demoConfig } from "../../../src/demo/world.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../../../src/estate/topology.ts"
import type { RoleArn } from "../../../src/kernel/brands.ts"
import { estateRoles } from "../../../src/keys/estate-roles.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"

export type Side = "workload" | "recovery"

/** How an estate differs from the usual one: a key, its replica, its recovery key, one dataset with its copy. */
export interface Variant {
  readonly replica?: "none"
  /** `none`: no datasets; the key's user keeps a ciphertext itself, under the policy document's own template. */
  readonly data?: "none"
  readonly origin?: "EXTERNAL"
  /** Who may manage the key of a side: nobody, or break-glass, which may set its policy and nothing else. */
  readonly keepers?: { readonly side: Side; readonly are: "nobody" | "author" }
  readonly recoveryKey?: "Disabled"
  readonly workloadKey?: "Disabled"
  /** Of imported material: a set of shares holds it, or it has a date in the primary's Region, or both. */
  readonly escrowed?: true
  readonly expires?: true
}

export const MANAGEMENT = "333333333333"

/** One sandbox for many small estates, each in a pair of accounts and in buckets of its own. */
export async function incidentSandbox(variants: readonly Variant[]): Promise<Sandbox> {
  const environments = variants.map((variant, at) => environmentFor(configFor(at), variant))
  return startSandbox({
    accounts: [
      { id: MANAGEMENT, name: "management" },
      ...environments
        .flatMap(({ workload, recovery }) => [workload, recovery])
        .map(({ id }) => ({ id, name: `of-${id}` })),
    ],
    organization: { id: "o-drdemo12345", managementAccount: MANAGEMENT },
    roles: environments.flatMap((environment) => estateRoles(environment)),
    replicaDelayMs: 0,
  })
}

/** The dr.yaml of the estate at this place in the list. */
export const configFor = (at: number, endpoint = "http://127.0.0.1:1"): string =>
  demoConfig(endpoint)
    .replaceAll("111111111111", `1${String(at).padStart(11, "0")}`)
    .replaceAll("222222222222", `2${String(at).padStart(11, "0")}`)
    .replaceAll("demo-", `s${at}-`)

export function environmentFor(text: string, variant: Variant): ResolvedEnvironment {
  const environment = environmentOf(loadEstate({ path: "dr.yaml", text }), "demo")
  const bare = variant.data === "none"
  return {
    ...environment,
    datasets: bare ? [] : environment.datasets.filter(({ name }) => name === "loki"),
    keys: environment.keys.map((key) => ({
      ...key,
      replicas: variant.replica === "none" ? [] : key.replicas,
      origin: variant.origin ?? "AWS_KMS",
      ...(bare ? { users: [appRole(environment)], policy: "seed-default" as const } : {}),
    })),
  }
}

const appRole = ({ workload }: ResolvedEnvironment): RoleArn => `arn:aws:iam::${workload.id}:role/app` as RoleArn
