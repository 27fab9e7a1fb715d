import type { CompiledPolicy, CompiledStatement } from "./compile.ts"
import { both, type Tri } from "./condition.ts"
import type { RequestContext } from "./context.ts"
import type { NamedAs, Principal } from "./principal.ts"

/** A request as statements are matched against it. `action` in lower case. */
export interface Asked {
  readonly principal: Principal
  /** The principal has a permissions boundary. */
  readonly bounded?: boolean
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
}

/** An Allow of which nobody can tell whether it applies. */
interface MaybeAllow {
  readonly named: NamedAs
  readonly statement: CompiledStatement
}

const NOTHING: readonly never[] = []

/** What the policies of one layer say about one request. */
export class Scan {
  deny: CompiledStatement | undefined = undefined
  /** Denies and allows of which nobody can tell whether they apply. */
  maybeDenies: readonly CompiledStatement[] = NOTHING
  maybeAllows: readonly MaybeAllow[] = NOTHING
  #direct: CompiledStatement | undefined = undefined
  #role: CompiledStatement | undefined = undefined
  #account: CompiledStatement | undefined = undefined

  /** The first statement that allows, as the principal is named there. */
  allowed(named: NamedAs): CompiledStatement | undefined {
    return named === "direct" ? this.#direct : named === "role" ? this.#role : this.#account
  }

  says(named: NamedAs): Tri {
    if (this.allowed(named) !== undefined) return true
    return this.maybeAllows.some((maybe) => maybe.named === named) ? undefined : false
  }

  add(statement: CompiledStatement, named: NamedAs, result: Tri): void {
    if (!statement.allow) {
      if (result === true) this.deny ??= statement
      else this.maybeDenies = [...this.maybeDenies, statement]
    } else if (result === undefined) this.maybeAllows = [...this.maybeAllows, { named, statement }]
    else if (named === "direct") this.#direct ??= statement
    else if (named === "role") this.#role ??= statement
    else this.#account ??= statement
  }
}

export function scan(policies: readonly CompiledPolicy[], asked: Asked): Scan {
  const found = new Scan()
  for (const policy of policies) {
    for (const statement of policy.statements) {
      const named = statement.names(asked.principal, asked.bounded)
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
