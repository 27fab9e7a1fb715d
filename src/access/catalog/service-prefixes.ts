import { RCP_SERVICES, SERVICE_PREFIXES } from "./data/services.ts"

/**
 * Prefixes that older policies still carry and the data has dropped, and prefixes of condition keys that are no service.
 * Source: IAM documentation; the data's own list of keys without a service.
 */
const OTHERS = ["aws-portal", "catalog", "cognito-identity-auth", "cognito-identity-unauth", "identitycenter", "saml"]

const ALL: ReadonlySet<string> = new Set([...SERVICE_PREFIXES.trim().split("\n"), ...OTHERS])
const RCP: ReadonlySet<string> = new Set(RCP_SERVICES.trim().split("\n"))

/** All lower case. */
export function servicePrefixes(): readonly string[] {
  return [...ALL]
}

export function isServicePrefix(prefix: string): boolean {
  return ALL.has(prefix.toLowerCase())
}

/** Whether resource control policies reach the service's resources. */
export function isRcpService(prefix: string): boolean {
  return RCP.has(prefix.toLowerCase())
}
