import { accountPrincipalArn, roleArn, tryParseArn } from "./arn.ts"
import { compilePolicy, type CompiledStatement } from "./compile.ts"
import { contextOf } from "./context.ts"
import { prepare, decideWith, type Circumstances } from "./decide.ts"
import { policiesOf } from "./counterfactual.ts"
import { refOf, type Decision, type Verdict } from "./decision.ts"
import { decisiveText, residualText, testText } from "./explain.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import { readPrincipal } from "./principal.ts"
import type { PolicyStack } from "./request.ts"
import type { ConditionTest, PrincipalEntry } from "./statement.ts"

/**
 * Principals whom a resource's policy means without the inventory listing them: everybody, everybody of an account, a
 * service, a name that the inventory does not hold.
 */
export interface PrincipalClass {
  readonly kind: "anybody" | "account" | "root" | "service" | "federated" | "unlisted"
  /** For people: `any principal of 222222222222 with an IAM allow for kms:Decrypt`. */
  readonly who: string
  /** Somebody of the class stands for it, of whom nothing else is known and whose own policies allow everything. */
  readonly representative: string
  /** What he gets. A class of which only some are spared by a Deny, or meet a condition, may be larger. */
  readonly verdict: Verdict
  /** What must hold, as text. */
  readonly conditions: readonly string[]
  readonly through: string
}

const UNLISTED = "dr-unlisted-role"
const ALLOW_ALL = compilePolicy(
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  "identity",
  { name: "an IAM allow" },
)

/** The classes that may do the action on the resource, by what its own policy says. */
export function classesOf(
  compiled: CompiledInventory,
  action: string,
  resource: string,
  circumstances: Circumstances,
): readonly PrincipalClass[] {
  const owner = compiled.ownerOf(resource, undefined)
  const asked: Asked = { compiled, action, resource, owner, circumstances }
  const policy = compiled.stackFor(accountPrincipalArn(owner), resource).resource
  const found = (policy?.statements ?? []).flatMap((statement) =>
    statement.allow && concerns(statement, asked)
      ? (statement.source.principals ?? []).flatMap((entry) => classesFor(entry, statement, asked))
      : [],
  )
  const byIdentity = standsAlone(resource) ? [] : ownAccount(asked)
  return [...byIdentity, ...found]
}

interface Asked {
  readonly compiled: CompiledInventory
  readonly action: string
  readonly resource: string
  readonly owner: string
  readonly circumstances: Circumstances
}

/** Without an Allow in its own policy nobody reaches a key or a role; all else opens to the identity policies of its account. */
const standsAlone = (resource: string): boolean => {
  const arn = tryParseArn(resource)
  return arn?.service === "iam" || (arn?.service === "kms" && arn.resource.startsWith("key/"))
}

function concerns(statement: CompiledStatement, { action, resource, owner, circumstances }: Asked): boolean {
  const principal = readPrincipal(roleArn(owner, UNLISTED, partitionFor(resource)))
  const context = contextOf({
    principal,
    action: action.toLowerCase(),
    resource,
    resourceAccount: owner,
    ...circumstances,
  })
  return statement.covers(action.toLowerCase()) !== false && statement.on(resource, context) !== false
}

const partitionFor = (resource: string): string => tryParseArn(resource)?.partition ?? "aws"

function ownAccount(asked: Asked): PrincipalClass[] {
  const { owner, action, resource } = asked
  return judged(asked, undefined, accountCandidates(asked, owner, partitionFor(resource), action))
}

type Candidate = Pick<PrincipalClass, "kind" | "who" | "representative">

function classesFor(entry: PrincipalEntry, statement: CompiledStatement, asked: Asked): PrincipalClass[] {
  return judged(asked, statement, candidatesFor(entry, asked))
}

function candidatesFor({ type, value }: PrincipalEntry, asked: Asked): Candidate[] {
  const { compiled, action, owner, resource } = asked
  const partition = partitionFor(resource)
  if (type === "Service")
    return listed(compiled, value) ? [] : [{ kind: "service", who: `the service ${value}`, representative: value }]
  if (type === "Federated")
    return listed(compiled, value) || value === "*"
      ? []
      : [{ kind: "federated", who: `whom ${value} has signed in`, representative: value }]
  if (type !== "AWS") return []
  if (value === "*")
    return [
      { kind: "anybody", who: `anybody of ${owner}`, representative: roleArn(owner, UNLISTED, partition) },
      {
        kind: "anybody",
        who: `anybody of another account with an IAM allow for ${action}`,
        representative: roleArn(strangerTo(compiled), UNLISTED, partition),
      },
    ]
  const account = /^\d{12}$/.test(value)
    ? value
    : tryParseArn(value)?.resource === "root"
      ? tryParseArn(value)?.account
      : undefined
  if (account !== undefined) return accountCandidates(asked, account, partition, action)
  if (listed(compiled, value) || /[*?]/.test(value) || !isPrincipal(value)) return []
  return [{ kind: "unlisted", who: `${value}, which the inventory does not hold`, representative: value }]
}

