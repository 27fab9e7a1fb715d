import { matchingActions } from "./catalog/index.ts"
import { factsFromText } from "./facts-from-text.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import type { MatrixQuestion } from "./matrix.ts"
import { PolicyError } from "./policy-error.ts"
import { findKeys, findPrincipals } from "./refs.ts"
import { mustBeAction } from "./request.ts"

/** A matrix in the words of people: names of the inventory, patterns of actions, `key=value` texts. */
export interface MatrixByName {
  readonly principal?: readonly string[] | undefined
  readonly action?: readonly string[] | undefined
  readonly key?: readonly string[] | undefined
  readonly with?: readonly string[] | undefined
}

/** @throws PolicyError for a name, action or condition key that means nothing */
export function matrixQuestion(compiled: CompiledInventory, named: MatrixByName): MatrixQuestion {
  return {
    ...(named.principal === undefined
      ? {}
      : { principals: once(named.principal, (ref) => findPrincipals(compiled, ref)) }),
    ...(named.action === undefined ? {} : { actions: once(named.action, actionsOf) }),
    ...(named.key === undefined
      ? {}
      : { keys: once(named.key, (ref) => findKeys(compiled, ref).map(({ arn }) => arn)) }),
    facts: factsFromText(named.with ?? []),
  }
}

const once = (refs: readonly string[], find: (ref: string) => readonly string[]): readonly string[] => [
  ...new Set(refs.flatMap(find)),
]

/** The actions that a pattern covers; without a wildcard the action itself. */
export function actionsOf(pattern: string): readonly string[] {
  if (!/[*?]/.test(pattern)) {
    mustBeAction(pattern)
    return [pattern]
  }
  const found = matchingActions(pattern)
  if (found.length === 0) throw new PolicyError(`no action is covered by ${pattern}`)
  return found
}
