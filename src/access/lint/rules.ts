import { BUCKET_RULES } from "./bucket.ts"
import { GRANT_RULES } from "./grants.ts"
import { IDENTITY_RULES } from "./identity.ts"
import { KEY_CONTROL_RULES } from "./key-control.ts"
import { KEY_PRINCIPAL_RULES } from "./key-principals.ts"
import { KEY_PROPERTY_RULES } from "./key-properties.ts"
import { KEY_RECOVERY_RULES } from "./key-recovery.ts"
import { KEY_STATEMENT_RULES } from "./key-statements.ts"
import { ORGANISATION_RULES } from "./organisation.ts"
import type { Rule, Scope } from "./rule.ts"
import { SYNTAX_RULES } from "./syntax.ts"
import { TRUST_RULES } from "./trust.ts"

/** Every rule there is, by id. Ids are never renamed nor used again. */
export const RULES: readonly Rule[] = [
  ...SYNTAX_RULES,
  ...KEY_STATEMENT_RULES,
  ...KEY_PRINCIPAL_RULES,
  ...KEY_CONTROL_RULES,
  ...KEY_RECOVERY_RULES,
  ...KEY_PROPERTY_RULES,
  ...IDENTITY_RULES,
  ...TRUST_RULES,
  ...BUCKET_RULES,
  ...ORGANISATION_RULES,
  ...GRANT_RULES,
].toSorted((a, b) => order(a.id) - order(b.id))

/** Families in the order of the facts, then by number. */
function order(id: string): number {
  return "PKITSOG".indexOf(id.charAt(2)) * 1000 + Number(id.slice(3))
}

const byScope = new Map<Scope, readonly Rule[]>()

export function rulesOn(scope: Scope): readonly Rule[] {
  let rules = byScope.get(scope)
  if (rules === undefined) {
    rules = RULES.filter(({ on }) => on.includes(scope))
    byScope.set(scope, rules)
  }
  return rules
}

const titles = new Map(RULES.map(({ id, title }) => [id, title]))

export const titleOf = (rule: string): string => titles.get(rule) ?? ""
