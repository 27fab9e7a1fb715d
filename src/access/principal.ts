import { accountPrincipalArn, assumedRoleArn, roleArn, roleNameOf, tryParseArn } from "./arn.ts"
import { PolicyError } from "./policy-error.ts"
import type { PrincipalEntry } from "./statement.ts"

interface OfAccount {
  readonly arn: string
  readonly account: string
  /** The ARN that names its account in the same partition. */
  readonly accountArn: string
}

/** Who asks. `arn` is what `aws:PrincipalArn` carries, a session's own ARN stands in `sessionArn`. */
export type Principal =
  | ({ readonly kind: "root" | "role" | "user" | "federated-user" } & OfAccount)
  /** `arn` is the role's; without its path unless that is known. */
  | ({ readonly kind: "session"; readonly sessionArn: string; readonly sessionName: string } & OfAccount)
  /** `backup.amazonaws.com` */
  | { readonly kind: "service"; readonly arn: string; readonly account?: undefined }
  /** An OIDC or SAML provider on behalf of somebody whom it has told apart. */
  | { readonly kind: "federated"; readonly arn: string; readonly account?: undefined }
  | { readonly kind: "anonymous"; readonly arn: "*"; readonly account?: undefined }

const SERVICE = /^[a-z0-9][a-z0-9.-]*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|aws)$/i
/** Identity providers that AWS knows by name; one of them looks like a service. */
const PROVIDERS: ReadonlySet<string> = new Set([
  "accounts.google.com",
  "graph.facebook.com",
  "www.amazon.com",
  "cognito-identity.amazonaws.com",
])

/** Questions repeat their principals; as many are kept as a large inventory has. */
const read = new Map<string, Principal>()
const MOST_READ = 4096

/**
 * Reads a role, session, user, root, federated user, OIDC or SAML provider ARN, a service principal or `*`.
 * `principalArn` is the given `aws:PrincipalArn`: it knows the path of a session's role.
 * @throws PolicyError when it is none of these
 */
export function readPrincipal(text: string, principalArn?: string): Principal {
  const key = principalArn === undefined ? text : `${text} ${principalArn}`
  const known = read.get(key)
  if (known !== undefined) return known
  const principal = parsePrincipal(text, principalArn)
  if (read.size >= MOST_READ) read.clear()
  read.set(key, principal)
  return principal
}

function parsePrincipal(text: string, principalArn: string | undefined): Principal {
  if (text === "*") return { kind: "anonymous", arn: "*" }
  if (PROVIDERS.has(text)) return { kind: "federated", arn: text }
  if (SERVICE.test(text)) return { kind: "service", arn: text }
  const arn = tryParseArn(text)
  if (arn === undefined || !/^\d{12}$/.test(arn.account) || /[*?\s]/.test(text)) throw unreadable(text)
  const { account, resource, service, partition } = arn
  const [type = "", ...rest] = resource.split("/")
  const name = rest.join("/")
  const own: OfAccount = { arn: text, account, accountArn: accountPrincipalArn(account, partition) }
  if (service === "iam" && resource === "root") return { kind: "root", ...own }
  if (service === "iam" && type === "role" && name !== "") return { kind: "role", ...own }
  if (service === "iam" && type === "user" && name !== "") return { kind: "user", ...own }
  if (service === "iam" && (type === "oidc-provider" || type === "saml-provider"))
    return { kind: "federated", arn: text }
  if (service === "sts" && type === "federated-user" && name !== "") return { kind: "federated-user", ...own }
  if (service === "sts" && type === "assumed-role" && rest.length === 2) {
    const [role = "", sessionName = ""] = rest
    const arnOfRole = isRole(principalArn, account, partition, role) ? principalArn : roleArn(account, role, partition)
    const sessionArn = assumedRoleArn(account, role, sessionName, partition)
    return { kind: "session", ...own, arn: arnOfRole, sessionArn, sessionName }
  }
  throw unreadable(text)
}

/** A given `aws:PrincipalArn` may add the path of the session's role; it does not make it another role. */
function isRole(text: string | undefined, account: string, partition: string, role: string): text is string {
  if (text === undefined || roleNameOf(text) !== role) return false
  const arn = tryParseArn(text)
  return arn?.account === account && arn.partition === partition
}

const unreadable = (text: string): PolicyError =>
  new PolicyError(`no principal: ${JSON.stringify(text.slice(0, 256))}`, [
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
  for (const { type, value } of entries) {
    if (type === "AWS" && value === "*") everybody = true
    else if (type === "AWS") aws.add(value)
    else if (type === "Service") services.add(value.toLowerCase())
    else if (type === "Federated") federated.add(value)
  }
  return (principal) => {
    if (principal.account !== undefined && aws.size > 0) {
      if (principal.kind === "session" && aws.has(principal.sessionArn)) return "direct"
      if (principal.kind === "role" || principal.kind === "session") {
        if (aws.has(principal.arn)) return everybody ? "direct" : "role"
      } else if (principal.kind !== "root" && aws.has(principal.arn)) return "direct"
      if (!everybody && (aws.has(principal.account) || aws.has(principal.accountArn))) return "account"
    } else if (principal.kind === "service" && services.has(principal.arn.toLowerCase())) return "direct"
    else if (principal.kind === "federated" && (federated.has(principal.arn) || federated.has("*"))) return "direct"
    return everybody ? "direct" : undefined
  }
}

/**
 * `NotPrincipal` in a Deny spares whom it lists by itself AND through its account; the account alone spares only its
 * root user, and a principal with a permissions boundary (`bounded`) is never spared. Source: IAM user guide,
 * NotPrincipal (the case of the role alone is disputed, E6 of the case table).
 */
export function sparedMatcher(entries: readonly PrincipalEntry[]): (principal: Principal, bounded: boolean) => boolean {
  const matches = principalMatcher(entries)
  const names = new Set(entries.filter((entry) => entry.type === "AWS").map((entry) => entry.value))
  return (principal, bounded) => {
    if (bounded) return false
    if (principal.account === undefined) return matches(principal) !== undefined
    if (names.has("*")) return true
    if (!names.has(principal.account) && !names.has(principal.accountArn)) return false
    // Of a session its role must be listed; the session's own ARN adds nothing.
    return principal.kind === "root" || names.has(principal.arn)
  }
}

/** S3's id of an account: which account it is, nobody can tell from it. */
export const hasCanonicalUser = (entries: readonly PrincipalEntry[]): boolean =>
  entries.some(({ type }) => type === "CanonicalUser")
