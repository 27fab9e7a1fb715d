import { accountPrincipalArn, assumedRoleArn, roleArn, tryParseArn } from "./arn.ts"
import { PolicyError } from "./policy-error.ts"
import type { PrincipalEntry } from "./statement.ts"

/** Who asks. `arn` is what `aws:PrincipalArn` carries, a session's own ARN stands in `sessionArn`. */
export type Principal =
  | { readonly kind: "root" | "role" | "user"; readonly arn: string; readonly account: string }
  | {
      readonly kind: "session"
      /** The role; without its path unless that is known. */
      readonly arn: string
      readonly account: string
      readonly sessionArn: string
      readonly sessionName: string
    }
  | { readonly kind: "federated-user"; readonly arn: string; readonly account: string }
  /** `backup.amazonaws.com` */
  | { readonly kind: "service"; readonly arn: string; readonly account?: undefined }
  /** An OIDC or SAML provider on behalf of somebody whom it has told apart. */
  | { readonly kind: "federated"; readonly arn: string; readonly account?: undefined }
  | { readonly kind: "anonymous"; readonly arn: "*"; readonly account?: undefined }

const SERVICE = /^[a-z0-9][a-z0-9.-]*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|aws)$/i

/**
 * Reads a role, session, user, root, federated user, OIDC or SAML provider ARN, a service principal or `*`.
 * `principalArn` is the given `aws:PrincipalArn`: it knows the path of a session's role.
 * @throws PolicyError when it is none of these
 */
export function readPrincipal(text: string, principalArn?: string): Principal {
  if (text === "*") return { kind: "anonymous", arn: "*" }
  if (SERVICE.test(text)) return { kind: "service", arn: text }
  if (/^(accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com|cognito-identity\.amazonaws\.com)$/.test(text))
    return { kind: "federated", arn: text }
  const arn = tryParseArn(text)
  if (arn === undefined || !/^\d{12}$/.test(arn.account)) throw unreadable(text)
  const { account, resource, service } = arn
  const [type = "", ...rest] = resource.split("/")
  const name = rest.join("/")
  if (service === "iam" && resource === "root") return { kind: "root", arn: text, account }
  if (service === "iam" && type === "role" && name !== "") return { kind: "role", arn: text, account }
  if (service === "iam" && type === "user" && name !== "") return { kind: "user", arn: text, account }
  if (service === "iam" && (type === "oidc-provider" || type === "saml-provider"))
    return { kind: "federated", arn: text }
  if (service === "sts" && type === "federated-user" && name !== "")
    return { kind: "federated-user", arn: text, account }
  if (service === "sts" && type === "assumed-role" && rest.length === 2) {
    const [role = "", sessionName = ""] = rest
    const known = tryParseArn(principalArn ?? "")?.service === "iam" ? principalArn : undefined
    return {
      kind: "session",
      arn: known ?? roleArn(account, role, arn.partition),
      account,
      sessionArn: assumedRoleArn(account, role, sessionName, arn.partition),
      sessionName,
    }
  }
  throw unreadable(text)
}

const unreadable = (text: string): PolicyError =>
  new PolicyError(`no principal: ${JSON.stringify(text)}`, [
    "expected a role, user, assumed-role session, root or OIDC provider ARN, or a service such as backup.amazonaws.com",
  ])

/** Roles that AWS's services keep for themselves. SCPs and RCPs do not bind them. */
export const isServiceLinked = (principal: Principal): boolean =>
  (principal.kind === "role" || principal.kind === "session") && principal.arn.includes(":role/aws-service-role/")

/**
 * How a statement means a principal. `direct`: itself, or everybody; not limited by what boundary and session policy
 * leave out. `role`: the role of a session. `account`: only through its account, whose own policies then decide.
 */
export type NamedAs = "direct" | "role" | "account"

/** Tells how a list of principals means one; undefined = not at all. Prepared once per statement. */
export type PrincipalMatcher = (principal: Principal) => NamedAs | undefined

export function principalMatcher(entries: readonly PrincipalEntry[]): PrincipalMatcher {
  const aws = new Set<string>()
  const services = new Set<string>()
  const federated = new Set<string>()
  let everybody = false
  let everyFederated = false
  for (const { type, value } of entries) {
    if (type === "AWS" && value === "*") everybody = true
    else if (type === "AWS") aws.add(value)
    else if (type === "Service") services.add(value.toLowerCase())
    else if (type === "Federated" && value === "*") everyFederated = true
    else if (type === "Federated") federated.add(value)
  }
  return (principal) => {
    if (principal.kind === "service" && services.has(principal.arn.toLowerCase())) return "direct"
    if (principal.kind === "federated" && (everyFederated || federated.has(principal.arn))) return "direct"
    if (principal.account !== undefined && aws.size > 0) {
      if (principal.kind === "session" && aws.has(principal.sessionArn)) return "direct"
      if (principal.kind === "role" || principal.kind === "session") {
        if (aws.has(principal.arn)) return everybody ? "direct" : "role"
      } else if (principal.kind !== "root" && aws.has(principal.arn)) return "direct"
      if (!everybody && namesAccount(aws, principal)) return "account"
    }
    return everybody ? "direct" : undefined
  }
}

function namesAccount(
  names: ReadonlySet<string>,
  principal: { readonly arn: string; readonly account: string },
): boolean {
  if (names.has(principal.account)) return true
  const partition = principal.arn.split(":", 2)[1] ?? "aws"
  return names.has(accountPrincipalArn(principal.account, partition))
}

/**
 * `NotPrincipal` in a Deny spares whom it lists by itself AND through its account; the account alone spares only its
 * root user. Source: IAM user guide, NotPrincipal (the case of the role alone is disputed, E6 of the case table).
 */
export function sparedMatcher(entries: readonly PrincipalEntry[]): (principal: Principal) => boolean {
  const matches = principalMatcher(entries)
  const names = new Set(entries.filter((entry) => entry.type === "AWS").map((entry) => entry.value))
  return (principal) => {
    const named = matches(principal)
    if (principal.account === undefined) return named !== undefined
    if (names.has("*")) return true
    if (!namesAccount(names, principal)) return false
    return principal.kind === "root" || named === "role" || named === "direct"
  }
}
