import { formatArn } from "../../access/arn.ts"
import type { AccountId } from "../../kernel/brands.ts"
import { ServiceError, type Call, type Service } from "../core/exchange.ts"
import type { SandboxAccount } from "../core/world.ts"
import { jsonAnswer, jsonError, readJson, targetOperation } from "../protocol/json.ts"

export interface Organization {
  readonly id: string
  readonly managementAccount: AccountId
  readonly createdAt: number
}

interface OrganizationsCall {
  readonly call: Call
  readonly organization: Organization
  readonly input: Readonly<Record<string, unknown>>
}

const ROOT_ID = "r-sbx1"

const arnOf = ({ organization }: OrganizationsCall, resource: string): string =>
  formatArn({
    partition: "aws",
    service: "organizations",
    region: "",
    account: organization.managementAccount,
    resource,
  })

const accountOf = (each: OrganizationsCall, account: SandboxAccount): object => ({
  Id: account.id,
  Arn: arnOf(each, `account/${each.organization.id}/${account.id}`),
  Email: `${account.name}@sandbox.invalid`,
  Name: account.name,
  State: "ACTIVE",
  JoinedMethod: account.id === each.organization.managementAccount ? "INVITED" : "CREATED",
  JoinedTimestamp: each.organization.createdAt / 1000,
  Paths: [`${each.organization.id}/${ROOT_ID}/${account.id}/`],
})

/**
 * In small-page mode the first page of every list is empty and carries a token, as Organizations may answer: a
 * caller that stops at an empty page finds nothing.
 */
function paged<T>(
  { call, input }: OrganizationsCall,
  items: readonly T[],
): { page: readonly T[]; tail: { NextToken?: string } } {
  const { pageSize } = call.world.settings
  const asked = typeof input["MaxResults"] === "number" ? input["MaxResults"] : 20
  const size = Math.min(asked, pageSize ?? 20)
  const token = input["NextToken"]
  if (token === undefined && pageSize !== undefined) return { page: [], tail: { NextToken: tokenAt(0) } }
  const start = token === undefined ? 0 : readToken(token)
  const end = start + size
  return { page: items.slice(start, end), tail: end < items.length ? { NextToken: tokenAt(end) } : {} }
}

const tokenAt = (at: number): string => Buffer.from(`next:${at}`).toString("base64url")

function readToken(token: unknown): number {
  const match = /^next:(\d+)$/.exec(Buffer.from(String(token), "base64url").toString("utf8"))
  if (match === null) throw new ServiceError("InvalidInputException", "You specified an invalid value for NextToken.")
  return Number(match[1])
}

const isAccount = (each: OrganizationsCall, id: unknown): boolean =>
  each.call.world.accounts.has(String(id) as AccountId)

function listChildren(each: OrganizationsCall): object {
  parentOf(each)
  const accounts = each.input["ChildType"] === "ACCOUNT" ? [...each.call.world.accounts.values()] : []
  const { page, tail } = paged(each, accounts)
  return { Children: page.map((account) => ({ Id: account.id, Type: "ACCOUNT" })), ...tail }
}

function parentOf({ input }: OrganizationsCall): void {
  if (input["ParentId"] !== ROOT_ID)
    throw new ServiceError("ParentNotFoundException", "You specified parent that doesn't exist.")
}

type Handler = (call: OrganizationsCall) => object

const OPERATIONS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    "DescribeOrganization",
    (each) => ({
      Organization: {
        Id: each.organization.id,
        Arn: arnOf(each, `organization/${each.organization.id}`),
        FeatureSet: "ALL",
        MasterAccountId: each.organization.managementAccount,
        MasterAccountArn: arnOf(each, `account/${each.organization.id}/${each.organization.managementAccount}`),
        MasterAccountEmail: "management@sandbox.invalid",
      },
    }),
  ],
  [
    "ListAccounts",
    (each) => {
      const { page, tail } = paged(each, [...each.call.world.accounts.values()])
      return { Accounts: page.map((account) => accountOf(each, account)), ...tail }
    },
  ],
  [
    "DescribeAccount",
    (each) => {
      const account = each.call.world.accounts.get(String(each.input["AccountId"]) as AccountId)
      if (account === undefined)
        throw new ServiceError("AccountNotFoundException", "You specified an account that doesn't exist.")
      return { Account: accountOf(each, account) }
    },
  ],
  [
    "ListRoots",
    (each) => {
      const root = {
        Id: ROOT_ID,
        Arn: arnOf(each, `root/${each.organization.id}/${ROOT_ID}`),
        Name: "Root",
        PolicyTypes: [],
      }
      const { page, tail } = paged(each, [root])
      return { Roots: page, ...tail }
    },
  ],
  [
    "ListParents",
    (each) => {
      if (!isAccount(each, each.input["ChildId"]))
        throw new ServiceError("ChildNotFoundException", "You specified a child that doesn't exist.")
      const { page, tail } = paged(each, [{ Id: ROOT_ID, Type: "ROOT" }])
      return { Parents: page, ...tail }
    },
  ],
  ["ListChildren", listChildren],
  [
    "ListOrganizationalUnitsForParent",
    (each) => {
      parentOf(each)
      const { page, tail } = paged(each, [])
      return { OrganizationalUnits: page, ...tail }
    },
  ],
])

/** Read calls of Organizations: one root, no organisational units yet. Only DescribeOrganization works in members. */
export function createOrganizations(organization: Organization | undefined): Service {
  return {
    name: "organizations",
    operationOf(request) {
      const operation = targetOperation(request, "AWSOrganizationsV20161128")
      return operation !== undefined && OPERATIONS.has(operation) ? operation : undefined
    },
    handle(call, operation) {
      if (organization === undefined) {
        throw new ServiceError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
      }
      if (operation !== "DescribeOrganization" && call.caller.account !== organization.managementAccount) {
        throw new ServiceError("AccessDeniedException", "You don't have permissions to access this resource.")
      }
      return jsonAnswer(
        OPERATIONS.get(operation)?.({ call, organization, input: readJson(call.request) }),
        call.requestId,
      )
    },
    errorResponse: (error, _request, requestId) => jsonError(error, requestId),
  }
}
