import { ask } from "../core/ask.ts"
import { ServiceError, type Call } from "../core/exchange.ts"
import { oneOf, type Input } from "../protocol/input.ts"
import { refused } from "./errors.ts"
import { allowed, notImplemented, paged, suffix, type Handler } from "./org-call.ts"
import {
  foundOrganization,
  organizationArn,
  targetArn,
  type Organization,
  type OrganizationStore,
} from "./organization.ts"

const organizationOf = (organization: Organization): object => ({
  Id: organization.id,
  Arn: organizationArn(organization),
  FeatureSet: "ALL",
  MasterAccountId: organization.managementAccount,
  MasterAccountArn: targetArn(organization, organization.managementAccount),
  MasterAccountEmail: organization.members.get(organization.managementAccount)?.email,
})

/** The caller's account becomes the management account, and the only member. */
export function createOrganization(store: OrganizationStore, call: Call, input: Input): object {
  const features = oneOf(input, "FeatureSet", ["ALL", "CONSOLIDATED_BILLING"])
  ask(call, "organizations:CreateOrganization")
  const { account } = call.caller
  if (store.current?.members.has(account) === true)
    throw refused("AlreadyInOrganization", "The provided account is already a member of an organization.")
  if (store.current !== undefined) throw notImplemented("second organization")
  if (features === "CONSOLIDATED_BILLING") throw notImplemented("organization for billing only")
  const own = call.world.accounts.get(account)
  const founded = foundOrganization(
    `o-${suffix(call, 5)}`,
    account,
    own === undefined ? [] : [own],
    call.world.clock.now(),
  )
  store.current = founded
  return { Organization: organizationOf(founded) }
}

/** The organisation that a call is about. Members may only ask which one it is. @throws ServiceError */
export function organizationFor(store: OrganizationStore, call: Call, operation: string): Organization {
  const { current } = store
  const { account } = call.caller
  if (current?.members.has(account) !== true) {
    throw new ServiceError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
  }
  if (operation !== "DescribeOrganization" && account !== current.managementAccount)
    throw refused("AccessDenied", "You don't have permissions to access this resource.")
  return current
}

const describeOrganization: Handler = (each) => {
  allowed(each)
  return { Organization: organizationOf(each.organization) }
}

/** No service can be let in and no account be made a delegate here, so both lists are empty; Terraform reads them. */
const nothingIn =
  (list: string): Handler =>
  (each) => {
    allowed(each)
    const { tail } = paged<string>(each, [], (id) => id)
    return { [list]: [], ...tail }
  }

export const ORGANIZATION_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["DescribeOrganization", describeOrganization],
  ["ListAWSServiceAccessForOrganization", nothingIn("EnabledServicePrincipals")],
  ["ListDelegatedAdministrators", nothingIn("DelegatedAdministrators")],
]
