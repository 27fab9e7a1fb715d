import { parseArn } from "../../access/arn.ts"
import type { Inventory, InventoryBucket, InventoryKey } from "../../access/inventory.ts"
import type { AccountId, BucketName, KeyArn, RegionName } from "../../kernel/brands.ts"
import { gapList, type GapList } from "../../keys/gap-list.ts"
import type { AccountReader } from "../../keys/inventory-port.ts"
import { readRoles } from "../../keys/live-roles.ts"
import type { DrillContext, Sessions } from "../context.ts"
import type { Actor, Finds } from "./needs.ts"

/** The policies that decide about this drill, as far as its own roles may read them. The organisation's are not theirs to read. */
export async function readPolicies(context: DrillContext, sessions: Sessions, finds: Finds): Promise<Inventory> {
  const { deps, scope } = context
  const gaps = gapList(deps.signal)
  const readers: Readonly<Record<Actor, AccountReader>> = {
    workload: deps.aws.reader(sessions.workload),
    recovery: deps.aws.reader(sessions.recovery),
  }
  const readerFor = (account: AccountId): Promise<AccountReader> =>
    Promise.resolve(account === scope.recovery.account ? readers.recovery : readers.workload)
  const roles = [
    { arn: scope.workload.role, label: "drill" },
    { arn: scope.recovery.role, label: "recovery" },
  ]
  return {
    source: `live, as the roles of ${context.drill} may read it`,
    // Membership is dr.yaml's word: the drill's roles may not ask Organizations.
    ...(scope.rendered?.organization === undefined ? {} : { organization: scope.rendered.organization }),
    accounts: [scope.workload, scope.recovery].map(({ account }) => ({ id: account, scps: [], rcps: [] })),
    principals: await readRoles(readerFor, roles, gaps, deps.signal),
    keys: await keysOf(context, readers, finds, gaps),
    buckets: await bucketsOf(context, readers, gaps),
    gaps: gaps.gaps,
  }
}

async function keysOf(
  context: DrillContext,
  readers: Readonly<Record<Actor, AccountReader>>,
  finds: Finds,
  gaps: GapList,
): Promise<InventoryKey[]> {
  const found: InventoryKey[] = []
  for (const key of context.scope.keys) {
    const arns = finds.keys.get(key.name)
    if (arns === undefined) continue
    found.push(await keyOf(readers.workload, arns.primary, [key.alias], gaps))
    if (arns.replica !== undefined)
      found.push(
        await keyOf(readers.workload, arns.replica, await aliasesOf(readers.workload, arns.replica, key.alias), gaps),
      )
    found.push(await keyOf(readers.recovery, arns.recovery, [key.recoveryAlias], gaps))
  }
  return found
}

async function keyOf(
  reader: AccountReader,
  arn: KeyArn,
  aliases: readonly string[],
  gaps: GapList,
): Promise<InventoryKey> {
  const region = parseArn(arn).region as RegionName
  const policy = await gaps.attempt(arn, "policy", () => reader.keyPolicy(region, arn))
  const grants = await gaps.attempt(arn, "grants", () => reader.grants(region, arn))
  return {
    arn,
    account: parseArn(arn).account,
    region,
    aliases,
    grants: grants ?? [],
    ...(policy === undefined ? {} : { policy: { name: `key policy of ${aliases[0] ?? arn}`, document: policy } }),
  }
}

/** An alias stands in one Region only: the replica has it when it answers to it there. */
async function aliasesOf(reader: AccountReader, replica: KeyArn, alias: string): Promise<readonly string[]> {
  const region = parseArn(replica).region as RegionName
  const found = await reader.describeKey(region, alias).catch(() => undefined)
  return found?.arn === replica ? [alias] : []
}

async function bucketsOf(
  context: DrillContext,
  readers: Readonly<Record<Actor, AccountReader>>,
  gaps: GapList,
): Promise<InventoryBucket[]> {
  const { scope } = context
  const places = new Map<BucketName, readonly [Actor, RegionName]>()
  for (const dataset of scope.datasets) {
    places.set(dataset.bucket, ["workload", scope.primaryRegion])
    places.set(dataset.recoveryBucket, ["recovery", scope.recoveryRegion])
  }
  places.set(scope.scratch.bucket, ["recovery", scope.recoveryRegion])
  const found: InventoryBucket[] = []
  for (const [name, [actor, region]] of places) {
    const document = await gaps.attempt(name, "policy", () => readers[actor].bucketPolicy(name, region))
    found.push({
      name,
      account: scope[actor].account,
      region,
      ...(document === undefined ? {} : { policy: { name: `bucket policy of ${name}`, document } }),
    })
  }
  return found
}
