import type { Comparison } from "./compare.ts"
import { compareInventories } from "./compare-inventories.ts"
import { comparePolicies } from "./compare-policies.ts"
import type { Inventory } from "./inventory.ts"

type Side =
  | { readonly kind: "inventory"; readonly path: string; readonly inventory: Inventory }
  | { readonly kind: "policy"; readonly path: string; readonly text: string }

/** Undefined = one is an inventory, the other a policy. @throws PolicyError for a policy that cannot be read */
export function compare(before: Side, after: Side): Comparison | undefined {
  const names = [before.path, after.path] as const
  if (before.kind === "inventory" && after.kind === "inventory")
    return compareInventories(before.inventory, after.inventory, names)
  if (before.kind === "policy" && after.kind === "policy") return comparePolicies(before.text, after.text, names)
  return undefined
}
