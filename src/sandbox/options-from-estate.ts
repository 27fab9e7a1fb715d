import { accountPrincipalArn } from "../access/arn.ts"
import type { SandboxOptions } from "./index.ts"

/** The part of dr.yaml that the sandbox can be seeded from. */
export interface EstateAccounts {
  readonly accounts: Readonly<
    Record<
      string,
      {
        readonly id: string
        readonly roles?: Readonly<Record<string, string | undefined>> | undefined
        readonly externalId?: string | undefined
      }
    >
  >
  readonly organization?: { readonly id: string; readonly managementAccount?: string | undefined } | undefined
}

export const DEFAULT_ACCOUNTS: EstateAccounts = {
  accounts: { workload: { id: "111111111111" }, recovery: { id: "222222222222" }, management: { id: "333333333333" } },
  organization: { id: "o-sandbox1234", managementAccount: "management" },
}

/**
 * Accounts and their roles. `rendered`: roles whose policies are known. The others may be assumed by every account of the
 * estate, with the account's external id if it has one, and may do nothing.
 */
export function optionsFromEstate(
  estate: EstateAccounts,
  rendered: NonNullable<SandboxOptions["roles"]> = [],
): Pick<SandboxOptions, "accounts" | "organization" | "roles"> {
  const accounts = Object.entries(estate.accounts)
  const principals = accounts.map(([, { id }]) => accountPrincipalArn(id))
  const known = new Set(rendered.map(({ arn }) => arn))
  const bare = accounts.flatMap(([, { roles: own = {}, externalId }]) =>
    Object.values(own).flatMap((arn) =>
      arn === undefined || known.has(arn) ? [] : [{ arn, trust: trustOf(principals, externalId) }],
    ),
  )
  const roles = [...rendered, ...bare]
  const management = estate.accounts[estate.organization?.managementAccount ?? ""]
  return {
    accounts: accounts.map(([name, { id }]) => ({ id, name })),
    roles,
    ...(estate.organization === undefined || management === undefined
      ? {}
      : { organization: { id: estate.organization.id, managementAccount: management.id } }),
  }
}

const trustOf = (principals: readonly string[], externalId: string | undefined): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: principals },
      Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
      ...(externalId === undefined ? {} : { Condition: { StringEquals: { "sts:ExternalId": externalId } } }),
    },
  ],
})
