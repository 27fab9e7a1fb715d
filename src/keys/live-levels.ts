import type { InventoryAccount, NamedPolicy, PolicyLevelFacts } from "../access/inventory.ts"
import type { AccountId } from "../kernel/brands.ts"
import { mapBounded } from "../kernel/concurrency.ts"
import type { GapList } from "./gap-list.ts"
import type { AccountReader, OrganizationPolicyKind } from "./inventory-port.ts"

/** Organizations is one global service with small limits: accounts one after the other, answers kept. */
const AT_ONCE = 1

export interface GovernedAccount {
  readonly id: AccountId
  readonly name?: string
}

/** What stands above each account, asked as the management account or whoever may. */
export async function readLevels(
  reader: AccountReader,
  organization: { readonly id: string },
  accounts: readonly GovernedAccount[],
  gaps: GapList,
  signal: AbortSignal,
): Promise<InventoryAccount[]> {
  const parents = kept((target: string) => reader.parentOf(target))
  const attached = {
    scps: kept((target: string) => policiesAt(target, "scps")),
    rcps: kept((target: string) => policiesAt(target, "rcps")),
  }
  const content = kept((id: string) => reader.organizationPolicy(id))

  async function policiesAt(target: string, kind: OrganizationPolicyKind): Promise<NamedPolicy[]> {
    const policies: NamedPolicy[] = []
    for (const { id, name } of await reader.attachedTo(target, kind))
      policies.push({ name: `${name} (${id}) at ${target}`, document: await content(id) })
    return policies
  }

  /** A level without any policy restricts nothing: AWS keeps one at every level while the type is enabled. */
  async function levelsOf(chain: readonly string[], kind: OrganizationPolicyKind): Promise<PolicyLevelFacts[]> {
    const levels: PolicyLevelFacts[] = []
    for (const target of chain) {
      const policies = await attached[kind](target)
      if (policies.length > 0) levels.push({ target, policies })
    }
    return levels
  }

  async function chainAbove(account: string): Promise<string[]> {
    const above: string[] = []
    for (let target = account; ;) {
      const { id, root } = await parents(target)
      above.unshift(id)
      if (root) return above
      target = id
    }
  }

  return mapBounded(
    accounts,
    AT_ONCE,
    async ({ id, name }) => {
      const known = { id, ...(name === undefined ? {} : { name }), scps: [], rcps: [] }
      const above = await gaps.attempt(id, ["scps", "rcps"], () => chainAbove(id))
      if (above === undefined) return known
      const chain = [...above, id]
      return {
        ...known,
        orgPath: [organization.id, ...above, ""].join("/"),
        scps: (await gaps.attempt(id, "scps", () => levelsOf(chain, "scps"))) ?? [],
        rcps: (await gaps.attempt(id, "rcps", () => levelsOf(chain, "rcps"))) ?? [],
      }
    },
    signal,
  )
}

/** Asks once for each id, also after a refusal. */
function kept<T>(ask: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>()
  return (id) => {
    const answer = asked.get(id) ?? ask(id)
    asked.set(id, answer)
    return answer
  }
}
