import type { Grant } from "../../access/grants.ts"
import type { RegionName } from "../../kernel/brands.ts"
import type { Caller } from "../core/exchange.ts"
import type { AccessQuestion, Conditions } from "../core/world.ts"
import { grantsInForce } from "./grants.ts"
import type { KmsKey } from "./key.ts"
import { factsOf, type Facts } from "./key-facts.ts"
import { aliasIn } from "./resolve.ts"
import type { KmsStore } from "./store.ts"

/** Who asks, from where: an API call or a service on somebody's behalf. */
export interface Asker {
  readonly caller: Caller
  readonly region: RegionName
  readonly requestId: string
  /** `s3.eu-central-1.amazonaws.com` */
  readonly viaService?: string
  /** Of the request; each is known. */
  readonly grantTokens?: readonly string[] | undefined
}

/** What one request adds to its question. */
export interface Asked {
  /** The key as the request named it. */
  readonly ref?: string | undefined
  readonly context?: Conditions
  readonly byCiphertext?: boolean
  /** Instead of all grants in force. */
  readonly grants?: readonly Grant[]
}

/** One action on one key, with all that KMS knows. The Region is the key's: UpdatePrimaryRegion asks in two. */
export function questionAbout(
  store: KmsStore,
  by: Asker,
  key: KmsKey,
  action: string,
  asked: Asked = {},
): AccessQuestion {
  const grants = asked.grants ?? grantsInForce(store, key, by.grantTokens)
  return {
    caller: by.caller,
    action: `kms:${action}`,
    resource: key.arn,
    resourceAccount: key.account,
    region: key.region,
    resourcePolicy: key.policy,
    resourceTags: key.tags,
    ...(grants.length === 0 ? {} : { grants }),
    ...(asked.byCiphertext === true ? { byCiphertext: true as const } : {}),
    context: contextOf(store, by, key, asked),
  }
}

function contextOf(store: KmsStore, by: Asker, key: KmsKey, asked: Asked): Conditions {
  const context: Facts = { ...factsOf(store, key), ...asked.context }
  const alias = asked.ref === undefined ? undefined : aliasIn(asked.ref)
  if (alias !== undefined) context["kms:RequestAlias"] = alias
  if (by.viaService !== undefined) context["kms:ViaService"] = by.viaService
  return context
}
