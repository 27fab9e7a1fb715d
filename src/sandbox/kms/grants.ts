import type { Grant } from "../../access/grants.ts"
import type { AccountId } from "../../kernel/brands.ts"
import { constraint, invalidGrantToken } from "./errors.ts"
import { texts, type Input } from "./input.ts"
import type { KmsKey } from "./key.ts"
import type { KmsStore } from "./store.ts"

/** A grant as it is kept: what decides, and what only the lists and a retry want to know. */
export interface GrantRecord extends Grant {
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly issuingAccount: AccountId
  /** The grantee is a service principal, not an ARN; likewise for who may retire it. */
  readonly forService: boolean
  readonly retiredByService: boolean
  /** One per CreateGrant that was answered with this grant; any of them will do. */
  readonly tokens: string[]
}

/**
 * The grants that count now: all that are older than the consistency lag, and the younger ones whose token came with
 * the request.
 */
export function grantsInForce(
  store: KmsStore,
  key: KmsKey,
  tokens: readonly string[] | undefined,
): readonly GrantRecord[] {
  const lag = store.world.settings.lagMs ?? 0
  if (lag === 0 || key.grants.length === 0) return key.grants
  const settled = store.world.clock.now() - lag
  return key.grants.filter(
    (grant) => grant.createdAt <= settled || (tokens?.some((token) => grant.tokens.includes(token)) ?? false),
  )
}

const MOST_TOKENS = 10

/** @throws ServiceError InvalidGrantTokenException for a token that no CreateGrant gave out */
export function grantTokensOf(store: KmsStore, input: Input): readonly string[] | undefined {
  if (input["GrantTokens"] === undefined) return undefined
  const tokens = texts(input, "GrantTokens")
  if (tokens.length > MOST_TOKENS) throw constraint("grantTokens", `have length less than or equal to ${MOST_TOKENS}`)
  if (tokens.some((token) => !store.grantTokens.has(token))) throw invalidGrantToken()
  return tokens
}
