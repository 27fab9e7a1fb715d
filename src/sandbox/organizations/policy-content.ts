import { refusalOf } from "../authorize/stored-policy.ts"
import { constraintViolation, refused } from "./errors.ts"
import type { PolicyType } from "./policies.ts"

const MOST_CONTENT = 5120

/** @throws ServiceError MalformedPolicyDocumentException, ConstraintViolationException */
export function checkContent(content: string, type: PolicyType): void {
  if (content.length > MOST_CONTENT) {
    throw constraintViolation(
      "POLICY_CONTENT_LIMIT_EXCEEDED",
      `The policy has ${content.length} characters; at most ${MOST_CONTENT} are allowed.`,
    )
  }
  const [kind, fits] =
    type === "SERVICE_CONTROL_POLICY" ? (["scp", fitsServiceControl] as const) : (["rcp", fitsResourceControl] as const)
  const reason = refusalOf(content, kind)
  if (reason === undefined && statementsOf(content).every(fits)) return
  throw refused(
    "MalformedPolicyDocument",
    `The provided policy document does not meet the requirements of the specified policy type.${reason === undefined ? "" : ` (${reason})`}`,
  )
}

type Raw = Readonly<Record<string, unknown>>

function statementsOf(content: string): Raw[] {
  const { Statement: statements } = JSON.parse(content) as { Statement: Raw | Raw[] }
  return Array.isArray(statements) ? statements : [statements]
}

const has = (statement: Raw, ...names: string[]): boolean => names.some((name) => name in statement)

/** It names no principals: they are all of the account's. */
const fitsServiceControl = (statement: Raw): boolean =>
  !has(statement, "Principal", "NotPrincipal") &&
  has(statement, "Action", "NotAction") &&
  has(statement, "Resource", "NotResource")

/** It can only deny, to everybody, and must name its services: `*` alone is AWS's own. */
function fitsResourceControl(statement: Raw): boolean {
  const actions = [statement["Action"]].flat()
  return (
    statement["Effect"] === "Deny" &&
    isEverybody(statement["Principal"]) &&
    !has(statement, "NotPrincipal", "NotAction") &&
    has(statement, "Resource", "NotResource") &&
    actions.every((action) => typeof action === "string" && action !== "*")
  )
}

const isEverybody = (principal: unknown): boolean =>
  principal === "*" ||
  (typeof principal === "object" && principal !== null && "AWS" in principal && principal.AWS === "*")
