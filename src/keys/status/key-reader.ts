import type { RegionName } from "../../kernel/brands.ts"
import type { Slots } from "../../kernel/concurrency.ts"
import type { AccountReader } from "../inventory-port.ts"
import type { SilentRegions } from "./silent-regions.ts"

/** The questions about keys, of one account. */
export type KeyReader = Pick<
  AccountReader,
  | "account"
  | "describeKey"
  | "keyPolicy"
  | "grants"
  | "keyTags"
  | "rotation"
  | "materials"
  | "lastUse"
  | "keysIn"
  | "aliasesIn"
>

/** The same reader within a budget of calls in flight, that asks no Region which is known to be silent. */
export function keyReader(reader: AccountReader, silent: SilentRegions, inSlot: Slots): KeyReader {
  const ask = <T>(region: RegionName, call: () => Promise<T>): Promise<T> =>
    inSlot(() => silent.ask(reader.account, region, call))
  return {
    account: reader.account,
    describeKey: (region, key) => ask(region, () => reader.describeKey(region, key)),
    keyPolicy: (region, key) => ask(region, () => reader.keyPolicy(region, key)),
    grants: (region, key) => ask(region, () => reader.grants(region, key)),
    keyTags: (region, key) => ask(region, () => reader.keyTags(region, key)),
    rotation: (region, key) => ask(region, () => reader.rotation(region, key)),
    materials: (region, key) => ask(region, () => reader.materials(region, key)),
    lastUse: (region, key) => ask(region, () => reader.lastUse(region, key)),
    keysIn: (region) => ask(region, () => reader.keysIn(region)),
    aliasesIn: (region) => ask(region, () => reader.aliasesIn(region)),
  }
}
