import { tryParseArn } from "../../access/arn.ts"
import { isAccountId, isRegionName, type AccountId, type RegionName } from "../../kernel/brands.ts"
import { toldText, valueOf } from "./attributes.ts"
import type { TfDocument, TfResource } from "./document.ts"

/** Where resources are whose ARN does not say it yet. Undefined = the document does not tell, and nobody guesses. */
export interface Places {
  readonly accounts: readonly AccountId[]
  account(resource: TfResource): AccountId | undefined
  region(resource: TfResource): RegionName | undefined
}

export function placesOf({ resources, configuration }: TfDocument): Places {
  const providerOf = (resource: TfResource) => configuration?.provider(resource)
  const told = (resource: TfResource): AccountId | undefined =>
    resource.mode === "data" && resource.type === "aws_caller_identity"
      ? accountId(valueOf(toldText(resource, "account_id")))
      : accountId(arnOf(resource)?.account)
  const accounts = new Set<AccountId>()
  const byIdentity = new Map<string, AccountId>()
  for (const resource of resources) {
    const [account, identity] = [told(resource), providerOf(resource)?.identity]
    if (account === undefined) continue
    accounts.add(account)
    if (identity !== undefined) byIdentity.set(identity, account)
  }
  // A state tells nothing of its providers; in a plan the only known account need not be the only one.
  const only = configuration === undefined && accounts.size === 1 ? [...accounts][0] : undefined
  const accountOf = (resource: TfResource): AccountId | undefined => {
    const provider = providerOf(resource)
    return told(resource) ?? accountId(provider?.account) ?? byIdentity.get(provider?.identity ?? "") ?? only
  }
  return {
    accounts: [
      ...new Set([...accounts, ...resources.filter(isOwned).flatMap((resource) => accountOf(resource) ?? [])]),
    ],
    account: accountOf,
    region(resource) {
      const own = valueOf(toldText(resource, "region"))
      return regionName(arnOf(resource)?.region) ?? regionName(own) ?? regionName(providerOf(resource)?.region)
    },
  }
}

const OWNED = /^aws_(kms|iam|s3)_/
const isOwned = ({ mode, type }: TfResource): boolean => mode === "managed" && OWNED.test(type)

const arnOf = (resource: TfResource) =>
  isOwned(resource) ? tryParseArn(valueOf(toldText(resource, "arn")) ?? "") : undefined

const accountId = (text: string | undefined): AccountId | undefined =>
  text !== undefined && isAccountId(text) ? text : undefined

const regionName = (text: string | undefined): RegionName | undefined =>
  text !== undefined && isRegionName(text) ? text : undefined
