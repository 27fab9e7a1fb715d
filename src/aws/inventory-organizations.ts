import {
  DescribeOrganizationCommand,
  DescribePolicyCommand,
  ListParentsCommand,
  ListPoliciesForTargetCommand,
} from "@aws-sdk/client-organizations"
import type { AccountId } from "../kernel/brands.ts"
import type { AccountReader } from "../keys/inventory-port.ts"
import { everyPage, incomplete, noneFor, type ReaderParts } from "./inventory-call.ts"

export type OrganizationsReader = Pick<AccountReader, "organization" | "parentOf" | "attachedTo" | "organizationPolicy">

const FILTER = { scps: "SERVICE_CONTROL_POLICY", rcps: "RESOURCE_CONTROL_POLICY" } as const

/** Any account may ask which organisation it is in; the rest only the management account and delegated administrators. */
export function organizationsReader({ clients, session, region, call }: ReaderParts): OrganizationsReader {
  const organizations = () => clients.organizations(region, session.credentials)
  const named = (operation: string, subject: string) => ({ service: "organizations", operation, region, subject })
  return {
    async organization() {
      const answer = await noneFor(
        "AWSOrganizationsNotInUseException",
        call(named("DescribeOrganization", `account ${session.account}`), async (options) =>
          (await organizations()).send(new DescribeOrganizationCommand({}), options),
        ),
      )
      if (answer === undefined) return undefined
      const { Id, MasterAccountId } = answer.Organization ?? {}
      if (!Id || !MasterAccountId) throw incomplete("organizations:DescribeOrganization", session.account)
      return { id: Id, managementAccount: MasterAccountId as AccountId }
    },
    async parentOf(target) {
      const parents = await everyPage(async (NextToken) => {
        const page = await call(named("ListParents", target), async (options) =>
          (await organizations()).send(
            new ListParentsCommand({ ChildId: target, ...(NextToken === undefined ? {} : { NextToken }) }),
            options,
          ),
        )
        return { items: page.Parents, next: page.NextToken }
      })
      const [parent] = parents
      if (parent?.Id === undefined) throw incomplete("organizations:ListParents", target)
      return { id: parent.Id, root: parent.Type === "ROOT" }
    },
    async attachedTo(target, kind) {
      const policies = await everyPage(async (NextToken) => {
        const page = await call(named("ListPoliciesForTarget", target), async (options) =>
          (await organizations()).send(
            new ListPoliciesForTargetCommand({
              TargetId: target,
              Filter: FILTER[kind],
              ...(NextToken === undefined ? {} : { NextToken }),
            }),
            options,
          ),
        )
        return { items: page.Policies, next: page.NextToken }
      })
      return policies.flatMap(({ Id, Name }) => (Id === undefined ? [] : [{ id: Id, name: Name ?? Id }]))
    },
    async organizationPolicy(id) {
      const { Policy } = await call(named("DescribePolicy", id), async (options) =>
        (await organizations()).send(new DescribePolicyCommand({ PolicyId: id }), options),
      )
      if (Policy?.Content === undefined) throw incomplete("organizations:DescribePolicy", id)
      return Policy.Content
    },
  }
}
