import { accountPrincipalArn, tryParseArn } from "./arn.ts"
import { classesOf, type PrincipalClass } from "./classes.ts"
import type { Facts } from "./context.ts"
import { decide, SITUATIONAL, type Circumstances } from "./decide.ts"
import type { Decision, Verdict } from "./decision.ts"
import { decisiveText, residualText, testText } from "./explain.ts"
import { constraintTests, isGone, type Grant } from "./grants.ts"
import { gapText } from "./gaps.ts"
import type { CompiledInventory } from "./inventory-stack.ts"

/** Who may do an action on a resource: by name, by class, by grant. */
export interface WhoCan {
  readonly action: string
  readonly resource: string
  /** The inventory that was asked, and of when it is. */
  readonly source: string
  readonly takenAt?: string
  /** Principals of the inventory with the verdict allowed or depends. */
  readonly principals: readonly PrincipalAccess[]
  /** Whom the inventory does not list and the resource's policy means all the same. */
  readonly classes: readonly PrincipalClass[]
  readonly grants: readonly GrantAccess[]
  /** Principals of the inventory that were asked and are denied. */
  readonly denied: readonly string[]
  readonly gaps: readonly string[]
}

interface PrincipalAccess {
  readonly principal: string
  readonly label?: string
  readonly verdict: Verdict
  /** The statements and grants that give the right, as text. */
  readonly because: readonly string[]
  /** On what an open verdict hangs, as text. */
  readonly conditions: readonly string[]
}

interface GrantAccess {
  readonly id: string
  readonly name?: string
  readonly grantee: string
  readonly verdict: Verdict
  readonly conditions: readonly string[]
}

/**
 * Every principal of the inventory that may, the classes that may, and the grants. What a call brings with it is left
 * open unless `facts` says it.
 * @throws PolicyError when the action means nothing
 */
export function whoCan(compiled: CompiledInventory, action: string, resource: string, facts: Facts = {}): WhoCan {
  const { inventory } = compiled
  const circumstances: Circumstances = { facts, unknown: SITUATIONAL }
  const asked = inventory.principals.map(({ arn, label }) => ({
    arn,
    label,
    decided: decide(compiled, arn, action, resource, circumstances),
  }))
  const open = asked.filter(({ decided }) => isOpen(decided.verdict))
  return {
    action,
    resource,
    source: inventory.source,
    ...(inventory.takenAt === undefined ? {} : { takenAt: inventory.takenAt }),
    principals: open.map(({ arn, label, decided }) => ({
      principal: arn,
      ...(label === undefined ? {} : { label }),
      verdict: decided.verdict,
      because: decided.decision.decisive.map(decisiveText),
      conditions: [
        ...conditionsOf(decided.decision),
        ...(decided.decision.verdict === decided.verdict ? [] : decided.gaps.map(gapText)),
      ],
    })),
    classes: resource === "*" ? [] : classesOf(compiled, action, resource, circumstances),
    grants: grantsFor(compiled, action, resource, circumstances),
    denied: asked.filter(({ decided }) => !isOpen(decided.verdict)).map(({ arn }) => arn),
    gaps: [...new Set(asked.flatMap(({ decided }) => decided.gaps.map(gapText)))],
  }
}

const isOpen = (verdict: Verdict): boolean => verdict === "allowed" || verdict === "depends"

const conditionsOf = ({ depends = [] }: Decision): string[] => [...new Set(depends.map(residualText))]

/** Grants as such, whoever holds them; one that does not help its grantee (a Deny) is told with its verdict. */
function grantsFor(
  compiled: CompiledInventory,
  action: string,
  resource: string,
  circumstances: Circumstances,
): GrantAccess[] {
  const operation = action.slice(action.indexOf(":") + 1).toLowerCase()
  return (compiled.key(resource)?.grants ?? [])
    .filter(({ operations }) => operations.some((each) => each.toLowerCase() === operation))
    .map((grant) => ({
      id: grant.id,
      ...(grant.name === undefined ? {} : { name: grant.name }),
      grantee: grant.grantee,
      verdict: verdictOf(compiled, grant, action, resource, circumstances),
      conditions: isGone(grant.grantee) ? ["its grantee no longer exists"] : constraintTests(grant).map(testText),
    }))
}

/** A grantee that is an account stands for its root user. */
function verdictOf(
  compiled: CompiledInventory,
  { grantee }: Grant,
  action: string,
  resource: string,
  circumstances: Circumstances,
): Verdict {
  if (isGone(grantee)) return "implicit-deny"
  const principal = /^\d{12}$/.test(grantee) ? accountPrincipalArn(grantee, tryParseArn(resource)?.partition) : grantee
  return decide(compiled, principal, action, resource, circumstances).verdict
}
