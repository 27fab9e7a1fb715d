import { parseArn } from "../../access/arn.ts"
import { DrError } from "../../kernel/errors.ts"
import type { DrillContext, Sessions } from "../context.ts"
import type { KeyFacts, ListedObject } from "../ports.ts"
import type { FoundKeys, ScopedDataset, ScopedKey } from "../scope.ts"
import { sideOf } from "../side.ts"
import { sideName, type Finds, type FoundObject, type Need } from "./needs.ts"

/** A right that a look-up needed and did not have. */
export interface Refusal {
  readonly need: Pick<Need, "actor" | "action" | "resource" | "why">
  readonly thrown: DrError
}

/** Keys and first objects: what the needs are about. What AWS refuses is told, not thrown: all refusals are told at once. */
export async function find(
  context: DrillContext,
  sessions: Sessions,
): Promise<{ finds: Finds; refusals: readonly Refusal[] }> {
  const refusals: Refusal[] = []
  const attempt = async <T>(need: Refusal["need"], ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask()
    } catch (thrown) {
      if (!(thrown instanceof DrError) || thrown.code !== "E_AWS_ACCESS_DENIED") throw thrown
      refusals.push({ need, thrown })
      return undefined
    }
  }
  const keys = new Map<string, FoundKeys>()
  const used = new Set(context.scope.datasets.map((dataset) => dataset.key))
  for (const key of context.scope.keys.filter((each) => used.has(each.name))) {
    const found = await findKey(context, sessions, key, attempt)
    if (found !== undefined) keys.set(key.name, found)
  }
  const objects = new Map<string, FoundObject>()
  for (const dataset of context.scope.datasets) {
    for (const from of sidesOf(context)) {
      const found = await firstObject(context, sessions, dataset, from, attempt)
      if (found !== undefined) objects.set(sideName(dataset, from), found)
    }
  }
  return { finds: { keys, objects }, refusals }
}

type Attempt = <T>(need: Refusal["need"], ask: () => Promise<T>) => Promise<T | undefined>

/** Which sides a drill reads: with the source out of reach only the copies. */
export const sidesOf = ({ scope }: DrillContext): ReadonlyArray<"source" | "recovery-copy"> =>
  scope.definition.expect.source === "readable" ? ["recovery-copy", "source"] : ["recovery-copy"]

async function findKey(
  context: DrillContext,
  sessions: Sessions,
  key: ScopedKey,
  attempt: Attempt,
): Promise<FoundKeys | undefined> {
  const { scope } = context
  const describe = (actor: Need["actor"], alias: string, region: typeof scope.primaryRegion) =>
    attempt({ actor, action: "kms:DescribeKey", resource: `${alias} in ${region}`, why: "to find the key" }, () =>
      context.kms(sessions[actor], region).describeKey(alias),
    )
  const primary = await describe("workload", key.alias, scope.primaryRegion)
  const recovery = await describe("recovery", key.recoveryAlias, scope.recoveryRegion)
  if (primary === undefined || recovery === undefined) return undefined
  await rotationOf(context, sessions, key, primary, attempt)
  const replica = primary.related.find((arn) => parseArn(arn).region === scope.recoveryRegion)
  if (replica !== undefined) {
    await attempt({ actor: "workload", action: "kms:DescribeKey", resource: replica, why: "to see the replica" }, () =>
      context.kms(sessions.workload, scope.recoveryRegion).describeKey(replica),
    )
  }
  return {
    primary: primary.arn,
    ...(replica === undefined ? {} : { replica }),
    recovery: recovery.arn,
    workloadArns: [...new Set([primary.arn, ...primary.related])],
  }
}

async function rotationOf(
  context: DrillContext,
  sessions: Sessions,
  key: ScopedKey,
  primary: KeyFacts,
  attempt: Attempt,
): Promise<void> {
  if (key.rotationDays === undefined || primary.state !== "Enabled") return
  const need = { actor: "workload", action: "kms:GetKeyRotationStatus", resource: primary.arn } as const
  await attempt({ ...need, why: "to check the rotation" }, () =>
    context.kms(sessions.workload, context.scope.primaryRegion).rotation(primary.arn),
  )
}

/** Lists up to the first object and reads its head: an empty side is judged later, by the sample. */
async function firstObject(
  context: DrillContext,
  sessions: Sessions,
  dataset: ScopedDataset,
  from: "source" | "recovery-copy",
  attempt: Attempt,
): Promise<FoundObject | undefined> {
  const side = sideOf(context, dataset, from)
  const s3 = context.s3(sessions.recovery, side.region)
  const place = `s3://${side.bucket}/${side.prefix}`
  const what = from === "source" ? "the source" : "the recovery copy"
  const list = { actor: "recovery", action: "s3:ListBucket", resource: place, why: `to list ${what}` } as const
  const first = await attempt(list, () => firstOf(s3.list(side.bucket, side.prefix, side.owner)))
  if (first === undefined) return undefined
  const ref = { bucket: side.bucket, key: first.key, owner: side.owner }
  const read = { actor: "recovery", action: "s3:GetObject", resource: `${place}…`, why: `to read ${what}` } as const
  const head = await attempt(read, () => s3.head(ref))
  return { ref, ...(head?.versionId === undefined || head.versionId === "null" ? {} : { versionId: head.versionId }) }
}

async function firstOf(listing: AsyncIterable<ListedObject>): Promise<ListedObject | undefined> {
  for await (const object of listing) return object
  return undefined
}
