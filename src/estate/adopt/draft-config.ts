import { display } from "../../kernel/display.ts"
import { dataOf, type AdoptedData } from "./datasets.ts"
import { environmentsOf, type AdoptedEnvironment, type KeyPair } from "./environments.ts"
import { organizationIn, rolesIn, usersIn } from "./known-statements.ts"
import type { AdoptedKey, AdoptedSource } from "./source.ts"
import { field, fillIn, flow } from "./yaml-line.ts"

export interface DraftConfig {
  readonly text: string
  /** Lines that hold FILL-IN. */
  readonly fillIns: number
  /** Lines that were read from names. */
  readonly checks: number
  readonly keys: number
  readonly datasets: number
}

/**
 * A dr.yaml from what a source tells. What it does not tell stands as FILL-IN, which `dr config validate` refuses line by
 * line; what was read from a name carries CHECK. Nothing is made up.
 */
export function draftConfig(source: AdoptedSource, from: string, notes: readonly string[]): DraftConfig {
  const { environments, unused } = environmentsOf(source, "prod")
  const drafted = environments.map((environment) => ({ environment, data: dataOf(environment, source.buckets) }))
  const organization = organizationIn(source.keys)
  const lines = [
    ...heading(from),
    ...notes.map((note) => `# not read: ${display(note)}`),
    ...unused.map((key) => `# not used: ${display(key.from)} looks like a recovery key, and no key is named like it`),
    "version: 1",
    ...(organization === undefined ? [] : [field(0, "organization", flow({ id: organization }))]),
    "",
    "accounts:",
    ...drafted.flatMap(({ environment }) => accounts(environment, environments.length > 1)),
    "",
    "objectives: { rtoKey: 4h, rtoData: 4h, rpo: 24h, proofMaxAge: 35d }",
    "",
    "environments:",
    ...drafted.flatMap(({ environment, data }) => environmentLines(environment, data, environments.length > 1)),
  ]
  const text = `${lines.join("\n")}\n`
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length
  return {
    text,
    fillIns: count(/^[^#]*FILL-IN/),
    checks: count(/# CHECK/),
    keys: environments.flatMap(({ pairs }) => pairs).length,
    datasets: drafted.flatMap(({ data }) => data.datasets).length,
  }
}

const heading = (from: string): string[] => [
  "# yaml-language-server: $schema=./node_modules/kms-dr/schemas/dr-yaml.schema.json",
  "#",
  `# Read from ${display(from)} by dr config init --from-terraform.`,
  "# FILL-IN: the source does not tell. `dr config validate` names every one of these lines.",
  "# CHECK: read from a name, or by what is usual. Look at it, then take the comment away.",
]

const accountNames = ({ name }: AdoptedEnvironment, several: boolean): { workload: string; recovery: string } =>
  several
    ? { workload: `workload-${name}`, recovery: `recovery-${name}` }
    : { workload: "workload", recovery: "recovery" }

function accounts(environment: AdoptedEnvironment, several: boolean): string[] {
  const names = accountNames(environment, several)
  const guards = environment.pairs.flatMap(({ recovery }) => (recovery === undefined ? [] : [recovery]))
  return [
    ...account(
      names.workload,
      environment.account,
      environment.pairs.map(({ key }) => key),
      "workload",
    ),
    ...account(names.recovery, environment.recoveryAccount, guards, "recovery"),
  ]
}

function account(
  name: string,
  id: string | undefined,
  keys: readonly AdoptedKey[],
  side: "workload" | "recovery",
): string[] {
  const { drill, operator, breakGlass, sync, restore } = rolesIn(keys, side)
  const what = side === "recovery" ? "another account: its loss must not take the copies along" : "where the keys are"
  return [
    `  ${name}:`,
    field(4, "id", id === undefined ? fillIn(`12 digits; ${what}`) : { value: JSON.stringify(id) }),
    "    roles:",
    field(6, "drill", drill ?? fillIn("the role that drills assume")),
    field(6, "operator", operator ?? fillIn("keeps the keys in order")),
    field(6, "breakGlass", breakGlass ?? fillIn("alone may disable, delete or re-policy keys")),
    ...(sync === undefined ? [] : [field(6, "sync", sync)]),
    ...(restore === undefined ? [] : [field(6, "restore", restore)]),
  ]
}

function environmentLines(environment: AdoptedEnvironment, data: AdoptedData, several: boolean): string[] {
  const { name, pairs, primaryRegion, recoveryRegion } = environment
  const names = accountNames(environment, several)
  const { scratch, datasets } = data
  return [
    `  ${name}:`,
    field(4, "account", names.workload),
    field(4, "recoveryAccount", names.recovery),
    field(4, "primaryRegion", primaryRegion ?? fillIn("the source tells none, or several")),
    field(4, "recoveryRegion", recoveryRegion ?? fillIn("another Region, where copies are restored")),
    "    # Where drills put the copies that they make and delete again: in the recovery account and Region.",
    "    scratch:",
    field(6, "bucket", scratch?.bucket ?? fillIn("a bucket of its own")),
    field(6, "prefix", scratch?.prefix ?? "dr-drill/"),
    ...(pairs.length === 0
      ? ["    keys: {}"]
      : ["    keys:", ...pairs.flatMap((pair) => keyLines(pair, recoveryRegion))]),
    ...(datasets.length === 0
      ? ["    datasets: {}   # no bucket of the source is under one of these keys"]
      : ["    datasets:"]),
    ...datasets.flatMap((dataset, at) => [
      `      # ${display(dataset.from)}`,
      `      ${dataset.name}:`,
      field(
        8,
        "kind",
        dataset.kind === undefined
          ? fillIn("loki, mimir, tempo or tfstate")
          : { value: dataset.kind, check: "from its name" },
      ),
      field(8, "bucket", dataset.bucket),
      ...(dataset.prefix === "" ? [] : [field(8, "prefix", dataset.prefix)]),
      field(8, "key", dataset.key),
      field(
        8,
        "recoveryBucket",
        dataset.recovery === undefined
          ? fillIn("where its copies are, under the recovery key")
          : { value: flow(dataset.recovery.bucket).value, check: "from its name" },
      ),
      ...((dataset.recovery?.prefix ?? "") === "" ? [] : [field(8, "recoveryPrefix", dataset.recovery?.prefix ?? "")]),
      ...(dataset.users.length === 0 ? [] : [field(8, "users", flow(dataset.users))]),
      field(8, "priority", { value: String(at + 1), ...(at === 0 ? { note: "1 is restored first" } : {}) }),
    ]),
    "    drills: []   # dr drill list tells what there is",
  ]
}

function keyLines({ name, key, recovery, paired }: KeyPair, recoveryRegion: string | undefined): string[] {
  const users = usersIn(key)
  const tags = Object.entries(key.tags).filter(([tag]) => !/^(dr|aws):/.test(tag))
  const replicas =
    key.multiRegion && key.replicas.length === 0 ? fillIn("it is multi-Region and has no replica") : flow(key.replicas)
  const regions = recovery?.region === undefined ? undefined : [recovery.region, ...recovery.replicas]
  return [
    `      # ${display(key.from)}`,
    `      ${name}:`,
    field(8, "alias", key.alias ?? fillIn("no alias leads to it")),
    field(8, "multiRegion", { value: String(key.multiRegion) }),
    field(8, "replicas", "fill" in replicas ? { ...replicas, list: true } : replicas),
    ...(key.rotationDays === undefined
      ? []
      : key.rotationDays === "unknown"
        ? ["        rotation:", field(10, "periodDays", fillIn("days, 90 to 2560"))]
        : [field(8, "rotation", { value: `{ periodDays: ${key.rotationDays} }` })]),
    ...(key.external
      ? [
          field(8, "origin", "EXTERNAL"),
          field(8, "escrow", fillIn("{ threshold, custodians }: who brings the material back")),
        ]
      : []),
    ...(users.length === 0 ? [] : [field(8, "users", { ...flow(users), check: "whoever may encrypt with it" })]),
    ...(tags.length === 0 ? [] : [field(8, "tags", flow(Object.fromEntries(tags)))]),
    "        recovery:",
    field(
      10,
      "alias",
      recovery?.alias === undefined
        ? fillIn("the independent key in the recovery account")
        : { ...flow(recovery.alias), ...(paired === undefined ? {} : { check: paired }) },
    ),
    field(
      10,
      "regions",
      regions !== undefined
        ? flow(regions)
        : recoveryRegion === undefined
          ? { ...fillIn("the recovery Region first"), list: true }
          : flow([recoveryRegion]),
    ),
  ]
}
