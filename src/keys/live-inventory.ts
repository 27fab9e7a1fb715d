import { tryParseArn } from "../access/arn.ts"
import type { Inventory, InventoryAccount } from "../access/inventory.ts"
import { isAccountId, type AccountId } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { gapList, type GapList } from "./gap-list.ts"
import type { AccountReader, InventoryPort } from "./inventory-port.ts"
import { readBuckets } from "./live-buckets.ts"
import { readKeys } from "./live-keys.ts"
import { readLevels, type GovernedAccount } from "./live-levels.ts"
import { readersOf } from "./live-readers.ts"
import { readRoles } from "./live-roles.ts"
import type { LiveScope } from "./live-scope.ts"
import { namedPrincipals } from "./named-principals.ts"

export interface LiveReading {
  readonly scope: LiveScope
  /** ISO 8601. */
  readonly takenAt: string
  readonly signal: AbortSignal
}

/**
 * What the estate names, as AWS has it now. One item that AWS refuses is a gap with its reason; only when not one key
 * could be found is there nothing to hand over.
 * @throws DrError E_INVENTORY_EMPTY (1), E_CREDENTIALS (77)
 */
export async function readLiveInventory(port: InventoryPort, reading: LiveReading): Promise<Inventory> {
  const { scope, takenAt, signal } = reading
  const gaps = gapList(signal)
  const readerFor = readersOf(port, scope.accounts)
  const keys = await readKeys(readerFor, scope.keys, gaps, signal)
  if (keys.length === 0) throw nothingFound(scope, gaps)
  const buckets = await readBuckets(readerFor, scope.buckets, keys, gaps, signal)

  const named = namedPrincipals(keys, buckets)
  const others = named.roles.filter((arn) => scope.roles.every((role) => role.arn !== arn))
  const wanted = [...scope.roles, ...others.map((arn) => ({ arn }))]
  const principals = await readRoles(readerFor, wanted, gaps, signal)
  for (const arn of named.users) gaps.add(arn, "identity", "a policy names this user; dr reads roles only")

  const governed = governedAccounts(
    scope,
    principals.map(({ arn }) => tryParseArn(arn)?.account ?? ""),
  )
  return {
    source: scope.source,
    takenAt,
    ...(await organizationOf(port, readerFor, scope, governed, gaps, signal)),
    principals,
    keys,
    buckets,
    ...(gaps.gaps.length === 0 ? {} : { gaps: gaps.gaps }),
  }
}

function governedAccounts(scope: LiveScope, ofRoles: readonly string[]): GovernedAccount[] {
  const declared = scope.accounts.filter(({ id, governed }) => governed || ofRoles.includes(id))
  const strangers = ofRoles.filter((id) => isAccountId(id) && scope.accounts.every((account) => account.id !== id))
  return [
    ...declared.map(({ id, name }) => ({ id, name })),
    ...[...new Set(strangers)].map((id) => ({ id: id as AccountId })),
  ]
}

async function organizationOf(
  port: InventoryPort,
  readerFor: ReturnType<typeof readersOf>,
  scope: LiveScope,
  accounts: readonly GovernedAccount[],
  gaps: GapList,
  signal: AbortSignal,
): Promise<Pick<Inventory, "organization" | "accounts">> {
  const flat = accounts.map((account) => ({ ...account, scps: [], rcps: [] }))
  const asked = gapList(signal)
  const found = await asked.attempt("", "scps", async () => ({ organization: await port.base.organization() }))
  if (found !== undefined && found.organization === undefined) return { accounts: flat }
  const organization = found?.organization ?? scope.organization
  if (organization === undefined) {
    for (const { id } of accounts) gaps.add(id, ["scps", "rcps"], asked.gaps[0]?.why ?? "")
    return { accounts: flat }
  }
  const reader = await managementReader(port, readerFor, organization.managementAccount)
  const read = await readLevels(reader, organization, accounts, gaps, signal)
  return { organization, accounts: read.filter((account) => isMember(account, organization.id, scope)) }
}

/** An account in the list counts as a member of the organisation: one that Organizations did not place needs dr.yaml's word. */
function isMember({ id, orgPath }: InventoryAccount, organization: string, scope: LiveScope): boolean {
  if (orgPath !== undefined) return true
  return scope.organization?.id === organization && scope.accounts.some((account) => account.id === id)
}

/** Whoever can be the management account is; else the process asks itself: it may be a delegated administrator. */
async function managementReader(
  port: InventoryPort,
  readerFor: ReturnType<typeof readersOf>,
  account: AccountId | undefined,
): Promise<AccountReader> {
  if (account === undefined) return port.base
  return readerFor(account).catch((thrown: unknown) => {
    if (!(thrown instanceof DrError) || (thrown.code !== "E_NO_READER" && thrown.code !== "E_ASSUME_ROLE")) throw thrown
    return port.base
  })
}

function nothingFound(scope: LiveScope, { gaps }: GapList): DrError {
  const [first] = gaps
  return new DrError({
    code: "E_INVENTORY_EMPTY",
    message: `not one of the ${scope.keys.length} keys of ${scope.source} could be found: ${first?.why ?? "none is named"}`,
    hints: ["dr config show tells which accounts, Regions and aliases are asked", "aws sts get-caller-identity"],
    details: gaps,
  })
}
