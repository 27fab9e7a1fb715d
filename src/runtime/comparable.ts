import type { Inventory } from "../access/inventory.ts"
import { inventoryFrom } from "./inventory-file.ts"
import { badInput, readInput } from "./input-text.ts"
import { parseInput } from "./json-input.ts"

/** A file that `dr policy diff` compares. */
export type Comparable =
  | { readonly kind: "inventory"; readonly path: string; readonly inventory: Inventory }
  | { readonly kind: "policy"; readonly path: string; readonly text: string }

/**
 * An inventory, a snapshot of one, or a single policy.
 * @throws DrError E_READ (1), E_INPUT, E_INVENTORY, E_SNAPSHOT (78)
 */
export async function readComparable(path: string, signal?: AbortSignal): Promise<Comparable> {
  const text = await readInput(path, signal)
  const value = parseInput(path, text)
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badInput(path, "expected an inventory or a policy: a JSON object")
  if ("Statement" in value) return { kind: "policy", path, text }
  return { kind: "inventory", path, inventory: inventoryFrom(path, value) }
}
