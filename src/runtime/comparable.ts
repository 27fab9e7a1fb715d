import type { Inventory } from "../access/inventory.ts"
import { inventoryFromFile } from "./inventory-file.ts"
import { badInput, parseInput, readInput } from "./json-input.ts"

/** A file that `dr policy diff` compares. */
export type Comparable =
  | { readonly kind: "inventory"; readonly path: string; readonly inventory: Inventory }
  | { readonly kind: "policy"; readonly path: string; readonly text: string }

/**
 * An inventory, a snapshot of one, or a single policy.
 * @throws DrError E_READ (1), E_INPUT, E_INVENTORY, E_SNAPSHOT (78)
 */
export async function readComparable(path: string): Promise<Comparable> {
  const text = await readInput(path)
  const value = parseInput(path, text)
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badInput(path, "expected an inventory or a policy: a JSON object")
  if ("Statement" in value) return { kind: "policy", path, text }
  return { kind: "inventory", path, inventory: await inventoryFromFile(path) }
}
