import { keyIdOf, tryParseArn } from "./arn.ts"
import { Context, type Derive, type Facts, type RequestContext } from "./context.ts"
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
  return new Context(request.facts, request.unknown, deriveFrom(request))
}

/** Asked for the keys that conditions name, so that a request pays for no other. */
const deriveFrom =
  (request: RequestFacts): Derive =>
  (key, context) =>
    key.startsWith("aws:")
      ? global(key, request, context)
      : key.startsWith("kms:")
        ? ofKms(key, request, context)
        : undefined

function global(key: string, request: RequestFacts, context: RequestContext): string | undefined {
  const { principal, resource, now } = request
  switch (key) {
    case "aws:principalarn":
      return principal.account === undefined ? undefined : principal.arn
    case "aws:principalaccount":
      return principal.account
    case "aws:principaltype":
      return TYPE[principal.kind]
    case "aws:principalisawsservice":
      return String(principal.kind === "service")
    case "aws:principalservicename":
      return principal.kind === "service" ? principal.arn : undefined
    case "aws:username":
      return principal.kind === "user" ? principal.arn.slice(principal.arn.lastIndexOf("/") + 1) : undefined
    case "aws:userid":
      return principal.kind === "root" ? principal.account : undefined
    case "aws:resourceaccount":
      return request.resourceAccount
    case "aws:viaawsservice":
      return String((context.get("kms:viaservice")?.values.length ?? 0) > 0)
    case "aws:requestedregion":
      return tryParseArn(resource)?.region || undefined
    case "aws:currenttime":
      return now === undefined ? undefined : new Date(now).toISOString()
    case "aws:epochtime":
      return now === undefined ? undefined : String(Math.floor(now / 1000))
    default:
      return undefined
  }
}

function ofKms(key: string, request: RequestFacts, context: RequestContext): string | readonly string[] | undefined {
  if (!/^kms:/i.test(request.action)) return undefined
  switch (key) {
    case "kms:calleraccount":
      return request.principal.account
    case "kms:multiregion": {
      const id = keyIdOf(request.resource)
      return id === undefined ? undefined : String(id.startsWith("mrk-"))
    }
    case "kms:encryptioncontextkeys":
      return contextKeys(context)
    default:
      return undefined
  }
}

/** In their own case, which the conditions on them bind. */
function contextKeys(context: RequestContext): readonly string[] | undefined {
  const names = context
    .given()
    .map(({ name }) => name)
    .filter((name) => name.toLowerCase().startsWith(CONTEXT_PREFIX))
  return names.length === 0 ? undefined : names.map((name) => name.slice(CONTEXT_PREFIX.length))
}
