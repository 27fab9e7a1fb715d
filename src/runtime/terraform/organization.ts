import type { InventoryAccount, NamedPolicy, PolicyLevelFacts } from "../../access/inventory.ts"
import type { AccountId } from "../../kernel/brands.ts"
import { toldText, valueOf } from "./attributes.ts"
import type { TfResource } from "./document.ts"
import type { Reading } from "./found.ts"

type Kind = "scps" | "rcps"
const TYPES: Readonly<Record<string, Kind>> = {
  SERVICE_CONTROL_POLICY: "scps",
  RESOURCE_CONTROL_POLICY: "rcps",
}

/** What AWS attaches at every level, and Terraform does not show. */
const FULL_ACCESS: NamedPolicy = {
  name: "FullAWSAccess, which AWS attaches by itself",
  document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
}

/** Accounts with the levels of which the document knows that they stand above them. */
export function accountsOf(reading: Reading, owners: readonly AccountId[]): InventoryAccount[] {
  const members = reading.all("aws_organizations_account")
  const ids = [...new Set([...members.flatMap((each) => valueOf(toldText(each, "id")) ?? []), ...owners])]
  const attached = attachments(reading)
  return ids.map((id) => {
    const member = members.find((each) => valueOf(toldText(each, "id")) === id)
    const name = member === undefined ? undefined : valueOf(toldText(member, "name"))
    const chain = chainAbove(reading, member)
    const levels = (kind: Kind) => levelsOf(reading, attached[kind], [...chain.targets, id], id, kind, chain.complete)
    return {
      id,
      ...(name === undefined ? {} : { name }),
      scps: levels("scps"),
      rcps: levels("rcps"),
    }
  })
}

/** From the root downward; incomplete when the document does not lead there. */
function chainAbove(reading: Reading, member: TfResource | undefined): { targets: string[]; complete: boolean } {
  const units = reading.all("aws_organizations_organizational_unit")
  const targets: string[] = []
  for (let at = member; at !== undefined;) {
    const above = valueOf(toldText(at, "parent_id"))
    if (above === undefined || targets.includes(above)) break
    targets.unshift(above)
    if (above.startsWith("r-")) return { targets, complete: true }
    at = units.find((unit) => valueOf(toldText(unit, "id")) === above)
  }
  return { targets, complete: false }
}

type Attached = Readonly<Record<Kind, Map<string, NamedPolicy[]>>>

function attachments(reading: Reading): Attached {
  const attached: Attached = { scps: new Map(), rcps: new Map() }
  for (const each of reading.all("aws_organizations_policy_attachment")) {
    const target = valueOf(toldText(each, "target_id"))
    const [policy] = reading.link(each, "policy_id", ["aws_organizations_policy"], ["id"])
    if (policy === undefined && (valueOf(toldText(each, "policy_id")) ?? "").endsWith("FullAWSAccess")) continue
    const kind = policy === undefined ? "scps" : TYPES[valueOf(toldText(policy, "type")) ?? "SERVICE_CONTROL_POLICY"]
    if (kind === undefined) continue
    const subject = target ?? each.address
    if (target === undefined) reading.gap(subject, kind, "where it is attached is known only after apply")
    else if (policy === undefined)
      reading.gap(subject, kind, `${each.address} attaches a policy that the document does not hold`)
    else {
      const text = reading.policy(policy, "content", target, kind)
      if (text !== undefined) attached[kind].set(target, [...(attached[kind].get(target) ?? []), text])
    }
  }
  return attached
}

function levelsOf(
  reading: Reading,
  attached: ReadonlyMap<string, readonly NamedPolicy[]>,
  chain: readonly string[],
  account: string,
  kind: Kind,
  complete: boolean,
): PolicyLevelFacts[] {
  if (!complete && [...attached.keys()].some((target) => !chain.includes(target)))
    reading.gap(account, kind, "the document attaches policies above accounts and does not say whether above this one")
  return chain.flatMap((target) => {
    const policies = attached.get(target)
    if (policies === undefined) return []
    if (kind === "scps" && policies.some(allows))
      reading.gap(
        account,
        kind,
        `an SCP at ${target} allows: Terraform does not show whether FullAWSAccess is detached there`,
      )
    return [{ target, policies: kind === "scps" ? [FULL_ACCESS, ...policies] : policies }]
  })
}

/** An SCP that allows is made to stand in for FullAWSAccess. */
const allows = ({ document }: NamedPolicy): boolean =>
  /"Effect"\s*:\s*"Allow"/.test(typeof document === "string" ? document : JSON.stringify(document))
