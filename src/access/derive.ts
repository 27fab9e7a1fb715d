import { keyIdOf, tryParseArn } from "./arn.ts"
import { Context, type Facts } from "./context.ts"
import type { Principal } from "./principal.ts"

const CONTEXT_PREFIX = "kms:encryptioncontext:"

const TYPE: Readonly<Record<Principal["kind"], string>> = {
  root: "Account",
  user: "User",
  role: "AssumedRole",
  session: "AssumedRole",
  "federated-user": "FederatedUser",
  service: "AWSService",
  federated: "WebIdentityUser",
  anonymous: "Anonymous",
}

export interface RequestFacts {
  readonly principal: Principal
  /** `service:Name` */
  readonly action: string
  readonly resource: string
  readonly resourceAccount: string
  readonly facts: Facts
  /** Keys (or prefixes ending in `*`) of which nobody can tell whether and with what value they are in the request. */
  readonly unknown?: readonly string[]
  /** Epoch milliseconds; undefined = the time of the request is no fact. */
  readonly now?: number
}

/**
 * What the request says, and what AWS always derives from it. A key that is in neither is absent from the request.
 * @throws PolicyError for a value that is no text, number, boolean or list of them
 */
export function contextOf(request: RequestFacts): Context {
  const { principal, resource, facts } = request
  const context = new Context(facts, request.unknown)
  const isService = principal.kind === "service"
  if (principal.account !== undefined) {
    context.derive("aws:PrincipalArn", principal.arn)
    context.derive("aws:PrincipalAccount", principal.account)
  }
  context.derive("aws:PrincipalType", TYPE[principal.kind])
  context.derive("aws:PrincipalIsAWSService", String(isService))
  if (isService) context.derive("aws:PrincipalServiceName", principal.arn)
  if (principal.kind === "user") context.derive("aws:username", principal.arn.slice(principal.arn.lastIndexOf("/") + 1))
  if (principal.kind === "root") context.derive("aws:userid", principal.account)
  context.derive("aws:ResourceAccount", request.resourceAccount)
  if (!context.isUnknown("kms:viaservice"))
    context.derive("aws:ViaAWSService", String((context.get("kms:viaservice")?.values.length ?? 0) > 0))
  context.derive("aws:RequestedRegion", tryParseArn(resource)?.region || undefined)
  if (request.action.startsWith("kms:")) deriveKms(context, request)
  if (request.now !== undefined) {
    context.derive("aws:CurrentTime", new Date(request.now).toISOString())
    context.derive("aws:EpochTime", String(Math.floor(request.now / 1000)))
  }
  return context
}

function deriveKms(context: Context, { principal, resource }: RequestFacts): void {
  context.derive("kms:CallerAccount", principal.account)
  const id = keyIdOf(resource)
  if (id !== undefined) context.derive("kms:MultiRegion", String(id.startsWith("mrk-")))
  const pairs = [...context.all()].flatMap(({ name }) =>
    name.toLowerCase().startsWith(CONTEXT_PREFIX) ? [name.slice(CONTEXT_PREFIX.length)] : [],
  )
  if (pairs.length > 0) context.derive("kms:EncryptionContextKeys", pairs)
}
