import type { CompiledStatement } from "./compile.ts"
import type { Tri } from "./condition.ts"
import type { Layer, Residual } from "./decision.ts"
import { constraintTests, type Grant, type MatchedGrant } from "./grants.ts"
import type { Scan } from "./scan.ts"

export type Layers = ReadonlyArray<readonly [Layer, Scan]>

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