function accountCandidates({ compiled }: Asked, account: string, partition: string, action: string): Candidate[] {
  const root = accountPrincipalArn(account, partition)
  return [
    {
      kind: "account",
      who: `any principal of ${account} with an IAM allow for ${action}`,
      representative: roleArn(account, UNLISTED, partition),
    },
    ...(listed(compiled, root)
      ? []
      : [{ kind: "root" as const, who: `the root user of ${account}`, representative: root }]),
  ]
}

const listed = (compiled: CompiledInventory, arn: string): boolean => compiled.principal(arn) !== undefined

/** `AIDA…` of a deleted user is no principal any more. */
const isPrincipal = (value: string): boolean => {
  try {
    readPrincipal(value)
    return true
  } catch {
    return false
  }
}

/** An account that the inventory does not hold. */
function strangerTo({ inventory }: CompiledInventory): string {
  const held = new Set(inventory.accounts.map(({ id }) => id))
  return ["000000000000", "000000000001", "000000000002"].find((id) => !held.has(id)) ?? "000000000000"
}

function judged(
  asked: Asked,
  statement: CompiledStatement | undefined,
  candidates: readonly Candidate[],
): PrincipalClass[] {
  return candidates.flatMap((candidate) => {
    const { decision, stack } = judge(candidate, asked)
    // One who is known by name is denied or not; of a class others may be spared.
    const byName = candidate.kind !== "account" && candidate.kind !== "anybody"
    if (byName && decision.verdict.endsWith("-deny")) return []
    const conditions = conditionsOf(decision, stack, statement)
    if (conditions === undefined) return []
    const through =
      statement === undefined ? "identity policies of its account" : decisiveText(refOf(statement, "resource"))
    return [{ ...candidate, verdict: decision.verdict, conditions, through }]
  })
}

function judge({ kind, representative }: Candidate, asked: Asked): { decision: Decision; stack: PolicyStack } {
  const { compiled, action, resource, circumstances } = asked
  const account = tryParseArn(representative)?.account
  const known = compiled.inventory.accounts.some(({ id }) => id === account)
  const prepared = prepare(compiled, representative, resource, {
    facts: circumstances.facts,
    unknown: [
      ...circumstances.unknown,
      "aws:PrincipalTag/*",
      ...(known || kind === "service" ? [] : ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"]),
    ],
  })
  const stack = { ...prepared.stack, identity: [ALLOW_ALL] }
  return { stack, decision: decideWith(representative, action, resource, { ...prepared, stack }).decision }
}

/** What must hold for one of the class; undefined = nobody of it can. */
function conditionsOf(
  decision: Decision,
  stack: PolicyStack,
  statement: CompiledStatement | undefined,
): string[] | undefined {
  const own = (statement?.source.conditions ?? []).map((test) => `only if ${testText(test)}`)
  const [first] = decision.decisive
  switch (decision.verdict) {
    case "allowed":
      return own
    case "depends":
      return [...own, ...(decision.depends ?? []).filter(({ must }) => must === "not-hold").map(residualText)]
    case "explicit-deny": {
      const tests = first?.kind === "statement" ? denyOf(stack, first.policy, first.index) : []
      if (tests.length === 0) return undefined
      return [
        ...own,
        `not if ${tests.map(testText).join(" and ")} (Deny of ${first?.kind === "statement" ? first.policy : ""})`,
      ]
    }
    case "implicit-deny":
      return decision.layer === "resource" && own.length > 0 ? own : undefined
  }
}

function denyOf(stack: PolicyStack, name: string, index: number): readonly ConditionTest[] {
  for (const [, policy] of policiesOf(stack)) {
    if (policy.name !== name) continue
    const found = policy.statements.find((each) => each.source.index === index && !each.allow)
    if (found !== undefined) return found.source.conditions
  }
  return []
}
