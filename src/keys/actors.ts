import type { AccountId, RegionName } from "../kernel/brands.ts"
import type { AccountReader } from "./inventory-port.ts"
import type { KeyAdminPort, KmsPort } from "./ports.ts"

/** Who takes a step: operators keep keys in order, break-glass alone makes, re-policies and ends them (decision 7). */
export type KeyRole = "operator" | "break-glass"

/** Sessions in the accounts of an environment; each is opened at its first use and kept. */
export interface Actors {
  /** Reads the account. @throws DrError E_NO_READER, E_ASSUME_ROLE (77) */
  reader(account: AccountId): Promise<AccountReader>
  /** @throws DrError E_ASSUME_ROLE, E_NO_IDENTITY (77) that names role, account and what to pass */
  admin(account: AccountId, as: KeyRole): Promise<KeyAdminPort>
  /** Uses keys as the account's drill role, which may do so with an encryption context that begins with dr-run. */
  drill(account: AccountId, region: RegionName): Promise<KmsPort>
}
