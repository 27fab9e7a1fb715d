import { bucketArn, objectArn } from "./arn.ts"
import { classesOf } from "./classes.ts"
import { changedCells, comparison, hangsOn, type Cell, type Comparison } from "./compare.ts"
import { decideWith, prepare, SITUATIONAL, type Circumstances } from "./decide.ts"
import type { Facts } from "./context.ts"
import { CompiledInventory } from "./inventory-stack.ts"
import type { Inventory } from "./inventory.ts"
import { KEY_ACTIONS } from "./matrix.ts"

/** Which answers differ between two inventories: keys, buckets and the way into roles. */
export function compareInventories(
  before: Inventory,
  after: Inventory,
  names: readonly [string, string],
  facts: Facts = {},
): Comparison {
  const circumstances: Circumstances = { facts, unknown: SITUATIONAL }
  return comparison(names, changedCells(cellsOf(before, circumstances), cellsOf(after, circumstances)))
}

function* cellsOf(inventory: Inventory, circumstances: Circumstances): Generator<Cell> {
  const compiled = new CompiledInventory(inventory)
  for (const asked of questions(inventory)) yield* cellsFor(compiled, asked, circumstances)
}

/** A resource and the actions that are asked about it. */
export interface AskedResource {
  readonly resource: string
  readonly actions: readonly string[]
}

function questions({ keys, buckets, principals }: Inventory): AskedResource[] {
  return [
    ...keys.map(({ arn }) => ({ resource: arn, actions: KEY_ACTIONS })),
    ...buckets.flatMap(({ name }) => [
      { resource: objectArn(name, "*"), actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] },
      { resource: bucketArn(name), actions: ["s3:ListBucket", "s3:PutBucketPolicy"] },
    ]),
    ...principals.flatMap(({ arn, trust }) =>
      trust === undefined ? [] : [{ resource: arn, actions: ["sts:AssumeRole"] }],
    ),
  ]
}

/** The answers for every principal of the inventory, and for the classes that it does not list. */
export function* cellsFor(
  compiled: CompiledInventory,
  { resource, actions }: AskedResource,
  circumstances: Circumstances,
): Generator<Cell> {
  for (const { arn: principal } of compiled.inventory.principals) {
    const prepared = prepare(compiled, principal, resource, circumstances)
    for (const action of actions) {
      const { verdict, decision } = decideWith(principal, action, resource, prepared)
      yield { principal, action, resource, verdict, hangsOn: hangsOn(decision.depends) }
    }
  }
  for (const action of actions) {
    for (const { who, kind, verdict, conditions } of classesOf(compiled, action, resource, circumstances)) {
      const spares = verdict.endsWith("-deny")
      yield {
        principal: kind === "unlisted" ? (who.split(",", 1)[0] ?? who) : who.replace(` for ${action}`, ""),
        action,
        resource,
        verdict: spares ? "depends" : verdict,
        hangsOn: conditions.join("\n"),
      }
    }
  }
}
