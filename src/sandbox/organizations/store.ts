import { accountPrincipalArn } from "../../access/arn.ts"
import type { AccountId } from "../../kernel/brands.ts"
import type { RandomBytes } from "../../kernel/random.ts"
import type { CredentialStore } from "../auth/credentials.ts"
import type { Snapshottable } from "../core/snapshot.ts"
import type { SandboxAccount, VirtualClock } from "../core/world.ts"
import { ADMINISTRATOR_ACCESS } from "../iam/managed-policies.ts"
import { makeRole } from "../iam/roles.ts"
import type { IamStore } from "../iam/store.ts"
import { foundOrganization, join, type OrganizationStore } from "./organization.ts"
import { dumpOrganization, readOrganization, type DumpedOrganization } from "./snapshot.ts"

/** What of the world grows when an account is made. */
export interface Growing {
  readonly accounts: Map<AccountId, SandboxAccount>
  readonly credentials: CredentialStore
  readonly iam: IamStore
  readonly clock: VirtualClock
  readonly random: RandomBytes
}

/** `organization` is the one that the world begins with: all its accounts are members. */
export function organizationStore(
  organization: { readonly id: string; readonly managementAccount: string } | undefined,
  world: Growing,
): OrganizationStore {
  const { accounts, clock } = world
  const current =
    organization === undefined
      ? undefined
      : foundOrganization(organization.id, organization.managementAccount as AccountId, accounts.values(), clock.now())
  return { current, openAccount: (account, role, by) => openAccount(world, account, role, by) }
}

function openAccount(world: Growing, account: SandboxAccount, name: string, managementAccount: AccountId): void {
  world.accounts.set(account.id, account)
  world.credentials.open(account.id)
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: accountPrincipalArn(managementAccount) }, Action: "sts:AssumeRole" },
    ],
  }
  const wanted = { account: account.id, name, trust: JSON.stringify(trust) }
  const role = makeRole(wanted, world.clock.now(), world.random)
  role.attached.add(ADMINISTRATOR_ACCESS)
  world.iam.roles.add(role)
}

/** Accounts that were made meanwhile come back with their administrators; those that are new in the options join. */
export function organizationSnapshot(store: OrganizationStore, world: Growing): Snapshottable {
  return {
    name: "organization",
    dump: () => (store.current === undefined ? undefined : dumpOrganization(store.current)),
    load(dumped) {
      const begun = store.current
      const loaded = readOrganization(dumped as DumpedOrganization)
      for (const { id, name } of loaded.members.values()) {
        if (world.accounts.has(id)) continue
        world.accounts.set(id, { id, name })
        world.credentials.open(id)
      }
      for (const member of begun?.members.values() ?? []) if (!loaded.members.has(member.id)) join(loaded, member)
      store.current = loaded
    },
  }
}
