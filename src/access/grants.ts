import type { RequestContext } from "./context.ts"
import { principalMatcher, type NamedAs, type Principal } from "./principal.ts"

/** A KMS grant as the decision needs it. Source: facts of CreateGrant and GrantListEntry in the SDK. */
export interface Grant {
  readonly id: string
  readonly name?: string
  readonly keyArn: string
  /** Role, user, session or account ARN, or a service principal. */
  readonly grantee: string
  readonly retiring?: string
  /** Names as KMS lists them: `Decrypt`, `ReEncryptFrom`, … */
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
}

export interface GrantConstraints {
  readonly encryptionContextEquals?: Readonly<Record<string, string>>
  readonly encryptionContextSubset?: Readonly<Record<string, string>>
  readonly sourceArn?: string
}

/** These operations carry no encryption context, so a constraint on it does not touch them. */
const WITHOUT_CONTEXT: ReadonlySet<string> = new Set(["describekey", "retiregrant"])
const PREFIX = "kms:encryptioncontext:"

/**
 * The first grant that allows `action` (lower case, `kms:decrypt`) on the key, and how it means the principal. A grant
 * allows what it lists, on its key, within its constraints, and nothing else.
 */
export function matchingGrant(
  grants: readonly Grant[],
  principal: Principal,
  action: string,
  keyArn: string,
  context: RequestContext,
): { grant: Grant; named: NamedAs } | undefined {
  const operation = action.startsWith("kms:") ? action.slice(4) : undefined
  if (operation === undefined) return undefined
  for (const grant of grants) {
    if (grant.keyArn !== keyArn || !grant.operations.some((each) => each.toLowerCase() === operation)) continue
    const named = granteeOf(grant)(principal)
    if (named !== undefined && satisfies(grant.constraints, operation, context)) return { grant, named }
  }
  return undefined
}

function granteeOf({ grantee }: Grant): (principal: Principal) => NamedAs | undefined {
  const type = grantee.startsWith("arn:") || /^\d{12}$/.test(grantee) ? "AWS" : "Service"
  return principalMatcher([{ type, value: grantee }])
}

function satisfies(constraints: GrantConstraints | undefined, operation: string, context: RequestContext): boolean {
  if (constraints === undefined) return true
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = constraints
  if (sourceArn !== undefined && !(context.get("aws:sourcearn")?.values ?? []).includes(sourceArn)) return false
  if (WITHOUT_CONTEXT.has(operation) || (equals === undefined && subset === undefined)) return true
  const pairs = pairsOf(context)
  const holdsAll = (wanted: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).every(([name, value]) => pairs.get(name) === value)
  if (equals !== undefined && (pairs.size !== Object.keys(equals).length || !holdsAll(equals))) return false
  return subset === undefined || holdsAll(subset)
}

/** The encryption context of the request, its names with their case: constraints compare with case. */
function pairsOf(context: RequestContext): Map<string, string> {
  const pairs = new Map<string, string>()
  for (const { name, values } of context.all()) {
    if (name.toLowerCase().startsWith(PREFIX)) pairs.set(name.slice(PREFIX.length), values[0] ?? "")
  }
  return pairs
}
