import { tryParseArn } from "../../access/arn.ts"
import { GRANT_OPERATIONS } from "../../access/catalog/index.ts"
import type { Grant, GrantConstraints } from "../../access/grants.ts"
import type { EncryptionContext } from "../core/world.ts"
import { constraint, invalidArn, validation } from "./errors.ts"
import { optionalInput, optionalPairs, optionalText, texts, type Input } from "./input.ts"
import type { KmsStore } from "./store.ts"

/** The grant that a request asks for. */
export interface WantedGrant extends Omit<Grant, "id" | "keyArn"> {
  readonly forService: boolean
  readonly retiredByService: boolean
}

export function readGrant(store: KmsStore, input: Input): WantedGrant {
  const grantee = readPrincipal(store, input, "GranteePrincipal", "GranteeServicePrincipal")
  if (grantee === undefined) throw validation("GranteePrincipal or GranteeServicePrincipal is required.")
  const retiring = readPrincipal(store, input, "RetiringPrincipal", "RetiringServicePrincipal")
  const constraints = readConstraints(optionalInput(input, "Constraints"))
  const forService = input["GranteeServicePrincipal"] !== undefined
  if (forService && (constraints?.sourceArn === undefined || retiring === undefined))
    throw validation("GranteeServicePrincipal requires a SourceArn constraint and a retiring principal.")
  const name = optionalText(input, "Name")
  if (name !== undefined && !/^[a-zA-Z0-9:/_-]{1,256}$/.test(name))
    throw constraint("name", "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", name)
  return {
    ...(name === undefined ? {} : { name }),
    grantee,
    ...(retiring === undefined ? {} : { retiring }),
    operations: readOperations(input),
    ...(constraints === undefined ? {} : { constraints }),
    forService,
    retiredByService: input["RetiringServicePrincipal"] !== undefined,
  }
}

function readOperations(input: Input): string[] {
  const operations = [...new Set(texts(input, "Operations"))].sort()
  if (operations.length === 0) throw constraint("operations", "have length greater than or equal to 1")
  const unknown = operations.find((each) => !GRANT_OPERATIONS.has(each))
  if (unknown !== undefined)
    throw constraint("operations", `satisfy enum value set: [${[...GRANT_OPERATIONS].join(", ")}]`, `[${unknown}]`)
  return operations
}

/** One of the two members, or neither. */
function readPrincipal(store: KmsStore, input: Input, member: string, service: string): string | undefined {
  const principal = optionalText(input, member)
  const byService = optionalText(input, service)
  if (principal !== undefined && byService !== undefined)
    throw validation(`${member} and ${service} cannot both be specified.`)
  if (byService !== undefined && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(byService))
    throw validation(`Invalid ${service}: ${byService}`)
  if (principal !== undefined) checkPrincipal(store, principal)
  return principal ?? byService
}

/** Account, user, role, federated user or session, of an account that exists. */
export function checkPrincipal(store: KmsStore, text: string): void {
  const arn = tryParseArn(text)
  const kind = arn === undefined ? "" : `${arn.service}/${arn.resource}`
  const named = /^(iam\/(root|user\/.+|role\/.+)|sts\/(assumed-role\/[^/]+\/.+|federated-user\/.+))$/.test(kind)
  const known = [...store.world.accounts.keys()].some((account) => account === arn?.account)
  if (!named || !known) throw invalidArn(text)
}

const MOST_PAIRS = 8
const LONGEST_VALUE = 384

function readConstraints(input: Input | undefined): GrantConstraints | undefined {
  if (input === undefined) return undefined
  const encryptionContextEquals = readPairs(input, "EncryptionContextEquals")
  const encryptionContextSubset = readPairs(input, "EncryptionContextSubset")
  const sourceArn = optionalText(input, "SourceArn")
  if (sourceArn !== undefined && tryParseArn(sourceArn) === undefined) throw invalidArn(sourceArn)
  const constraints = {
    ...(encryptionContextEquals === undefined ? {} : { encryptionContextEquals }),
    ...(encryptionContextSubset === undefined ? {} : { encryptionContextSubset }),
    ...(sourceArn === undefined ? {} : { sourceArn }),
  }
  return Object.keys(constraints).length === 0 ? undefined : constraints
}

function readPairs(input: Input, name: string): EncryptionContext | undefined {
  const pairs = optionalPairs(input, name)
  if (pairs === undefined) return undefined
  if (Object.keys(pairs).length > MOST_PAIRS)
    throw validation(`${name} can hold at most ${MOST_PAIRS} encryption context pairs.`)
  if (Object.values(pairs).some((value) => value.length > LONGEST_VALUE))
    throw validation(`Values of ${name} can have at most ${LONGEST_VALUE} characters.`)
  return pairs
}
