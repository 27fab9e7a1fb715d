import type { Grant } from "../../access/grants.ts"
import { stopIfDryRun } from "./dry-run.ts"
import { invalidGrantToken, notFound, validation } from "./errors.ts"
import { constraintFacts, NOT_FOR_A_SERVICE } from "./grant-rules.ts"
import { grantsInForce, type GrantRecord } from "./grants.ts"
import { optionalText, text } from "./input.ts"
import type { KmsKey } from "./key.ts"
import { authorizeKey, keyFor, type Handler, type KmsCall } from "./kms-call.ts"
import { checkGrantId } from "./list-grants.ts"
import { resolveKey } from "./resolve.ts"

/** In any state of the key, like RevokeGrant. By token even before the grant counts. */
export const retireGrant: Handler = (call) => {
  const token = optionalText(call.input, "GrantToken")
  const { key, grant } = token === undefined ? findById(call) : findByToken(call, token)
  authorizeKey(call.store, call, key, "RetireGrant", { context: constraintFacts(grant), grants: rightsToRetire(grant) })
  stopIfDryRun(call)
  remove(key, grant)
  return undefined
}

/**
 * The right to retire stands in the grant itself, so it is put to the authorizer as a grant: of one operation to the
 * retiring principal, and to the grantee where RetireGrant is among the operations. Key policies may give it as well.
 */
const rightsToRetire = (grant: GrantRecord): readonly Grant[] => [
  grant,
  ...(grant.retiring === undefined
    ? []
    : [{ id: grant.id, keyArn: grant.keyArn, grantee: grant.retiring, operations: ["RetireGrant"] }]),
]

export const revokeGrant: Handler = (call) => {
  const id = text(call.input, "GrantId")
  checkGrantId(id)
  const key = keyFor(call, text(call.input, "KeyId"), "RevokeGrant", NOT_FOR_A_SERVICE)
  const grant = mustHave(call, key, id)
  stopIfDryRun(call)
  remove(key, grant)
  return undefined
}

interface Found {
  readonly key: KmsKey
  readonly grant: GrantRecord
}

function findById(call: KmsCall): Found {
  const ref = optionalText(call.input, "KeyId")
  const id = optionalText(call.input, "GrantId")
  if (ref === undefined || id === undefined)
    throw validation("Either a grant token, or a key and a grant id, must be specified.")
  checkGrantId(id)
  const key = resolveKey(call.store, call.region, call.caller.account, ref, false)
  return { key, grant: mustHave(call, key, id) }
}

function mustHave(call: KmsCall, key: KmsKey, id: string): GrantRecord {
  const grant = grantsInForce(call.store, key, undefined).find((each) => each.id === id)
  if (grant === undefined) throw notFound(`Grant ID ${id} not found`)
  return grant
}

function findByToken(call: KmsCall, token: string): Found {
  const id = call.store.grantTokens.get(token)
  if (id === undefined) throw invalidGrantToken()
  for (const key of call.store.keys.get(call.region)?.values() ?? []) {
    const grant = key.grants.find((each) => each.id === id)
    if (grant !== undefined) return { key, grant }
  }
  throw notFound(`Grant ID ${id} not found`)
}

function remove(key: KmsKey, grant: GrantRecord): void {
  key.grants = key.grants.filter((each) => each !== grant)
}
