import type { Inventory } from "../access/inventory.ts"
import { readInput } from "./input-text.ts"
import { parseInput } from "./json-input.ts"
import { bucketsOf } from "./terraform/buckets.ts"
import { readDocument } from "./terraform/document.ts"
import { readingOf } from "./terraform/found.ts"
import { keysOf } from "./terraform/keys.ts"
import { accountsOf } from "./terraform/organization.ts"
import { rolesOf } from "./terraform/roles.ts"

const NEXT = ["terraform show -json PLAN > plan.json"]

/** @throws DrError E_READ (1), E_INPUT (78) */
export async function inventoryFromTerraform(path: string, signal?: AbortSignal): Promise<Inventory> {
  return terraformInventory(path, parseInput(path, await readInput(path, signal), NEXT))
}

/**
 * What `terraform show -json` of a plan or a state says. What it does not hold does not exist; what it holds and does not
 * tell (known after apply, sensitive, of another document) is a gap.
 */
export function terraformInventory(path: string, json: unknown): Inventory {
  const document = readDocument(path, json)
  const reading = readingOf(document)
  const roles = rolesOf(reading)
  const keys = keysOf(reading, roles)
  const buckets = bucketsOf(reading, keys)
  const accounts = accountsOf(reading, reading.places.accounts)
  if (document.partial !== undefined) for (const { id } of accounts) reading.gap(id, "identity", document.partial)
  return {
    source: `terraform ${document.kind} ${path}`,
    accounts,
    principals: [...roles.values()],
    keys: keys.map(({ key }) => key),
    buckets,
    ...(reading.gaps.length === 0 ? {} : { gaps: reading.gaps }),
  }
}
