import { roleArn, tryParseArn } from "../access/arn.ts"
import type { InventoryBucket, InventoryKey } from "../access/inventory.ts"

/** Roles and users that policies and grants name one by one; wildcards name nobody. */
export interface NamedPrincipals {
  /** As named; of a session the role's ARN, whose path the session does not tell. */
  readonly roles: readonly string[]
  readonly users: readonly string[]
}

/** From every string of the policies: principals stand in conditions on aws:PrincipalArn as well. */
export function namedPrincipals(keys: readonly InventoryKey[], buckets: readonly InventoryBucket[]): NamedPrincipals {
  const named = new Set<string>()
  for (const { policy } of [...keys, ...buckets]) {
    if (policy !== undefined) for (const text of stringsIn(parsed(policy.document))) named.add(text)
  }
  for (const { grants } of keys) {
    for (const { grantee, retiring } of grants) {
      named.add(grantee)
      if (retiring !== undefined) named.add(retiring)
    }
  }
  const arns = [...named].filter((text) => !/[*?$]/.test(text))
  return {
    roles: [...new Set(arns.flatMap(roleIn))].sort(),
    users: arns.filter((arn) => tryParseArn(arn)?.service === "iam" && resourceOf(arn).startsWith("user/")).sort(),
  }
}

const resourceOf = (arn: string): string => tryParseArn(arn)?.resource ?? ""

function roleIn(arn: string): string[] {
  const parsedArn = tryParseArn(arn)
  if (parsedArn?.service === "iam" && parsedArn.resource.startsWith("role/")) return [arn]
  const [kind, role = ""] = parsedArn?.service === "sts" ? parsedArn.resource.split("/") : []
  return kind === "assumed-role" ? [roleArn(parsedArn?.account ?? "", role, parsedArn?.partition)] : []
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value
  else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) yield* stringsIn(each)
}

/** What is no JSON names nobody here; whoever evaluates the policy refuses it and says why. */
function parsed(document: string | object): unknown {
  if (typeof document !== "string") return document
  try {
    return JSON.parse(document)
  } catch {
    return undefined
  }
}
