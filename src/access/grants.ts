import type { RequestContext } from "./context.ts"
import { both, type Tri } from "./decision.ts"
import { principalMatcher, type NamedAs, type Principal, type PrincipalMatcher } from "./principal.ts"
import type { ConditionTest } from "./statement.ts"

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
  /** ISO 8601; undefined = not known. */
  readonly creationDate?: string
}

export interface GrantConstraints {
  readonly encryptionContextEquals?: Readonly<Record<string, string>>
  readonly encryptionContextSubset?: Readonly<Record<string, string>>
  readonly sourceArn?: string
}

/**
 * AWS shows the unique id in place of the ARN of a role or user that is gone; one made anew under the old name has another
 * id, so nobody uses such a grant. Source: IAM user guide, unique identifiers.
 */
export const isGone = (grantee: string): boolean => /^(AROA|AIDA)[A-Z0-9]{12,}$/.test(grantee)

/** These operations carry no encryption context, so a constraint on it does not touch them. */
const WITHOUT_CONTEXT: ReadonlySet<string> = new Set(["describekey", "retiregrant"])
const PREFIX = "kms:encryptioncontext:"

/** A grant that allows a request. `satisfied` is undefined when an unknown fact decides about its constraints. */
export interface MatchedGrant {
  readonly grant: Grant
  readonly named: NamedAs
  readonly satisfied: true | undefined
}

/** What a question costs is paid once per grant. */
interface Prepared {
  readonly operations: ReadonlySet<string>
  readonly names: PrincipalMatcher
}

const prepared = new WeakMap<Grant, Prepared>()

function prepare(grant: Grant): Prepared {
  const known = prepared.get(grant)
  if (known !== undefined) return known
  const type = grant.grantee.startsWith("arn:") || /^\d{12}$/.test(grant.grantee) ? "AWS" : "Service"
  const made: Prepared = {
    operations: new Set(grant.operations.map((each) => each.toLowerCase())),
    // A star is no grantee.
    names: grant.grantee === "*" ? () => undefined : principalMatcher([{ type, value: grant.grantee }]),
  }
  prepared.set(grant, made)
  return made
}

/**
 * Every grant that allows `action` (lower case, `kms:decrypt`) on the key, or may allow it, and how it means the
 * principal. A grant allows what it lists, on its key, within its constraints, and nothing else.
 */
export function matchingGrants(
  grants: readonly Grant[],
  principal: Principal,
  action: string,
  keyArn: string,
  context: RequestContext,
): readonly MatchedGrant[] {
  if (!action.startsWith("kms:")) return []
  const operation = action.slice(4)
  const found: MatchedGrant[] = []
  for (const grant of grants) {
    if (grant.keyArn !== keyArn) continue
    const { operations, names } = prepare(grant)
    const named = operations.has(operation) ? names(principal) : undefined
    if (named === undefined) continue
    const satisfied = satisfies(grant.constraints, operation, context)
    if (satisfied !== false) found.push({ grant, named, satisfied })
  }
  return found
}

/** The constraints of a grant as conditions, for people. */
export function constraintTests({ constraints }: Grant): readonly ConditionTest[] {
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = constraints ?? {}
  const pairs = Object.entries({ ...encryptionContextSubset, ...encryptionContextEquals })
  return [
    ...pairs.map(([name, value]) => ({
      operator: "StringEquals",
      key: `kms:EncryptionContext:${name}`,
      values: [value],
    })),
    ...(sourceArn === undefined ? [] : [{ operator: "ArnEquals", key: "aws:SourceArn", values: [sourceArn] }]),
  ]
}

function satisfies(constraints: GrantConstraints | undefined, operation: string, context: RequestContext): Tri {
  if (constraints === undefined) return true
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = constraints
  const from = sourceArn === undefined ? true : holds(context, "aws:sourcearn", sourceArn)
  if (from === false || WITHOUT_CONTEXT.has(operation) || (equals === undefined && subset === undefined)) return from
  const pairs = pairsOf(context)
  const holdsAll = (wanted: Readonly<Record<string, string>>): Tri =>
    Object.entries(wanted).reduce<Tri>((all, [name, value]) => {
      const given = pairs.get(name)
      if (given !== undefined) return both(all, given === value)
      return both(all, context.isUnknown(PREFIX + name.toLowerCase()) ? undefined : false)
    }, true)
  let result: Tri = from
  if (equals !== undefined) {
    const more = pairs.size > Object.keys(equals).length
    result = both(result, both(holdsAll(equals), more ? false : context.mayHaveMore(PREFIX) ? undefined : true))
  }
  return subset === undefined ? result : both(result, holdsAll(subset))
}

function holds(context: RequestContext, key: string, wanted: string): Tri {
  if (context.isUnknown(key)) return undefined
  return (context.get(key)?.values ?? []).includes(wanted)
}

/** The encryption context of the request, its names with their case: constraints compare with case. */
function pairsOf(context: RequestContext): Map<string, string> {
  const pairs = new Map<string, string>()
  for (const { name, values } of context.given()) {
    if (name.toLowerCase().startsWith(PREFIX)) pairs.set(name.slice(PREFIX.length), values[0] ?? "")
  }
  return pairs
}
