import { ask, type Answer } from "./ask.ts"
import { factsFromText, unknownFromText } from "./facts-from-text.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import type { NamedPolicy } from "./inventory.ts"
import { PolicyError } from "./policy-error.ts"
import { findPrincipals, findRole } from "./refs.ts"
import { targetOf, type TargetRefs } from "./target.ts"

export { answerJson, answerText } from "./answer-text.ts"
export { worst } from "./ask.ts"

/** A question in the words of people: names of the inventory, `key=value` texts. */
export interface AskedByName {
  readonly as: string
  readonly action: string
  readonly actionOnly?: boolean | undefined
  readonly target: TargetRefs
  readonly via: readonly string[]
  readonly with: readonly string[]
  readonly unknown: readonly string[]
  readonly session: readonly NamedPolicy[]
  readonly sessionTags: readonly string[]
  readonly sourceIdentity?: string | undefined
}

/**
 * One answer for each principal that the name means.
 * @throws PolicyError for a name, key or action that means nothing
 */
export function askAll(compiled: CompiledInventory, asked: AskedByName): readonly Answer[] {
  const target = targetOf(compiled, asked.action, asked.target, asked.actionOnly)
  const via = asked.via.map((ref) => findRole(compiled, ref))
  return findPrincipals(compiled, asked.as).map((principal) =>
    ask(compiled, {
      principal,
      via,
      target,
      action: asked.action,
      facts: factsFromText(asked.with),
      unknown: unknownFromText(asked.unknown),
      ...(asked.actionOnly === true ? { actionOnly: true } : {}),
      ...(asked.session.length === 0 ? {} : { session: asked.session }),
      ...(asked.sessionTags.length === 0 ? {} : { sessionTags: tagsOf(asked.sessionTags) }),
      ...(asked.sourceIdentity === undefined ? {} : { sourceIdentity: asked.sourceIdentity }),
    }),
  )
}

function tagsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=")
      if (at <= 0) throw new PolicyError(`${JSON.stringify(text)}: expected tag=value`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}
