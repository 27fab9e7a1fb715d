import { decideWith, prepare, SITUATIONAL } from "./decide.ts"
import type { Facts } from "./context.ts"
import type { Verdict } from "./decision.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import type { InventoryKey } from "./inventory.ts"

export interface MatrixQuestion {
  /** ARNs; default: all of the inventory. */
  readonly principals?: readonly string[]
  /** Default: `KEY_ACTIONS`. */
  readonly actions?: readonly string[]
  /** Key ARNs; default: all of the inventory. */
  readonly keys?: readonly string[]
  readonly facts?: Facts
  /** Default: what a call brings with it (`SITUATIONAL`). */
  readonly unknown?: readonly string[]
}

/** What one principal may do with one key: a verdict for each action, in the order of the question. */
export interface MatrixRow {
  readonly principal: string
  readonly key: string
  readonly verdicts: readonly Verdict[]
}

/** The KMS actions that matter: use, grants, policy, life and death of a key. */
export const KEY_ACTIONS: readonly string[] = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:DescribeKey",
  "kms:CreateGrant",
  "kms:RevokeGrant",
  "kms:GetKeyPolicy",
  "kms:PutKeyPolicy",
  "kms:EnableKey",
  "kms:DisableKey",
  "kms:ScheduleKeyDeletion",
  "kms:CancelKeyDeletion",
  "kms:ReplicateKey",
  "kms:UpdatePrimaryRegion",
]

/**
 * Rows key by key, as they are decided: nobody needs to hold all of them.
 * @throws PolicyError when an action or a policy means nothing
 */
export function* accessMatrix(compiled: CompiledInventory, question: MatrixQuestion = {}): Generator<MatrixRow> {
  const { inventory } = compiled
  const {
    principals = inventory.principals.map(({ arn }) => arn),
    actions = KEY_ACTIONS,
    keys = inventory.keys.map(({ arn }) => arn),
    facts = {},
    unknown = SITUATIONAL,
  } = question
  for (const key of keys) {
    for (const principal of principals) {
      const prepared = prepare(compiled, principal, key, { facts, unknown })
      yield { principal, key, verdicts: actions.map((action) => decideWith(principal, action, key, prepared).verdict) }
    }
  }
}

/** A matrix with the names that its rows point to. */
export interface Matrix {
  readonly source: string
  readonly takenAt?: string
  readonly principals: ReadonlyArray<{ readonly arn: string; readonly label?: string }>
  readonly keys: ReadonlyArray<Pick<InventoryKey, "arn" | "aliases" | "region" | "account">>
  readonly actions: readonly string[]
  /** Condition keys that were given; all that a call brings besides is open. */
  readonly facts: Facts
  readonly rows: readonly MatrixRow[]
}

export function matrixOf(
  compiled: CompiledInventory,
  { principals, keys, actions = KEY_ACTIONS, facts = {} }: MatrixQuestion,
): Matrix {
  const { inventory } = compiled
  const wanted = principals ?? inventory.principals.map(({ arn }) => arn)
  const wantedKeys = keys ?? inventory.keys.map(({ arn }) => arn)
  return {
    source: inventory.source,
    ...(inventory.takenAt === undefined ? {} : { takenAt: inventory.takenAt }),
    principals: wanted.map((arn) => {
      const label = compiled.principal(arn)?.label
      return { arn, ...(label === undefined ? {} : { label }) }
    }),
    keys: wantedKeys.map((arn) => {
      const { aliases = [], region = "", account = "" } = compiled.key(arn) ?? {}
      return { arn, aliases, region, account }
    }),
    actions,
    facts,
    rows: [...accessMatrix(compiled, { principals: wanted, keys: wantedKeys, actions, facts })],
  }
}
