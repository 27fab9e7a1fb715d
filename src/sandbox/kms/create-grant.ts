import { stopIfDryRun } from "./dry-run.ts"
import { validation } from "./errors.ts"
import { readGrant, type WantedGrant } from "./grant-input.ts"
import { bindsContext, covers, foreignOperation, grantFacts } from "./grant-rules.ts"
import { grantsInForce, type GrantRecord } from "./grants.ts"
import { text } from "./input.ts"
import type { KmsKey } from "./key.ts"
import { authorizeKey, mustBeCustomers, mustBeEnabled, type Handler, type KmsCall } from "./kms-call.ts"
import { resolveKey } from "./resolve.ts"

export const createGrant: Handler = (call) => {
  const { store, input, caller, region } = call
  const ref = text(input, "KeyId")
  const wanted = readGrant(store, input)
  const key = resolveKey(store, region, caller.account, ref, false)
  // A grant may stand behind this one only if it is no stricter; a key policy gives the right without that.
  const grants = grantsInForce(store, key, call.grantTokens).filter((each) => covers(each, wanted))
  authorizeKey(store, call, key, "CreateGrant", { ref, context: grantFacts(wanted), grants })
  mustBeCustomers(call, key, "CreateGrant")
  mustSuit(key, wanted)
  mustBeEnabled(key)
  stopIfDryRun(call)
  const token = Buffer.from(store.world.random(96)).toString("base64url")
  const grant = sameGrant(key, wanted) ?? newGrant(call, key, wanted)
  grant.tokens.push(token)
  store.grantTokens.set(token, grant.id)
  return { GrantId: grant.id, GrantToken: token }
}

function mustSuit(key: KmsKey, wanted: WantedGrant): void {
  const { spec } = key.group
  const foreign = foreignOperation(wanted.operations, spec)
  if (foreign !== undefined) throw validation(`Operation ${foreign} is not supported by key spec ${spec}.`)
  if (bindsContext(wanted) && spec !== "SYMMETRIC_DEFAULT")
    throw validation("Encryption context constraints are only supported by symmetric encryption keys.")
}

/** Only a name makes a retry: without one every call makes a grant of its own. */
function sameGrant(key: KmsKey, wanted: WantedGrant): GrantRecord | undefined {
  if (wanted.name === undefined) return undefined
  const print = printOf(wanted)
  return key.grants.find((each) => printOf(each) === print)
}

/** What makes two grants the same, whatever the order of its parts. */
const printOf = ({ name, grantee, retiring, operations, constraints }: WantedGrant): string =>
  JSON.stringify([
    name,
    grantee,
    retiring,
    operations,
    sorted(constraints?.encryptionContextEquals),
    sorted(constraints?.encryptionContextSubset),
    constraints?.sourceArn,
  ])

const sorted = (pairs: Readonly<Record<string, string>> | undefined): unknown =>
  pairs === undefined ? undefined : Object.entries(pairs).sort(([one], [other]) => (one < other ? -1 : 1))

function newGrant(call: KmsCall, key: KmsKey, wanted: WantedGrant): GrantRecord {
  const { random, clock } = call.store.world
  const grant: GrantRecord = {
    ...wanted,
    id: Buffer.from(random(32)).toString("hex"),
    keyArn: key.arn,
    createdAt: clock.now(),
    issuingAccount: call.caller.account,
    tokens: [],
  }
  key.grants = [...key.grants, grant]
  return grant
}
