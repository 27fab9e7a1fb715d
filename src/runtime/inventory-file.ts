import { readInventory, type InventoryIssue } from "../access/inventory-schema.ts"
import type { Inventory } from "../access/inventory.ts"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { isSnapshot, openSnapshot } from "./inventory-snapshot.ts"
import { readInput } from "./input-text.ts"
import { parseInput } from "./json-input.ts"

const NEXT = ["dr policy snapshot -e ENV --out FILE writes one from AWS"]
const SHOWN = 20

/**
 * An inventory, or a snapshot of one, from a JSON file.
 * @throws DrError E_INVENTORY (78) with every issue; E_SNAPSHOT (78) for a snapshot that was changed
 */
export async function inventoryFromFile(path: string, signal?: AbortSignal): Promise<Inventory> {
  return inventoryFrom(path, parseInput(path, await readInput(path, signal), NEXT))
}

/** The same of JSON that was read from there already: a pipe can be read once. */
export function inventoryFrom(path: string, value: unknown): Inventory {
  const snapshot = isSnapshot(value)
  const read = readInventory(snapshot ? openSnapshot(path, value) : value)
  if (!read.ok) throw invalidInventory(path, snapshot ? "inventory" : "", read.issues)
  return read.inventory
}

function invalidInventory(path: string, within: string, issues: readonly InventoryIssue[]): DrError {
  const lines = issues.slice(0, SHOWN).map((issue) => {
    const place = [within, issue.path].filter((part) => part !== "").join(".")
    return `${place === "" ? "" : `${display(place)}: `}${display(issue.message)}`
  })
  const more = issues.length > SHOWN ? [`and ${issues.length - SHOWN} more`] : []
  return new DrError({
    code: "E_INVENTORY",
    exit: EXIT.config,
    message: [`${display(path)} is no inventory`, ...lines, ...more].join("\n"),
    hints: NEXT,
    details: issues,
  })
}
