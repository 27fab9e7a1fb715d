import { aliasArn, tryParseArn } from "./arn.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import type { OperationTarget } from "./operations.ts"
import { PolicyError } from "./policy-error.ts"
import { findKey, findResource } from "./refs.ts"

/** What a call acts on, as people name it. */
export interface TargetRefs {
  readonly on: string
  readonly from?: string | undefined
  /** `none`: the object is under no KMS key. */
  readonly key?: string | undefined
  /** Of the object at `from`; `none` as above. */
  readonly fromKey?: string | undefined
  readonly bucketKey?: boolean | undefined
  readonly multipart?: boolean | undefined
}

/**
 * Names become ARNs: an object without `key` is under its bucket's default key, an alias belongs to the key that has it.
 * An object whose key nobody knows is not proven readable, S3 alone would pass it: with `actionOnly` S3 alone is meant.
 * @throws PolicyError for a name that means nothing, and for an object whose key nobody knows
 */
export function targetOf(
  compiled: CompiledInventory,
  action: string,
  refs: TargetRefs,
  actionOnly = false,
): OperationTarget {
  if (/^kms:(create|update|delete)alias$/i.test(action)) return aliasTarget(compiled, refs)
  const on = findResource(compiled, refs.on, action)
  const from = refs.from === undefined ? undefined : findResource(compiled, refs.from, action)
  const target = {
    on,
    from,
    key: keyOf(compiled, refs.key, on),
    fromKey: keyOf(compiled, refs.fromKey, /^s3:updateobjectencryption$/i.test(action) ? on : from),
    bucketKey: refs.bucketKey,
    multipart: refs.multipart,
  }
  if (!actionOnly && /^s3:(get|put|copy)object$/i.test(action)) refuseUnknownKeys(target, refs)
  return target
}

function refuseUnknownKeys({ on, from, key, fromKey }: OperationTarget, refs: TargetRefs): void {
  const open = [
    ...(key === undefined && refs.key !== NO_KEY ? [on] : []),
    ...(from !== undefined && fromKey === undefined && refs.fromKey !== NO_KEY ? [from] : []),
  ]
  if (open.length === 0) return
  throw new PolicyError(`nobody knows under which key ${open.join(" and ")} is: S3 alone would pass it`, [
    "say key (from-key, fromKey: for the source); none for an object under no KMS key",
  ])
}

const NO_KEY = "none"

function keyOf(compiled: CompiledInventory, ref: string | undefined, resource: string | undefined): string | undefined {
  if (ref === NO_KEY) return undefined
  if (ref !== undefined) return findKey(compiled, ref).arn
  return resource === undefined ? undefined : compiled.bucketOf(resource)?.keyArn
}

function aliasTarget(compiled: CompiledInventory, { on, key, from }: TargetRefs): OperationTarget {
  const [name = "", region] = on.split("@", 2)
  const parsed = tryParseArn(name)
  const alias = parsed?.resource ?? name
  if (!alias.startsWith("alias/")) throw new PolicyError(`${on} is no alias: expected alias/NAME or its ARN`)
  const holders = compiled.findKeys(on)
  const [holder] = holders
  if (holders.length > 1)
    throw new PolicyError(
      `${on} means ${holders.length} aliases`,
      holders.map((each) => `${alias}@${each.region}`),
    )
  const wanted =
    key === undefined
      ? holder
      : findKey(compiled, region === undefined || key.includes("@") || key.includes(":") ? key : `${key}@${region}`)
  if (wanted === undefined)
    throw new PolicyError(`no key of the inventory has ${alias}`, ["name the key that gets it with --key"])
  return {
    on: parsed === undefined ? aliasArn(wanted.region, wanted.account, alias) : name,
    key: wanted.arn,
    from: from === undefined ? holder?.arn : findKey(compiled, from).arn,
  }
}
