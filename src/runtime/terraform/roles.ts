import { formatArn, partitionOf, roleArn } from "../../access/arn.ts"
import type { InventoryPrincipal, NamedPolicy } from "../../access/inventory.ts"
import { texts, told, toldText, valueOf } from "./attributes.ts"
import type { TfResource } from "./document.ts"
import { byOwner, toldOrGap, type Reading } from "./found.ts"
import { list } from "./json.ts"

const OF_ROLE = {
  attribute: "role",
  owners: ["aws_iam_role"],
  names: ["name", "id", "arn"],
  what: "identity",
} as const

/** Roles by the resource that makes them, with everything that is attached to them. */
export function rolesOf(reading: Reading): Map<TfResource, InventoryPrincipal> {
  const inline = byOwner(reading, { ...OF_ROLE, type: "aws_iam_role_policy" })
  const attached = byOwner(reading, { ...OF_ROLE, type: "aws_iam_role_policy_attachment" })
  const roles = new Map<TfResource, InventoryPrincipal>()
  for (const role of reading.all("aws_iam_role")) {
    const arn = arnOfRole(reading, role)
    if (arn === undefined) {
      reading.gap(role.address, "identity", "its name or account is known only after apply")
      continue
    }
    const trust = reading.policy(role, "assume_role_policy", arn, "trust")
    const boundary = boundaryOf(reading, role, arn)
    const tags = tagsOf(reading, role, arn)
    roles.set(role, {
      arn,
      account: arn.split(":")[4] ?? "",
      label: role.address,
      identity: [
        ...inlineOf(reading, role, arn, inline.get(role) ?? []),
        ...managedOf(reading, role, arn, attached.get(role) ?? []),
        ...(inline.get(role) ?? []).flatMap((each) => reading.policy(each, "policy", arn, "identity") ?? []),
        ...(attached.get(role) ?? []).flatMap((each) => attachedBy(reading, each, arn) ?? []),
      ],
      ...(boundary === undefined ? {} : { boundary }),
      ...(trust === undefined ? {} : { trust }),
      ...(tags === undefined ? {} : { tags }),
    })
  }
  return roles
}

function arnOfRole({ places }: Reading, role: TfResource): string | undefined {
  const arn = valueOf(toldText(role, "arn"))
  if (arn !== undefined) return arn
  const [name, account] = [valueOf(toldText(role, "name")), places.account(role)]
  if (name === undefined || account === undefined) return undefined
  const path = valueOf(toldText(role, "path")) ?? "/"
  return roleArn(account, `${path.slice(1)}${name}`, partitionOf(places.region(role) ?? ""))
}

/**
 * `inline_policy` blocks: an empty one, which Terraform uses to forbid all others, is none. A state repeats in them what
 * stands in resources of its own.
 */
function inlineOf(reading: Reading, role: TfResource, arn: string, apart: readonly TfResource[]): NamedPolicy[] {
  const names = apart.map((each) => valueOf(toldText(each, "name")))
  return list(setBy(reading, role, "inline_policy", arn)).flatMap(({ name, policy }) =>
    typeof name !== "string" || typeof policy !== "string" || names.includes(name)
      ? []
      : [{ name: `${role.address} ${name}`, document: policy }],
  )
}

function managedOf(reading: Reading, role: TfResource, arn: string, apart: readonly TfResource[]): NamedPolicy[] {
  const arns = setBy(reading, role, "managed_policy_arns", arn)
  const others = apart.map((each) => valueOf(toldText(each, "policy_arn")))
  return (Array.isArray(arns) ? arns : []).flatMap((each) =>
    typeof each !== "string" || others.includes(each) ? [] : (managedPolicy(reading, each, arn, "identity") ?? []),
  )
}

/** What the configuration does not set is computed: unknown, it only hides what stands in resources of its own. */
function setBy(reading: Reading, role: TfResource, attribute: string, arn: string): unknown {
  return toldOrGap(told(role, attribute), (why) => {
    if (reading.document.configuration?.sets(role, attribute) !== false) reading.gap(arn, "identity", why)
  })
}

function attachedBy(reading: Reading, attachment: TfResource, arn: string): NamedPolicy | undefined {
  const [policy] = reading.link(attachment, "policy_arn", ["aws_iam_policy"], ["arn", "id"])
  if (policy !== undefined) return reading.policy(policy, "policy", arn, "identity")
  const named = toldOrGap(toldText(attachment, "policy_arn"), (why) => reading.gap(arn, "identity", why))
  return named === undefined ? undefined : managedPolicy(reading, named, arn, "identity")
}

function boundaryOf(reading: Reading, role: TfResource, arn: string): NamedPolicy | undefined {
  const [policy] = reading.link(role, "permissions_boundary", ["aws_iam_policy"], ["arn", "id"])
  if (policy !== undefined) return reading.policy(policy, "policy", arn, "boundary")
  const named = toldOrGap(toldText(role, "permissions_boundary"), (why) => reading.gap(arn, "boundary", why))
  return named === undefined || named === "" ? undefined : managedPolicy(reading, named, arn, "boundary")
}

/** By its ARN, which may still have to be put together; data sources hold documents of AWS's own policies. */
function managedPolicy(
  reading: Reading,
  policyArn: string,
  of: string,
  what: "identity" | "boundary",
): NamedPolicy | undefined {
  const holder = reading.document.resources.find(
    (each) => each.type === "aws_iam_policy" && arnOfPolicy(reading, each) === policyArn,
  )
  if (holder !== undefined) return reading.policy(holder, "policy", of, what)
  reading.gap(of, what, `the document holds no text of ${policyArn}`)
  return undefined
}

function arnOfPolicy({ places }: Reading, policy: TfResource): string | undefined {
  const arn = valueOf(toldText(policy, "arn"))
  if (arn !== undefined) return arn
  const [name, account] = [valueOf(toldText(policy, "name")), places.account(policy)]
  if (name === undefined || account === undefined) return undefined
  const resource = `policy${valueOf(toldText(policy, "path")) ?? "/"}${name}`
  return formatArn({
    partition: partitionOf(places.region(policy) ?? ""),
    service: "iam",
    region: "",
    account,
    resource,
  })
}

export function tagsOf(
  reading: Reading,
  resource: TfResource,
  subject: string,
): Readonly<Record<string, string>> | undefined {
  const all = told(resource, "tags_all")
  const tags = all !== undefined && "value" in all ? all : (told(resource, "tags") ?? all)
  return texts(toldOrGap(tags, (why) => reading.gap(subject, "tags", why)))
}
