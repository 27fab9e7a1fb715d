import { accountPrincipalArn, formatArn } from "../../access/arn.ts"
import type { AccountId } from "../../kernel/brands.ts"
import type { Caller } from "../core/exchange.ts"

export interface Credential {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly caller: Caller
  /** Present on temporary credentials only; they end at `caller.session.expiresAt`, virtual time. */
  readonly sessionToken?: string
}

export interface CredentialStore {
  find(accessKeyId: string): Credential | undefined
  add(credential: Credential): void
  /** Makes the administrator and the root user of a new account. */
  open(account: AccountId): void
  /** Temporary ones, for the snapshot. */
  sessions(): Credential[]
}

export function credentialStore(accounts: Iterable<AccountId>): CredentialStore {
  const byKey = new Map<string, Credential>()
  const open = (account: AccountId): void => {
    for (const credential of [adminOf(account), rootOf(account)]) byKey.set(credential.accessKeyId, credential)
  }
  for (const account of accounts) open(account)
  return {
    find: (accessKeyId) => byKey.get(accessKeyId),
    add: (credential) => void byKey.set(credential.accessKeyId, credential),
    open,
    sessions: () => [...byKey.values()].filter((each) => each.sessionToken !== undefined),
  }
}

/** The administrator of an account: always the same and plainly no secret. */
export function adminOf(account: AccountId): Credential {
  const accessKeyId = `AKIASBX0${account}`
  const arn = formatArn({ partition: "aws", service: "iam", region: "", account, resource: "user/sandbox-admin" })
  const userId = `AIDASBX0${account}X`
  return {
    accessKeyId,
    secretAccessKey: `sandbox-only-not-a-secret-${account}`,
    caller: { accessKeyId, account, arn, userId, kind: "user" },
  }
}

function rootOf(account: AccountId): Credential {
  const accessKeyId = `AKIASBX1${account}`
  return {
    accessKeyId,
    secretAccessKey: `sandbox-only-not-a-secret-root-${account}`,
    caller: { accessKeyId, account, arn: accountPrincipalArn(account), userId: account, kind: "root" },
  }
}
