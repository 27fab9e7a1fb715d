import { assumedRoleArn, partitionOf } from "../../access/arn.ts"
import { wildcardMatch } from "../authorize/policy.ts"
import type { Caller } from "../core/exchange.ts"
import type { ControlParts } from "./control-call.ts"
import type { Job } from "./job.ts"

const SERVICE = "batchoperations.s3.amazonaws.com"
const SESSION = "s3-batch-operations"
const HOUR_MS = 3_600_000

/** The session in which a job acts, or undefined when its role does not exist or does not trust Batch Operations. */
export function jobCaller({ roles, world }: ControlParts, job: Job): Caller | undefined {
  const role = roles.byArn(job.roleArn)
  if (role === undefined || role.account !== job.account) return undefined
  const facts = { "aws:sourceaccount": job.account, "aws:sourcearn": job.arn }
  if (!trustsService(role.trust, facts)) return undefined
  return {
    accessKeyId: "ASIABATCHOPERATIONS0",
    account: role.account,
    arn: assumedRoleArn(role.account, role.name, SESSION, partitionOf(job.region)),
    userId: `${role.id}:${SESSION}`,
    kind: "role-session",
    session: {
      roleArn: role.arn,
      sessionName: SESSION,
      tags: {},
      transitiveTagKeys: [],
      chained: false,
      expiresAt: world.clock.now() + HOUR_MS,
    },
  }
}

type Facts = Readonly<Record<string, string>>

/** Of the port's principals none is a service, so this one question of trust is answered here. */
function trustsService(text: string, facts: Facts): boolean {
  const statements = statementsOf(text).filter((each) => concernsService(each))
  if (statements.some((each) => each["Effect"] === "Deny" && holds(each["Condition"], facts) !== false)) return false
  return statements.some((each) => each["Effect"] === "Allow" && holds(each["Condition"], facts) === true)
}

type Statement = Readonly<Record<string, unknown>>

function statementsOf(text: string): readonly Statement[] {
  try {
    const policy = JSON.parse(text) as { Statement?: unknown }
    return listOf(policy.Statement).filter((each): each is Statement => typeof each === "object" && each !== null)
  } catch {
    return []
  }
}

function concernsService(statement: Statement): boolean {
  const principal = statement["Principal"]
  const named =
    principal === "*" ||
    (typeof principal === "object" &&
      principal !== null &&
      listOf((principal as Statement)["Service"]).some((each) => each === SERVICE || each === "*"))
  return (
    named && listOf(statement["Action"]).some((each) => wildcardMatch(String(each).toLowerCase(), "sts:assumerole"))
  )
}

const EQUAL = new Set(["stringequals", "arnequals", "stringlike", "arnlike"])

/** Undefined = an operator or key that is not understood here: it opens nothing and, in a Deny, closes. */
function holds(condition: unknown, facts: Facts): boolean | undefined {
  if (condition === undefined) return true
  if (typeof condition !== "object" || condition === null) return undefined
  let result: boolean | undefined = true
  for (const [operator, block] of Object.entries(condition as Record<string, Record<string, unknown>>)) {
    const name = operator.toLowerCase().replace(/ifexists$/, "")
    for (const [key, expected] of Object.entries(block)) {
      const actual = facts[key.toLowerCase()]
      if (!EQUAL.has(name) || actual === undefined) return undefined
      const test =
        name === "stringequals"
          ? (pattern: string) => pattern === actual
          : (pattern: string) => wildcardMatch(pattern, actual)
      if (!listOf(expected).some((each) => test(String(each)))) result = false
    }
  }
  return result
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value]
