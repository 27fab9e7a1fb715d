import { accountPrincipalArn, bucketArn, objectArn, roleArn } from "../arn.ts"
import { compilePolicy, type CompiledPolicy } from "../compile.ts"
import type { Facts } from "../context.ts"
import type { Decision } from "../decision.ts"
import { evaluate } from "../evaluate.ts"
import { PolicyError } from "../policy-error.ts"
import type { Level, PolicyStack } from "../request.ts"
import { derived } from "./memo.ts"
import { accountOf } from "./statements.ts"
import type { PolicyContext } from "./rule.ts"

/** Questions to the engine about the policy under judgement. */

const everything = (kind: "identity" | "scp"): CompiledPolicy =>
  compilePolicy({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }, kind, {
    name: kind === "scp" ? "FullAWSAccess" : "every action",
  })

/** What a principal of whom nothing is known may have at most. */
export const MAY_ALL: readonly CompiledPolicy[] = [everything("identity")]
const FULL_ACCESS: CompiledPolicy = everything("scp")

export const NO_ACCOUNT = "000000000000"

/** Every key that is neither given nor derived. */
export const ALL_UNKNOWN: readonly string[] = ["*"]

export interface Question {
  readonly principal: string
  readonly action: string
  readonly resource?: string
  readonly facts?: Facts
  /** Keys that may have any value; left out = a key that is not given is absent. */
  readonly unknown?: readonly string[]
  /** Left out = those of the inventory, or all rights when the inventory does not know the principal. */
  readonly identity?: readonly CompiledPolicy[]
  /** Of all policies only the one under judgement. */
  readonly alone?: boolean
}

/** Undefined = the engine refuses to judge: a policy says something that means nothing. */
export function ask(context: PolicyContext, question: Question): Decision | undefined {
  const { compiled } = context
  const inventory = question.alone === true ? undefined : context.inventory
  const resource = question.resource ?? resourceOf(context)
  const known = inventory?.principal(question.principal) !== undefined
  const given = inventory?.stackFor(question.principal, resource)
  const stack: PolicyStack = {
    scps: [],
    rcps: [],
    ...given,
    identity: question.identity ?? (known ? (given?.identity ?? []) : MAY_ALL),
    ...(compiled.kind === "scp" || compiled.kind === "rcp" ? levelsOf(compiled) : { resource: compiled }),
  }
  const { principal, action, unknown } = question
  const facts = {
    ...organizationOf(context, principal),
    ...inventory?.factsFor(principal, resource),
    ...question.facts,
  }
  try {
    return evaluate(
      { principal, action, resource, resourceAccount: ownerOf(context), facts, ...(unknown ? { unknown } : {}) },
      stack,
    )
  } catch (error) {
    if (error instanceof PolicyError) return undefined
    throw error
  }
}

/** A control policy by itself: beside AWS's own FullAWSAccess unless it allows something. */
function levelsOf(policy: CompiledPolicy): { readonly scps: readonly Level[]; readonly rcps: readonly Level[] } {
  const level = { target: "this policy", policies: [policy] }
  if (policy.kind === "rcp") return { scps: [], rcps: [level] }
  const allowing = policy.statements.some(({ allow }) => allow)
  return { scps: [allowing ? level : { ...level, policies: [policy, FULL_ACCESS] }], rcps: [] }
}

/** Who is declared belongs to the organisation. */
function organizationOf({ facts, account }: PolicyContext, principal: string): Facts {
  const own = accountOf(principal)
  if (facts.organizationId === undefined || own === undefined) return {}
  const inside = own === account || facts.declaredAccounts?.includes(own) === true
  return inside ? { "aws:PrincipalOrgID": facts.organizationId } : {}
}

function resourceOf({ kind, bucket, partition, facts, account, keyArn }: PolicyContext): string {
  if (kind === "bucket") return objectArn(bucket ?? "bucket", "some/object", partition)
  return kind === "trust" ? (facts.roleArn ?? roleArn(account ?? NO_ACCOUNT, "this-role", partition)) : keyArn
}

export const bucketOf = ({ bucket, partition }: PolicyContext): string => bucketArn(bucket ?? "bucket", partition)

/** Allowed, or allowed as soon as conditions are met that a right request would meet. */
export const may = (decision: Decision | undefined): boolean =>
  decision?.verdict === "allowed" || decision?.verdict === "depends"

/** Somebody of the account with all IAM rights, of whom nothing else is known. */
export const anyAdministrator = (context: PolicyContext): string =>
  roleArn(ownerOf(context), "any-administrator", context.partition)

export const rootOf = (context: PolicyContext): string => accountPrincipalArn(ownerOf(context), context.partition)

/** When nobody says whose it is, an account that no policy names. */
const ownerOf = ({ account }: PolicyContext): string => account ?? NO_ACCOUNT

const keysOf = derived((document: PolicyContext["document"]): readonly string[] => [
  ...new Set(document.statements.flatMap(({ conditions }) => conditions.map(({ key }) => key.toLowerCase()))),
])

/** Condition keys of the policy except the given ones: what a question leaves open while those are absent. */
export const keysBut = ({ document }: PolicyContext, absent: (key: string) => boolean): readonly string[] =>
  keysOf(document).filter((key) => !absent(key))

export const REFUSED = "the engine refuses the policy: correct what DRP002 to DRP009 tell first"
