import { nearest } from "../kernel/nearest.ts"
import { bucketArn, objectArn, roleNameOf, tryParseArn } from "./arn.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import type { InventoryKey } from "./inventory.ts"
import { PolicyError } from "./policy-error.ts"
import { readPrincipal } from "./principal.ts"

/**
 * Principals by ARN, by the inventory's label (`workload` may be several) or by a role's or user's name; a service or `*`
 * stands for itself. An ARN need not be in the inventory.
 * @throws PolicyError when nobody is meant
 */
export function findPrincipals({ inventory }: CompiledInventory, ref: string): readonly string[] {
  const { principals } = inventory
  const labelled = principals.filter(({ label }) => label === ref)
  if (labelled.length > 0) return labelled.map(({ arn }) => arn)
  const named = principals.filter(({ arn }) => arn === ref || nameOf(arn) === ref)
  if (named.length > 0) return named.map(({ arn }) => arn)
  if (ref === "*" || ref.includes(":") || ref.includes(".")) return [checked(ref)]
  const names = [
    ...new Set(principals.flatMap(({ arn, label }) => [...(label === undefined ? [] : [label]), nameOf(arn)])),
  ]
  throw unknown("principal", ref, names, "an ARN, a service such as backup.amazonaws.com")
}

function checked(ref: string): string {
  readPrincipal(ref)
  return ref
}

/** The name behind the last slash: a role's, a user's. */
const nameOf = (arn: string): string => roleNameOf(arn) ?? arn.slice(arn.lastIndexOf("/") + 1)

/**
 * Keys by ARN, alias, alias ARN, label or id; `@eu-west-1` picks the Region.
 * @throws PolicyError when the inventory has no such key
 */
export function findKeys(compiled: CompiledInventory, ref: string): readonly InventoryKey[] {
  const found = compiled.findKeys(ref)
  if (found.length > 0) return found
  const { keys } = compiled.inventory
  const names = keys.flatMap(({ aliases, label, arn }) => [...aliases, ...(label === undefined ? [] : [label]), arn])
  throw unknown("key", ref, [...new Set(names)], "a key ARN")
}

/** The one key that is meant. @throws PolicyError when there is none, or more than one */
export function findKey(compiled: CompiledInventory, ref: string): InventoryKey {
  const [key, second] = findKeys(compiled, ref)
  if (key !== undefined && second === undefined) return key
  const found = compiled.findKeys(ref)
  throw new PolicyError(
    `${ref} means ${found.length} keys`,
    found.map(({ arn, region, aliases }) => (aliases.includes(ref) ? `${ref}@${region}` : arn)),
  )
}

/**
 * What an action acts on: `*`, an ARN (an alias' means its key), `s3://bucket/object`, or a name of the inventory. For
 * the actions on aliases themselves use `findAlias`.
 * @throws PolicyError when nothing is meant, or more than one thing
 */
export function findResource(compiled: CompiledInventory, ref: string, action: string): string {
  if (ref === "*") return ref
  const s3 = /^s3:\/\/([^/]+)(?:\/(.+))?$/.exec(ref)
  if (s3 !== null) return s3[2] === undefined ? bucketArn(s3[1] ?? "") : objectArn(s3[1] ?? "", s3[2])
  const arn = tryParseArn(ref)
  if (arn !== undefined) return arn.service === "kms" ? findKey(compiled, ref).arn : ref
  const service = action.slice(0, action.indexOf(":")).toLowerCase()
  if (service === "s3") return bucketArn(findBucket(compiled, ref))
  if (service === "sts" || service === "iam") return findRole(compiled, ref)
  return findKey(compiled, ref).arn
}

function findBucket({ inventory }: CompiledInventory, ref: string): string {
  const { buckets } = inventory
  const found = buckets.find(({ name, label }) => name === ref || label === ref)
  if (found !== undefined) return found.name
  throw unknown(
    "bucket",
    ref,
    buckets.flatMap(({ name, label }) => [name, ...(label === undefined ? [] : [label])]),
    "s3://bucket/object",
  )
}

/** The one role that is meant. @throws PolicyError when there is none, or more than one */
export function findRole(compiled: CompiledInventory, ref: string): string {
  const found = findPrincipals(compiled, ref)
  const [first, second] = found
  if (first !== undefined && second === undefined) return first
  throw new PolicyError(`${ref} means ${found.length} principals`, found)
}

function unknown(what: string, ref: string, names: readonly string[], other: string): PolicyError {
  const meant = nearest(ref, names)
  const shown = names.slice(0, 12).join(", ")
  return new PolicyError(`the inventory has no ${what} ${JSON.stringify(ref)}`, [
    ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
    `expected ${other}${shown === "" ? "" : `, or one of: ${shown}`}`,
  ])
}
