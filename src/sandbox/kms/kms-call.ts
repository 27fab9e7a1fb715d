import { tryParseArn } from "../../access/arn.ts"
import type { AccountId } from "../../kernel/brands.ts"
import { ServiceError, type Caller, type Call } from "../core/exchange.ts"
import type { Conditions, EncryptionContext } from "../core/world.ts"
import { stateError } from "./errors.ts"
import type { Input } from "./input.ts"
import type { KmsKey } from "./key.ts"
import { resolveKey, type KmsStore } from "./store.ts"

/** Who asks, from where: an API call or a service on somebody's behalf. */
export interface Asker {
  readonly caller: Caller
  readonly region: Call["region"]
  /** `s3.eu-central-1.amazonaws.com` */
  readonly viaService?: string
}

export interface KmsCall extends Asker {
  readonly store: KmsStore
  readonly input: Input
  readonly requestId: string
}

export type Handler = (call: KmsCall) => object | undefined

/** Everything except these works in the owner's account only, whatever a policy says. Source: aws.md 2.2. */
const CROSS_ACCOUNT: ReadonlySet<string> = new Set([
  "Encrypt",
  "Decrypt",
  "ReEncryptFrom",
  "ReEncryptTo",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "DescribeKey",
  "GetKeyRotationStatus",
])

/** The key named in the request, authorised for one action. */
export function keyFor(call: KmsCall, ref: string, action: string, context: Conditions = {}): KmsKey {
  const key = resolveKey(call.store, call.region, call.caller.account, ref, TAKES_ALIASES.has(action))
  authorizeKey(call.store, call, key, action, context)
  return key
}

const TAKES_ALIASES: ReadonlySet<string> = new Set(
  [...CROSS_ACCOUNT].filter((action) => action !== "GetKeyRotationStatus"),
)

export function authorizeKey(store: KmsStore, by: Asker, key: KmsKey, action: string, context: Conditions = {}): void {
  if (by.caller.account !== key.account && !CROSS_ACCOUNT.has(action)) throw denied(by.caller, action, key.arn)
  store.world.authorizer.authorize({
    caller: by.caller,
    action: `kms:${action}`,
    resource: key.arn,
    resourceAccount: key.account,
    region: by.region,
    resourcePolicy: key.policy,
    context: by.viaService === undefined ? context : { ...context, "kms:ViaService": by.viaService },
  })
}

const denied = (caller: Caller, action: string, arn: string): ServiceError =>
  new ServiceError(
    "AccessDeniedException",
    `User: ${caller.arn} is not authorized to perform: kms:${action} on resource: ${arn} because no resource-based policy allows the kms:${action} action`,
  )

/** An action without a key, in the caller's own account. */
export function authorizeAccount(call: KmsCall, action: string, resource = "*"): void {
  call.store.world.authorizer.authorize({
    caller: call.caller,
    action: `kms:${action}`,
    resource,
    resourceAccount: (tryParseArn(resource)?.account ?? call.caller.account) as AccountId,
    region: call.region,
    context: {},
  })
}

export function contextKeys(context: EncryptionContext): Record<string, string | readonly string[]> {
  const names = Object.keys(context)
  if (names.length === 0) return {}
  const keys: Record<string, string | readonly string[]> = { "kms:EncryptionContextKeys": names }
  for (const name of names) keys[`kms:EncryptionContext:${name}`] = context[name] ?? ""
  return keys
}

export function mustBeEnabled(key: KmsKey): void {
  if (key.state !== "Enabled" && key.state !== "Updating") throw stateError(key)
}

export function mustNotBePending(key: KmsKey): void {
  if (key.state === "PendingDeletion" || key.state === "PendingReplicaDeletion") throw stateError(key)
}

/** AWS managed keys (`alias/aws/s3`) take no management calls. */
export function mustBeCustomers(call: KmsCall, key: KmsKey, action: string): void {
  if (key.manager === "AWS") throw denied(call.caller, action, key.arn)
}
