import { roleNameOf, tryParseArn } from "../access/arn.ts"
import type { InventoryPrincipal, NamedPolicy } from "../access/inventory.ts"
import type { AccountId } from "../kernel/brands.ts"
import { mapBounded } from "../kernel/concurrency.ts"
import type { GapList } from "./gap-list.ts"
import type { AccountReader } from "./inventory-port.ts"
import type { ReaderFor } from "./live-readers.ts"

/** IAM is slow to forgive: its limits hold for the whole account. */
const AT_ONCE = 4

export interface WantedRole {
  readonly arn: string
  readonly label?: string
}

/** Roles with all their policies. One that could not be read is still listed, with a gap for everything. */
export async function readRoles(
  readerFor: ReaderFor,
  roles: readonly WantedRole[],
  gaps: GapList,
  signal: AbortSignal,
): Promise<InventoryPrincipal[]> {
  const read = await mapBounded(roles, AT_ONCE, (role) => readRole(readerFor, role, gaps), signal)
  return [...new Map(read.toReversed().map((each) => [each.arn, each])).values()].toReversed()
}

async function readRole(readerFor: ReaderFor, wanted: WantedRole, gaps: GapList): Promise<InventoryPrincipal> {
  const { arn, label } = wanted
  const account = (tryParseArn(arn)?.account ?? "") as AccountId
  const name = roleNameOf(arn) ?? arn
  const found = await gaps.attempt(arn, ["identity", "boundary", "trust"], async () => {
    const reader = await readerFor(account)
    return { reader, role: await reader.role(name) }
  })
  const known = { account, ...(label === undefined ? {} : { label }) }
  if (found === undefined) return { arn, ...known, identity: [] }
  const { reader, role } = found
  if (role.arn !== arn)
    gaps.add(arn, "identity", `the role ${name} has another path: ${role.arn}; a policy that names ${arn} means nobody`)
  const { boundary } = role
  const limit =
    boundary === undefined
      ? undefined
      : await gaps.attempt(role.arn, "boundary", async () => ({
          name: boundary,
          document: await reader.managedPolicy(boundary),
        }))
  return {
    arn: role.arn,
    ...known,
    identity: await identityOf(reader, role.arn, name, gaps),
    ...(limit === undefined ? {} : { boundary: limit }),
    trust: { name: `trust policy of ${name}`, document: role.trust },
    tags: role.tags,
  }
}

async function identityOf(reader: AccountReader, arn: string, name: string, gaps: GapList): Promise<NamedPolicy[]> {
  const policies: NamedPolicy[] = []
  const inline = await gaps.attempt(arn, "identity", () => reader.inlinePolicies(name))
  for (const policy of inline ?? []) {
    const document = await gaps.attempt(arn, "identity", () => reader.inlinePolicy(name, policy))
    if (document !== undefined) policies.push({ name: `${policy} of ${name}`, document })
  }
  const attached = await gaps.attempt(arn, "identity", () => reader.attachedPolicies(name))
  for (const policy of attached ?? []) {
    const document = await gaps.attempt(arn, "identity", () => reader.managedPolicy(policy))
    if (document !== undefined) policies.push({ name: policy, document })
  }
  return policies
}
