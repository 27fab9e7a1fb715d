import type { CompiledPolicy, CompiledStatement } from "./compile.ts"
import { both, type Tri } from "./condition.ts"
import type { RequestContext } from "./context.ts"
import type { NamedAs, Principal } from "./principal.ts"

/** A request as statements are matched against it. `action` in lower case. */
export interface Asked {
  readonly principal: Principal
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
}

/** What the policies of one layer say about one request. */
export class Scan {
  deny: CompiledStatement | undefined
  /** Denies and allows of which nobody can tell whether they apply. */
  readonly maybeDenies: CompiledStatement[] = []
  readonly maybeAllows: Array<{ named: NamedAs; statement: CompiledStatement }> = []
  readonly #allows: { [Named in NamedAs]?: CompiledStatement } = {}

  /** The first statement that allows, as the principal is named there. */
  allowed(named: NamedAs): CompiledStatement | undefined {
    return this.#allows[named]
  }

  says(named: NamedAs): Tri {
    if (this.#allows[named] !== undefined) return true
    return this.maybeAllows.some((maybe) => maybe.named === named) ? undefined : false
  }

  add(statement: CompiledStatement, named: NamedAs, applies: Tri): void {
    if (!statement.allow) {
      if (applies === true) this.deny ??= statement
      else this.maybeDenies.push(statement)
    } else if (applies === true) this.#allows[named] ??= statement
    else this.maybeAllows.push({ named, statement })
  }
}

export function scan(policies: readonly CompiledPolicy[], asked: Asked): Scan {
  const found = new Scan()
  for (const policy of policies) {
    for (const statement of policy.statements) {
      const named = statement.names(asked.principal)
      if (named === undefined) continue
      const result = applies(statement, asked)
      if (result !== false) found.add(statement, named, result)
    }
  }
  return found
}

/** Whether a statement that means the principal applies to the request. */
function applies(statement: CompiledStatement, { action, resource, context }: Asked): Tri {
  let result = statement.covers(action)
  if (result === false) return false
  result = both(result, statement.on(resource, context))
  for (const test of statement.tests) {
    if (result === false) return false
    result = both(result, test.holds(context))
  }
  return result
}
