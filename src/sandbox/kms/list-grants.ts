import { accountPrincipalArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import { ServiceError } from "../core/exchange.ts"
import { validation } from "./errors.ts"
import { checkPrincipal } from "./grant-input.ts"
import { NOT_FOR_A_SERVICE } from "./grant-rules.ts"
import { grantsInForce, type GrantRecord } from "./grants.ts"
import { optionalText, text } from "./input.ts"
import { authorizeAccount, keyFor, type Handler, type KmsCall } from "./kms-call.ts"
import { seconds } from "./metadata.ts"
import { pageOf } from "./page.ts"

/** In any state of the key. A grant that is younger than the lag is not listed yet. */
export const listGrants: Handler = (call) => {
  const { input, store } = call
  const id = optionalText(input, "GrantId")
  if (id !== undefined) checkGrantId(id)
  const grantee = optionalText(input, "GranteePrincipal")
  refuseServiceFilter(call, "GranteeServicePrincipal")
  const key = keyFor(call, text(input, "KeyId"), "ListGrants", NOT_FOR_A_SERVICE)
  const grants = grantsInForce(store, key, undefined).filter(
    (each) => (id === undefined || each.id === id) && (grantee === undefined || each.grantee === grantee),
  )
  return answer(call, `grants ${key.arn} ${id ?? ""} ${grantee ?? ""}`, grants)
}

/** The principal must be the caller's; the grants may be on keys of any account in this Region. */
export const listRetirableGrants: Handler = (call) => {
  const { store, region } = call
  refuseServiceFilter(call, "RetiringServicePrincipal")
  const principal = text(call.input, "RetiringPrincipal")
  checkPrincipal(store, principal)
  authorizeAccount(call, "ListRetirableGrants")
  if (tryParseArn(principal)?.account !== call.caller.account) {
    const own = accountPrincipalArn(call.caller.account, partitionOf(region))
    throw validation(`RetiringPrincipal ${principal} is not a principal of ${own}.`)
  }
  const grants = [...(store.keys.get(region)?.values() ?? [])].flatMap((key) =>
    grantsInForce(store, key, undefined).filter((each) => each.retiring === principal),
  )
  return answer(call, `retirable ${principal}`, grants)
}

/** @throws ServiceError InvalidGrantIdException */
export function checkGrantId(id: string): void {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new ServiceError("InvalidGrantIdException", `Invalid grant id ${id}`)
}

function refuseServiceFilter(call: KmsCall, member: string): void {
  if (call.input[member] !== undefined) throw validation(`${member} can only be used by service principals.`)
}

function answer(call: KmsCall, subject: string, grants: readonly GrantRecord[]): object {
  const page = pageOf(call, subject, grants, (grant) => grant.id, 100, 50)
  return { Grants: page.items.map(entryOf), ...page.tail }
}

function entryOf(grant: GrantRecord): object {
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = grant.constraints ?? {}
  return {
    KeyId: grant.keyArn,
    GrantId: grant.id,
    Name: grant.name ?? "",
    CreationDate: seconds(grant.createdAt),
    [grant.forService ? "GranteeServicePrincipal" : "GranteePrincipal"]: grant.grantee,
    ...(grant.retiring === undefined
      ? {}
      : { [grant.retiredByService ? "RetiringServicePrincipal" : "RetiringPrincipal"]: grant.retiring }),
    IssuingAccount: accountPrincipalArn(grant.issuingAccount, partitionOf(tryParseArn(grant.keyArn)?.region ?? "")),
    Operations: grant.operations,
    ...(grant.constraints === undefined
      ? {}
      : {
          Constraints: {
            EncryptionContextEquals: encryptionContextEquals,
            EncryptionContextSubset: encryptionContextSubset,
            SourceArn: sourceArn,
          },
        }),
  }
}
