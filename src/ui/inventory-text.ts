import type { Gap, Inventory, InventoryKey } from "../access/inventory.ts"
import { display } from "../kernel/display.ts"
import { table } from "./table.ts"

/** What an inventory holds, and every gap, for people. */
export function inventoryText(inventory: Inventory): string {
  const { source, takenAt, accounts, keys, buckets, principals, gaps = [] } = inventory
  const head = `${display(source)}${takenAt === undefined ? "" : `, as of ${display(takenAt)}`}`
  const counts = [
    count(keys.length, "key"),
    count(buckets.length, "bucket"),
    count(principals.length, "role"),
    count(accounts.length, "account"),
  ].join(", ")
  return [
    `${head}: ${counts}`,
    table(
      ["KEY", "ACCOUNT", "REGION", "STATE", "KIND", "ROTATION", "GRANTS"],
      keys.map((key) => keyRow(key, gaps)),
    ),
    gaps.length === 0 ? "✓ everything was read" : `? ${count(gaps.length, "gap")}: what hangs on them is not decided`,
    ...gapLines(gaps),
  ].join("\n")
}

function keyRow(key: InventoryKey, gaps: readonly Gap[]): readonly string[] {
  const { rotation, multiRegionType } = key
  const hidden = (what: Gap["what"]): boolean => gaps.some((gap) => gap.subject === key.arn && gap.what === what)
  const turns = rotation?.periodDays === undefined ? "on" : `${rotation.periodDays} d`
  return [
    key.aliases[0] ?? key.label ?? key.arn,
    key.account,
    key.region,
    key.state ?? "?",
    multiRegionType?.toLowerCase() ?? (key.state === undefined ? "?" : "single"),
    rotation === undefined ? "?" : rotation.enabled ? turns : "off",
    hidden("grants") ? "?" : String(key.grants.length),
  ]
}

/** One line for everything that one reason hides of one thing. */
function gapLines(gaps: readonly Gap[]): string[] {
  const lines = new Map<string, { gap: Gap; what: Set<string> }>()
  for (const gap of gaps) {
    const id = JSON.stringify([gap.subject, gap.why])
    const line = lines.get(id) ?? { gap, what: new Set() }
    lines.set(id, line)
    line.what.add(gap.what)
  }
  return [...lines.values()].map(
    ({ gap, what }) => `  ${display(gap.subject)} ${[...what].join(", ")}: ${display(gap.why)}`,
  )
}

const count = (many: number, thing: string): string => `${many} ${thing}${many === 1 ? "" : "s"}`
