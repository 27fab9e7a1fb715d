import { keyArn } from "../../access/arn.ts"
import { defaultKeyPolicy } from "../../access/default-key-policy.ts"
import type { Grant, GrantConstraints } from "../../access/grants.ts"
import type { InventoryKey, InventoryPrincipal, NamedPolicy } from "../../access/inventory.ts"
import { texts, told, toldText, valueOf, type Told } from "./attributes.ts"
import type { TfResource } from "./document.ts"
import { byOwner, toldOrGap, type Reading } from "./found.ts"
import { list } from "./json.ts"
import { tagsOf } from "./roles.ts"

export const KEY_TYPES = ["aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key"]
const OF_KEY = { attribute: "key_id", owners: KEY_TYPES, names: ["key_id", "arn", "id"] }

export interface FoundKey {
  readonly resource: TfResource
  readonly key: InventoryKey
}

/** Keys with the aliases, policies and grants that stand in resources of their own. */
export function keysOf(reading: Reading, roles: ReadonlyMap<TfResource, InventoryPrincipal>): FoundKey[] {
  const aliases = byOwner(reading, { ...OF_KEY, type: "aws_kms_alias", attribute: "target_key_id", what: "aliases" })
  const policies = byOwner(reading, { ...OF_KEY, type: "aws_kms_key_policy", what: "policy" })
  const grants = byOwner(reading, { ...OF_KEY, type: "aws_kms_grant", what: "grants" })
  return reading.all(...KEY_TYPES).flatMap((resource) => {
    const names = (aliases.get(resource) ?? []).flatMap((alias) => valueOf(toldText(alias, "name")) ?? [])
    const [account, region] = [reading.places.account(resource), reading.places.region(resource)]
    if (account === undefined || region === undefined) {
      const missing = account === undefined ? "account" : "Region"
      reading.gap(resource.address, "policy", `nothing in the document says in which ${missing} it is`)
      return []
    }
    const known = valueOf(toldText(resource, "arn"))
    const arn = known ?? keyArn(region, account, names[0]?.replace(/^alias\//, "") ?? resource.address)
    const [apart] = policies.get(resource) ?? []
    const policy =
      apart === undefined ? ownPolicy(reading, resource, arn, account) : reading.policy(apart, "policy", arn, "policy")
    const tags = tagsOf(reading, resource, arn)
    const key: InventoryKey = {
      arn,
      account,
      region,
      aliases: names,
      label: resource.address,
      grants: (grants.get(resource) ?? []).flatMap((grant) => grantOf(reading, grant, arn, roles) ?? []),
      ...(policy === undefined ? {} : { policy }),
      ...(tags === undefined ? {} : { tags }),
      ...settingsOf(resource),
    }
    return [{ resource, key }]
  })
}

/** A key whose configuration sets no policy gets the one that AWS gives: the account decides by its IAM policies. */
function ownPolicy(reading: Reading, key: TfResource, arn: string, account: string): NamedPolicy | undefined {
  if (!("value" in (told(key, "policy") ?? {})) && reading.document.configuration?.sets(key, "policy") === false)
    return { name: `${key.address} (default policy)`, document: defaultKeyPolicy(account, arn.split(":")[3] ?? "") }
  return reading.policy(key, "policy", arn, "policy")
}

function settingsOf(resource: TfResource): Partial<InventoryKey> {
  const value = (attribute: string): unknown => {
    const given = told(resource, attribute)
    return given !== undefined && "value" in given ? given.value : undefined
  }
  const enabled = value("is_enabled") ?? value("enabled")
  const [rotates, periodDays, window] = [
    "enable_key_rotation",
    "rotation_period_in_days",
    "deletion_window_in_days",
  ].map(value)
  const replica = resource.type.startsWith("aws_kms_replica_")
  const external = resource.type.endsWith("external_key")
  return {
    ...(typeof enabled === "boolean" ? { state: enabled ? "Enabled" : "Disabled" } : {}),
    ...(replica
      ? { multiRegionType: "REPLICA" }
      : value("multi_region") === true
        ? { multiRegionType: "PRIMARY" }
        : {}),
    ...(external ? { origin: "EXTERNAL" } : {}),
    ...(typeof rotates === "boolean"
      ? { rotation: { enabled: rotates, ...(rotates && typeof periodDays === "number" ? { periodDays } : {}) } }
      : {}),
    ...(typeof window === "number" ? { deletionWindowDays: window } : {}),
  }
}

function grantOf(
  reading: Reading,
  grant: TfResource,
  key: string,
  roles: ReadonlyMap<TfResource, InventoryPrincipal>,
): Grant | undefined {
  const missing = (why: string): void => reading.gap(key, "grants", why)
  const grantee = toldOrGap(principalOf(reading, grant, "grantee_principal", roles), missing)
  const operations = toldOrGap(told(grant, "operations"), missing)
  const blocks = toldOrGap(told(grant, "constraints"), missing)
  // A grant without its constraints would allow more than it does.
  if (grantee === undefined || !Array.isArray(operations) || isUnread(grant, "constraints")) return undefined
  const retiring = valueOf(principalOf(reading, grant, "retiring_principal", roles))
  const name = valueOf(toldText(grant, "name"))
  const constraints = constraintsOf(list(blocks))
  return {
    id: valueOf(toldText(grant, "grant_id")) ?? grant.address,
    ...(name === undefined || name === "" ? {} : { name }),
    keyArn: key,
    grantee,
    ...(retiring === undefined || retiring === "" ? {} : { retiring }),
    operations: operations.filter((each) => typeof each === "string"),
    ...(constraints === undefined ? {} : { constraints }),
  }
}

const isUnread = (resource: TfResource, attribute: string): boolean => "why" in (told(resource, attribute) ?? {})

/** As written, or the ARN that the role which it refers to will have. */
function principalOf(
  reading: Reading,
  grant: TfResource,
  attribute: string,
  roles: ReadonlyMap<TfResource, InventoryPrincipal>,
): Told<string> {
  const given = toldText(grant, attribute)
  if (given === undefined || "value" in given) return given
  const [role] = reading.link(grant, attribute, ["aws_iam_role"], ["arn"])
  const arn = role === undefined ? undefined : roles.get(role)?.arn
  return arn === undefined ? given : { value: arn }
}

function constraintsOf(blocks: ReadonlyArray<Readonly<Record<string, unknown>>>): GrantConstraints | undefined {
  const [block] = blocks
  const equals = texts(block?.["encryption_context_equals"])
  const subset = texts(block?.["encryption_context_subset"])
  if (equals === undefined && subset === undefined) return undefined
  return {
    ...(equals === undefined ? {} : { encryptionContextEquals: equals }),
    ...(subset === undefined ? {} : { encryptionContextSubset: subset }),
  }
}
