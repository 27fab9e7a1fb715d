import type { CompiledPolicy, CompiledStatement } from "./compile.ts"
import type { RequestContext } from "./context.ts"
import { both, type Layer, type Residual, type Tri } from "./decision.ts"
import { constraintTests, type Grant, type MatchedGrant } from "./grants.ts"
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

type Layers = ReadonlyArray<readonly [Layer, Scan]>

/** On what an open verdict hangs: Denies that may apply, and Allows that may not. */
export function residuals(layers: Layers, granted: readonly MatchedGrant[], allowed: Tri): Residual[] {
  const denies = layers.flatMap(([layer, found]) => found.maybeDenies.map((each) => residual(layer, each, "not-hold")))
  if (allowed === true) return denies
  const allows = layers.flatMap(([layer, found]) =>
    found.maybeAllows.map(({ statement }) => residual(layer, statement, "hold")),
  )
  const open = granted.filter(({ satisfied }) => satisfied === undefined).map(({ grant }) => grantResidual(grant))
  return [...allows, ...open, ...denies]
}

const residual = (layer: Layer, { policy, source }: CompiledStatement, must: Residual["must"]): Residual => ({
  must,
  layer,
  policy: policy.name,
  index: source.index,
  tests: source.conditions,
})

const grantResidual = (grant: Grant): Residual => ({
  must: "hold",
  layer: "grant",
  policy: `grant ${grant.name ?? grant.id}`,
  index: 0,
  tests: constraintTests(grant),
})
