import { tryParseArn } from "../../access/arn.ts"
import { isCrossAccountOperation } from "../../access/catalog/index.ts"
import type { AccountId, RegionName } from "../../kernel/brands.ts"
import { ServiceError, type Caller } from "../core/exchange.ts"
import type { AccessQuestion, Conditions } from "../core/world.ts"
import { defaultPolicy } from "./default-policies.ts"
import { stateError } from "./errors.ts"
import type { Input } from "./input.ts"
import type { KmsKey } from "./key.ts"
import { tagFacts, type Facts } from "./key-facts.ts"
import { questionAbout, type Asked, type Asker } from "./question.ts"
import { resolveKey } from "./resolve.ts"
import type { KmsStore } from "./store.ts"

export interface KmsCall extends Asker {
  readonly store: KmsStore
  readonly input: Input
}

/** Undefined = an answer without a body. */
export type Handler = (call: KmsCall) => object | undefined | Promise<object>

/** Management takes key ids and key ARNs only. Those of the crypto operations go another way: `envelope.ts`. */
const TAKES_ALIASES: ReadonlySet<string> = new Set(["DescribeKey", "GenerateMac", "VerifyMac"])

/** The key named in the request, authorised for one action. `context` may depend on the key that was found. */
export function keyFor(
  call: KmsCall,
  ref: string,
  action: string,
  context: Conditions | ((key: KmsKey) => Conditions) = {},
): KmsKey {
  const key = resolveKey(call.store, call.region, call.caller.account, ref, TAKES_ALIASES.has(action))
  const facts = typeof context === "function" ? context(key) : context
  authorizeKey(call.store, call, key, action, { ref, context: facts })
  return key
}

export function authorizeKey(store: KmsStore, by: Asker, key: KmsKey, action: string, asked: Asked = {}): void {
  if (by.caller.account !== key.account && !isCrossAccountOperation(`kms:${action}`))
    throw denied(by.caller, action, key.arn)
  store.world.authorizer.authorize(questionAbout(store, by, key, action, asked))
}

const denied = (caller: Caller, action: string, arn: string): ServiceError =>
  new ServiceError(
    "AccessDeniedException",
    `User: ${caller.arn} is not authorized to perform: kms:${action} on resource: ${arn} because no resource-based policy allows the kms:${action} action`,
  )

/** An action that no key policy decides, in the caller's own account. */
export function authorizeAccount(
  call: KmsCall,
  action: string,
  { resource = "*", ...more }: Partial<Pick<AccessQuestion, "resource" | "region" | "context" | "resourcePolicy">> = {},
): void {
  call.store.world.authorizer.authorize({
    caller: call.caller,
    action: `kms:${action}`,
    resource,
    resourceAccount: (tryParseArn(resource)?.account ?? call.caller.account) as AccountId,
    region: call.region,
    context: {},
    ...more,
  })
}

/** Tags on a key that is about to be made: IAM alone decides, as if its policy delegated to the account. */
export function authorizeTags(call: KmsCall, tags: ReadonlyMap<string, string>, resource: string, facts: Facts): void {
  if (tags.size === 0) return
  const region = (tryParseArn(resource)?.region ?? call.region) as RegionName
  const resourcePolicy = defaultPolicy(call.caller.account, region)
  authorizeAccount(call, "TagResource", { resource, region, resourcePolicy, context: { ...facts, ...tagFacts(tags) } })
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
