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
    table(["KEY", "ACCOUNT", "REGION", "STATE", "KIND", "ROTATION", "GRANTS"], keys.map(keyRow)),
    gaps.length === 0 ? "✓ everything was read" : `? ${count(gaps.length, "gap")}: what hangs on them is not decided`,
    ...gaps.map(gapLine),
  ].join("\n")
}

function keyRow(key: InventoryKey): readonly string[] {
  const { rotation, multiRegionType } = key
  const turns = rotation?.periodDays === undefined ? "on" : `${rotation.periodDays} d`
  return [
    key.aliases[0] ?? key.arn,
    key.account,
    key.region,
    key.state ?? "?",
    multiRegionType?.toLowerCase() ?? "single",
    rotation === undefined ? "?" : rotation.enabled ? turns : "off",
    String(key.grants.length),
  ]
}

const gapLine = ({ subject, what, why }: Gap): string => `  ${display(subject)} ${what}: ${display(why)}`

const count = (many: number, thing: string): string => `${many} ${thing}${many === 1 ? "" : "s"}`
