import { bucketArn, objectArn, parseArn, partitionOf } from "../../access/arn.ts"
import { DrError } from "../../kernel/errors.ts"
import type { DrillContext, Sessions } from "../context.ts"
import type { SeenKey } from "../../keys/ports.ts"
import type { ListedObject } from "../ports.ts"
import type { FoundKeys, ScopedDataset, ScopedKey } from "../scope.ts"
import { sideOf } from "../side.ts"
import { sideName, type Finds, type FoundObject, type Need } from "./needs.ts"

/** A right that a look-up needed and did not have. */
export interface Refusal {
  readonly need: Need
  readonly thrown: DrError
}

export interface Found {
  readonly finds: Finds
  readonly refusals: readonly Refusal[]
  /** Rights that look-ups needed and had. */
  readonly granted: readonly Need[]
}

/** Keys and first objects: what the needs are about. What AWS refuses is told, not thrown: all refusals are told at once. */
export async function find(context: DrillContext, sessions: Sessions): Promise<Found> {
  const refusals: Refusal[] = []
  const granted: Need[] = []
  const attempt = async <T>(need: Refusal["need"], ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await ask()
      granted.push(need)
      return answer
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
  return { finds: { keys, objects }, refusals, granted }
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
  const describe = (actor: Need["actor"], alias: string, region: typeof scope.primaryRegion) => {
    const shown = `${alias} in ${region}`
    const need = needOf(context, actor, "kms:DescribeKey", likelyKey(context, actor, alias, region) ?? shown)
    return attempt({ ...need, why: "to find the key", shown }, () =>
      context.kms(sessions[actor], region).describeKey(alias),
    )
  }
  const primary = await describe("workload", key.alias, scope.primaryRegion)
  const recovery = await describe("recovery", key.recoveryAlias, scope.recoveryRegion)
  if (primary === undefined || recovery === undefined) return undefined
  await rotationOf(context, sessions, key, primary, attempt)
  const replica = primary.related.find((arn) => parseArn(arn).region === scope.recoveryRegion)
  if (replica !== undefined) {
    const need = needOf(context, "workload", "kms:DescribeKey", replica)
    await attempt({ ...need, why: "to see the replica" }, () =>
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

const needOf = ({ scope }: DrillContext, actor: Need["actor"], action: string, resource: string): Need => ({
  actor,
  action,
  resource,
  resourceAccount: scope[actor].account,
  facts: {},
  why: "",
})

/** A key that was not found has no ARN yet: the rendered one stands for it, so that its statements can be tried. */
const likelyKey = ({ scope }: DrillContext, actor: Need["actor"], alias: string, region: string): string | undefined =>
  scope.rendered?.keys.find(
    (key) => key.account === scope[actor].account && key.region === region && key.aliases.includes(alias),
  )?.arn

async function rotationOf(
  context: DrillContext,
  sessions: Sessions,
  key: ScopedKey,
  primary: SeenKey,
  attempt: Attempt,
): Promise<void> {
  if (key.rotationDays === undefined || primary.state !== "Enabled") return
  const need = needOf(context, "workload", "kms:GetKeyRotationStatus", primary.arn)
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
  const partition = partitionOf(side.region)
  const what = `the ${from === "source" ? "source" : "recovery copy"} of ${dataset.name}`
  const need = {
    ...needOf(context, "recovery", "s3:ListBucket", bucketArn(side.bucket, partition)),
    resourceAccount: side.owner,
  }
  const list = { ...need, facts: { "s3:prefix": side.prefix }, why: `to list ${what}` }
  const first = await attempt(list, () => firstOf(s3.list(side.bucket, side.prefix, side.owner)))
  if (first === undefined) return undefined
  const ref = { bucket: side.bucket, key: first.key, owner: side.owner }
  const object = objectArn(side.bucket, first.key, partition)
  const read = { ...need, action: "s3:GetObject", resource: object, why: `to read ${what}` }
  const head = await attempt(read, () => s3.head(ref))
  return { ref, ...(head?.versionId === undefined || head.versionId === "null" ? {} : { versionId: head.versionId }) }
}

async function firstOf(listing: AsyncIterable<ListedObject>): Promise<ListedObject | undefined> {
  for await (const object of listing) return object
  return undefined
}
