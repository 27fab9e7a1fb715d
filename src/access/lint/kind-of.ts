import { isRecord, listOf } from "./json.ts"
import type { PolicyKind } from "../statement.ts"

/**
 * The kind of a policy file, guessed from what only such a policy holds. SCPs and boundaries look like identity policies:
 * nobody can tell them apart, so they are told.
 */
export function kindOf(source: string | object): PolicyKind {
  const statements = statementsOf(source)
  if (!statements.some((each) => "Principal" in each || "NotPrincipal" in each)) return "identity"
  const actions = statements.flatMap((each) => listOf(each["Action"] ?? each["NotAction"])).map(serviceOf)
  const services = new Set(actions.filter((service) => service !== ""))
  const hasResource = statements.some((each) => "Resource" in each || "NotResource" in each)
  if (hasResource && isPerimeter(statements) && (services.size > 1 || services.has("*") || services.has("sts")))
    return "rcp"
  if (services.has("sts") && !services.has("kms") && !services.has("s3")) return "trust"
  if (services.has("kms")) return "key"
  if (services.has("s3") || resourcesOf(statements).some((resource) => /^arn:[^:]*:s3:/.test(resource))) return "bucket"
  return services.size > 0 && !services.has("*") && !hasResource ? "trust" : "key"
}

type Json = Readonly<Record<string, unknown>>

function statementsOf(source: string | object): Json[] {
  const root = typeof source === "string" ? parsed(source) : source
  return isRecord(root) ? listOf(root["Statement"]).filter(isRecord) : []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const resourcesOf = (statements: readonly Json[]): string[] =>
  statements.flatMap((each) => listOf(each["Resource"])).filter((each): each is string => typeof each === "string")

const serviceOf = (action: unknown): string =>
  typeof action === "string"
    ? action === "*"
      ? "*"
      : action.slice(0, Math.max(0, action.indexOf(":"))).toLowerCase()
    : ""

/** Nothing but Denies for everybody. */
const isPerimeter = (statements: readonly Json[]): boolean =>
  statements.every(({ Effect, Principal }) => Effect === "Deny" && Principal === "*")
