import { partitionOf, tryParseArn, type Arn } from "../arn.ts"
import type { Statement } from "../statement.ts"
import { hasVariable, unrenderedIn } from "../variables.ts"
import { EVERY_KIND, fromIssues, NAMES_NOTHING } from "./issues.ts"
import { policyRule, type PolicyContext, type Result, type Rule } from "./rule.ts"
import { at, hasWildcard, operatorOf } from "./statements.ts"

const PARTITIONS: ReadonlySet<string> = new Set(
  ["", "-cn", "-us-gov", "-iso", "-iso-b", "-iso-e", "-iso-f", "-eusc"].map((suffix) => `aws${suffix}`),
)
const REGION =
  /^(?:us-gov|us-iso[bf]?|eu-isoe|eusc-[a-z]{2}|[a-z]{2})-(?:central|north|south|east|west|northeast|northwest|southeast|southwest)-\d$/

/** Condition keys whose values are account ids. */
const ACCOUNT_KEYS: ReadonlySet<string> = new Set([
  "aws:sourceaccount",
  "aws:principalaccount",
  "aws:resourceaccount",
  "aws:sourceowner",
  "aws:vpceaccount",
  "kms:calleraccount",
  "s3:resourceaccount",
])
const REGION_KEYS: ReadonlySet<string> = new Set(["aws:requestedregion", "kms:primaryregion", "kms:replicaregion"])

function* shapes(context: PolicyContext): Iterable<Result> {
  const { document, kind } = context
  yield* fromIssues(
    context,
    ({ code, path }) =>
      code === "bad-principal" && (path[3] === "Service" || path[3] === "Federated") && path.length === 4,
    () => "write the name of a service, or the ARN of an identity provider",
  ).filter((result) => "message" in result && NAMES_NOTHING.test(result.message))
  for (const statement of document.statements) {
    yield* principals(statement, kind === "key")
    for (const name of ["resources", "notResources"] as const) {
      for (const value of statement[name] ?? []) {
        const why = value === "*" ? undefined : resourceProblem(value)
        if (why !== undefined) yield { ...why, path: at(statement, name === "resources" ? "Resource" : "NotResource") }
      }
    }
    yield* conditions(statement)
  }
}

function* principals(statement: Statement, inKeyPolicy: boolean): Iterable<Result> {
  for (const element of ["principals", "notPrincipals"] as const) {
    for (const { type, value } of statement[element] ?? []) {
      const path = at(statement, element === "principals" ? "Principal" : "NotPrincipal", type)
      if (type !== "AWS" || value === "*" || isUnread(value) || /^\d{12}$/.test(value)) continue
      if (/^A(IDA|ROA)[A-Z0-9]{12,}$/.test(value)) continue
      const arn = tryParseArn(value)
      if (
        arn === undefined ||
        !/^(iam|sts)$/.test(arn.service) ||
        !/^(root$|(role|user|assumed-role|federated-user)\/.)/.test(arn.resource)
      ) {
        yield {
          message: `${JSON.stringify(value)} names no account, role, user or session`,
          fix: "write a 12-digit account id or the ARN of a role, user or session",
          path,
        }
        continue
      }
      // In a key policy DRK104 tells of wildcards.
      if (hasWildcard(value)) {
        if (!inKeyPolicy)
          yield {
            message: `the wildcard in the principal ${value} matches nothing`,
            fix: `name the principal, or use "*" with a condition on aws:PrincipalArn`,
            path,
          }
        continue
      }
      const why = arnProblem(arn, value)
      if (why !== undefined) yield { ...why, path }
    }
  }
}

function* conditions(statement: Statement): Iterable<Result> {
  for (const { operator, key, values } of statement.conditions) {
    const lower = key.toLowerCase()
    const isArn = operatorOf(operator)?.comparison === "arn"
    for (const value of values) {
      if (isUnread(value)) continue
      const path = at(statement, "Condition", operator, key)
      if (isArn && value !== "*") {
        const why = value.startsWith("arn:") || value.startsWith("*") ? resourceProblem(value) : notAnArn(value)
        if (why !== undefined) yield { ...why, path }
      } else if (hasWildcard(value) || operatorOf(operator)?.comparison === "null") continue
      else if (ACCOUNT_KEYS.has(lower) && !/^\d{12}$/.test(value))
        yield { message: `${JSON.stringify(value)} is no account id`, fix: "write 12 digits, in quotes", path }
      else if (REGION_KEYS.has(lower) && !REGION.test(value))
        yield { message: `${JSON.stringify(value)} is no Region`, fix: "write a Region such as eu-central-1", path }
      else if (lower === "kms:viaservice") {
        const region = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(value)?.[1]
        if (region === undefined || !REGION.test(region))
          yield {
            message: `${JSON.stringify(value)} names no service in a Region`,
            fix: "write SERVICE.REGION.amazonaws.com, such as s3.eu-central-1.amazonaws.com",
            path,
          }
      }
    }
  }
}

type Problem = { readonly message: string; readonly fix: string }

const notAnArn = (value: string): Problem => ({
  message: `${JSON.stringify(value)} is no ARN`,
  fix: "write arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE",
})

/** A star at the end may stand for the rest of an ARN. */
function resourceProblem(value: string): Problem | undefined {
  if (isUnread(value) || value.startsWith("*:") || value.startsWith("arn:*")) return undefined
  const arn = tryParseArn(value)
  if (arn === undefined) return value.startsWith("arn:") && value.endsWith("*") ? undefined : notAnArn(value)
  return arnProblem(arn, value)
}

function arnProblem({ partition, region, account, service }: Arn, value: string): Problem | undefined {
  const open = (part: string): boolean => part === "" || hasWildcard(part) || hasVariable(part)
  if (!open(partition) && !PARTITIONS.has(partition))
    return {
      message: `${value}: ${JSON.stringify(partition)} is no partition`,
      fix: "write aws, or the partition of your Regions",
    }
  if (!open(region) && !REGION.test(region))
    return { message: `${value}: ${JSON.stringify(region)} is no Region`, fix: "write a Region such as eu-central-1" }
  if (!open(region) && !open(partition) && !partition.includes("iso") && partitionOf(region) !== partition)
    return {
      message: `${value}: the Region ${region} is in the partition ${partitionOf(region)}`,
      fix: `write ${partitionOf(region)}`,
    }
  if (!open(account) && !/^\d{12}$/.test(account) && !AWS_OWNED.has(account))
    return { message: `${value}: ${JSON.stringify(account)} is no account id`, fix: "write 12 digits" }
  if (service === "kms" && (account === "" || region === ""))
    return { message: `${value}: the ARN of a key has a Region and an account`, fix: "write both" }
  return undefined
}

/** Accounts by name that AWS itself uses in ARNs. */
const AWS_OWNED: ReadonlySet<string> = new Set(["aws", "aws-managed", "cloudfront", "third-party-aws-managed"])

/** DRP001 tells of these. */
const isUnread = (value: string): boolean => unrenderedIn(value) !== undefined

export const ARN_RULES: readonly Rule[] = [
  policyRule(
    {
      id: "DRP014",
      severity: "error",
      origin: ["AA", "linters"],
      title: "malformed ARN, account, Region or partition",
    },
    EVERY_KIND,
    shapes,
  ),
]
