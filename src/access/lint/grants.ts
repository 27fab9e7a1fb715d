import { accountOf, isAccount, listed } from "./statements.ts"
import { grantRule, type GrantContext, type Result, type Rule } from "./rule.ts"

/** Rules on grants. */

const DAY_MS = 86_400_000

function* strangers({ grant, key, inventory, facts }: GrantContext): Iterable<Result> {
  const { grantee } = grant
  const fix = "revoke the grant, or declare the grantee"
  const account = accountOf(grantee)
  if (facts.grantees !== undefined) {
    if (!facts.grantees.includes(grantee))
      yield { message: `the grantee ${grantee} is not among those that are declared`, fix, path: [] }
    return
  }
  // A service principal, or a role that AWS keeps for its service.
  if (account === undefined || grantee.includes(":role/aws-service-role/")) return
  if (account !== key.account && facts.declaredAccounts?.includes(account) === false)
    return yield { message: `the grantee ${grantee} is of an account that is not declared`, fix, path: [] }
  if (isAccount(grantee)) return
  const { principals, source } = inventory.inventory
  if (!principals.some((each) => each.account === account))
    yield { notRun: `no inventory says which roles and users account ${account} has` }
  else if (inventory.principal(grantee) === undefined)
    yield { message: `the grantee ${grantee} is not in the inventory (${source})`, fix, path: [] }
}

function* endless({ grant, facts }: GrantContext): Iterable<Result> {
  if (grant.retiring === undefined)
    yield {
      message: "nobody may retire the grant: only an administrator of the key can end it",
      fix: "make it again with a retiring principal, and revoke this one",
      path: [],
    }
  const { maxGrantAgeDays: most, now } = facts
  if (most === undefined || now === undefined) return yield { notRun: "the age that a grant may have is not given" }
  const created = Date.parse(grant.creationDate ?? "")
  if (Number.isNaN(created)) return yield { notRun: "the inventory does not say when the grant was made" }
  const days = Math.floor((now - created) / DAY_MS)
  if (days > most)
    yield {
      message: `the grant is ${days} days old, more than ${most}`,
      fix: "revoke it, and make it again if it is still needed",
      path: [],
    }
}

function* passedOn({ grant }: GrantContext): Iterable<Result> {
  if (!grant.operations.includes("CreateGrant")) return
  yield {
    message: `${grant.grantee} may pass the grant on to anybody (CreateGrant)`,
    fix: "make it again without CreateGrant",
    path: [],
  }
}

function* openDecrypt({ grant, key }: GrantContext): Iterable<Result> {
  const account = accountOf(grant.grantee)
  const reading = grant.operations.filter((operation) => /^(Decrypt|ReEncryptFrom)$/.test(operation))
  if (account === undefined || account === key.account || reading.length === 0) return
  const {
    encryptionContextEquals: equals = {},
    encryptionContextSubset: subset = {},
    sourceArn,
  } = grant.constraints ?? {}
  if (Object.keys(equals).length + Object.keys(subset).length > 0 || sourceArn !== undefined) return
  yield {
    message: `${grant.grantee} of another account may ${listed(reading)} anything under the key`,
    fix: "make it again with EncryptionContextSubset or EncryptionContextEquals",
    path: [],
  }
}

export const GRANT_RULES: readonly Rule[] = [
  grantRule({ id: "DRG701", severity: "error", origin: [], title: "grantee outside the declared set" }, strangers),
  grantRule({ id: "DRG702", severity: "warning", origin: [], title: "no retiring principal, or too old" }, endless),
  grantRule({ id: "DRG703", severity: "warning", origin: [], title: "grant that can be passed on" }, passedOn),
  grantRule(
    { id: "DRG704", severity: "error", origin: [], title: "Decrypt for another account without constraint" },
    openDecrypt,
  ),
]
