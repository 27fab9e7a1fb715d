import type { AccountId, RoleArn } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import type { AccountReader, InventoryPort } from "./inventory-port.ts"
import type { ScopedAccount } from "./live-scope.ts"

/** Who reads in an account. @throws DrError E_NO_READER, E_ASSUME_ROLE (77): the same one at every call */
export type ReaderFor = (account: AccountId) => Promise<AccountReader>

/** The process itself where it is in the account, else the first role of the account that it can become; asked once. */
export function readersOf(port: InventoryPort, accounts: readonly ScopedAccount[]): ReaderFor {
  const opened = new Map<AccountId, Promise<AccountReader>>()
  return (account) => {
    const open =
      opened.get(account) ??
      openReader(
        port,
        account,
        accounts.find(({ id }) => id === account),
      )
    opened.set(account, open)
    return open
  }
}

async function openReader(
  port: InventoryPort,
  account: AccountId,
  scoped: ScopedAccount | undefined,
): Promise<AccountReader> {
  if (port.base.account === account) return port.base
  const [first, ...others] = scoped?.become ?? []
  if (first === undefined) throw noReader(account, scoped, port.base.principal)
  return becomeFirst(port, [first, ...others], scoped?.externalId)
}

async function becomeFirst(
  port: InventoryPort,
  [role, ...others]: readonly [RoleArn, ...RoleArn[]],
  externalId: string | undefined,
): Promise<AccountReader> {
  const [next, ...rest] = others
  if (next === undefined) return port.become(role, externalId)
  return port.become(role, externalId).catch((thrown: unknown) => {
    if (!(thrown instanceof DrError) || thrown.code !== "E_ASSUME_ROLE") throw thrown
    return becomeFirst(port, [next, ...rest], externalId)
  })
}

function noReader(account: AccountId, scoped: ScopedAccount | undefined, principal: string): DrError {
  return new DrError({
    code: "E_NO_READER",
    message:
      scoped === undefined
        ? `dr.yaml has no account ${account}, so nobody is there to read it as`
        : `account ${scoped.name} has no roles.operator and no roles.drill in dr.yaml, and ${principal} is not in it`,
  })
}
