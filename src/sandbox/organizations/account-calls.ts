import type { AccountId } from "../../kernel/brands.ts"
import { requestTags } from "../core/ask.ts"
import { optionalText, tagsIn, text } from "../protocol/input.ts"
import { epochSeconds } from "../protocol/json-service.ts"
import { invalidInput, noSuchAccount, noSuchParent, refused } from "./errors.ts"
import { allowed, paged, suffix, targetNamed, type Handler, type OrganizationsCall } from "./org-call.ts"
import { join, targetArn, type AccountRequest, type Member, type Organization } from "./organization.ts"
import { accountsUnder, lineOf, pathOf, targetOf } from "./tree.ts"

const DEFAULT_ROLE = "OrganizationAccountAccessRole"

const accountOf = (organization: Organization, member: Member): object => ({
  Id: member.id,
  Arn: targetArn(organization, member.id),
  Email: member.email,
  Name: member.name,
  State: "ACTIVE",
  JoinedMethod: member.method,
  JoinedTimestamp: epochSeconds(member.joinedAt),
  Paths: [pathOf(organization, lineOf(organization, member.id))],
})

const listAccounts: Handler = (each) => {
  allowed(each)
  const { page, tail } = paged(each, [...each.organization.members.values()], ({ id }) => id)
  return { Accounts: page.map((member) => accountOf(each.organization, member)), ...tail }
}

const listUnder: Handler = (each) => {
  const { organization } = each
  const parent = targetNamed(each, "ParentId", noSuchParent)
  if (parent.kind === "ACCOUNT") throw noSuchParent()
  const { page, tail } = paged(each, accountsUnder(organization, parent.id), (id) => id)
  return { Accounts: page.map((id) => accountOf(organization, memberOf(organization, id))), ...tail }
}

function memberOf(organization: Organization, id: string): Member {
  const member = organization.members.get(id as AccountId)
  if (member === undefined) throw noSuchAccount()
  return member
}

const describeAccount: Handler = (each) => {
  const { id } = targetNamed(each, "AccountId", noSuchAccount)
  return { Account: accountOf(each.organization, memberOf(each.organization, id)) }
}

/** The answer says IN_PROGRESS, as AWS's; who asks for the status finds the account. */
const createAccount: Handler = (each) => {
  const { call, input, organization, store } = each
  const email = text(input, "Email")
  const name = text(input, "AccountName")
  const role = optionalText(input, "RoleName") ?? DEFAULT_ROLE
  const tags = tagsIn(input)
  if (!/^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 64)
    throw invalidInput("INVALID_PATTERN", "You provided a value for Email that does not match the required pattern.")
  if (name === "" || name.length > 50)
    throw invalidInput("MAX_LENGTH_EXCEEDED", "You provided a value for AccountName that is too short or too long.")
  if (!/^[\w+=,.@-]{1,64}$/.test(role))
    throw invalidInput("INVALID_PATTERN", "You provided a value for RoleName that does not match the required pattern.")
  allowed(each, "*", { context: requestTags(tags) })
  const now = call.world.clock.now()
  const request = { id: `car-${suffix(call, 16)}`, name, requestedAt: now }
  if ([...organization.members.values()].some((member) => member.email.toLowerCase() === email.toLowerCase())) {
    organization.requests.set(request.id, { ...request, failure: "EMAIL_ALREADY_EXISTS" })
  } else {
    const id = newAccountId(each)
    store.openAccount({ id, name }, role, organization.managementAccount)
    join(organization, { id, name, email, joinedAt: now, method: "CREATED", tags })
    organization.requests.set(request.id, { ...request, accountId: id })
  }
  return { CreateAccountStatus: { ...statusOf(request), State: "IN_PROGRESS" } }
}

function newAccountId({ call }: OrganizationsCall): AccountId {
  for (;;) {
    const id = String(100_000_000_000 + (Buffer.from(call.world.random(6)).readUIntBE(0, 6) % 900_000_000_000))
    if (!call.world.accounts.has(id as AccountId)) return id as AccountId
  }
}

const statusOf = ({ id, name, requestedAt }: AccountRequest): object => ({
  Id: id,
  AccountName: name,
  RequestedTimestamp: epochSeconds(requestedAt),
})

const describeStatus: Handler = (each) => {
  allowed(each)
  const request = each.organization.requests.get(text(each.input, "CreateAccountRequestId"))
  if (request === undefined)
    throw refused(
      "CreateAccountStatusNotFound",
      "We can't find a create account request with the ID that you specified.",
    )
  return {
    CreateAccountStatus: {
      ...statusOf(request),
      CompletedTimestamp: epochSeconds(request.requestedAt),
      ...(request.accountId === undefined
        ? { State: "FAILED", FailureReason: request.failure }
        : { State: "SUCCEEDED", AccountId: request.accountId }),
    },
  }
}

const moveAccount: Handler = (each) => {
  const { organization, input } = each
  const target = targetNamed(each, "AccountId", noSuchAccount)
  const member = memberOf(organization, target.id)
  const [from, to] = [text(input, "SourceParentId"), text(input, "DestinationParentId")]
  for (const parent of [from, to]) allowed(each, targetArn(organization, parent))
  if (member.parent !== from)
    throw refused("SourceParentNotFound", "We can't find a source root or OU with the ParentId that you specified.")
  const kind = targetOf(organization, to)?.kind
  if (kind === undefined || kind === "ACCOUNT") {
    throw refused(
      "DestinationParentNotFound",
      "We can't find the destination container (a root or OU) with the ParentId that you specified.",
    )
  }
  if (from === to) throw refused("DuplicateAccount", "That account is already present in the specified destination.")
  member.parent = to
  return undefined
}

export const ACCOUNT_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["ListAccounts", listAccounts],
  ["ListAccountsForParent", listUnder],
  ["DescribeAccount", describeAccount],
  ["CreateAccount", createAccount],
  ["DescribeCreateAccountStatus", describeStatus],
  ["MoveAccount", moveAccount],
]
