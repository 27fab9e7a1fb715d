import type { CompiledStatement } from "./compile.ts"
import type { ConditionTest } from "./statement.ts"

/** Undefined = nobody can tell. */
export type Tri = boolean | undefined

export const both = (a: Tri, b: Tri): Tri =>
  a === false || b === false ? false : a === undefined || b === undefined ? undefined : true
export const either = (a: Tri, b: Tri): Tri =>
  a === true || b === true ? true : a === undefined || b === undefined ? undefined : false

export type Verdict = "allowed" | "implicit-deny" | "explicit-deny" | "depends"

export type Layer =
  | "operation"
  | "scp"
  | "rcp"
  | "resource"
  | "identity"
  | "boundary"
  | "session"
  | "endpoint"
  | "grant"
  | "root"

/** What decided: a statement, a grant, or the layer in which no statement allows. */
export type Decisive =
  | {
      readonly kind: "statement"
      readonly layer: Layer
      readonly policy: string
      readonly index: number
      readonly sid?: string
      readonly effect: "Allow" | "Deny"
    }
  | { readonly kind: "grant"; readonly id: string; readonly name?: string }
  /** `target` names the level of the organisation that lacks the Allow. */
  | { readonly kind: "missing-allow"; readonly layer: Layer; readonly target?: string }
  /** The account's root user, or an operation that works in the key's own account only. */
  | { readonly kind: "rule"; readonly layer: Layer; readonly rule: string }

/** A condition on which an open verdict hangs: it must hold (Allow) or must not hold (Deny). */
export interface Residual {
  readonly must: "hold" | "not-hold"
  readonly layer: Layer
  readonly policy: string
  readonly index: number
  readonly tests: readonly ConditionTest[]
}

/** The answer to one request. `decisive` is the smallest set that decides, never everything that matched. */
export interface Decision {
  readonly verdict: Verdict
  /** The layer that decides; of an allowed request the one that gives the right. */
  readonly layer: Layer
  readonly decisive: readonly Decisive[]
  /** Only with `depends`. */
  readonly depends?: readonly Residual[]
}

export const refOf = (statement: CompiledStatement, layer: Layer): Decisive => ({
  kind: "statement",
  layer,
  policy: statement.policy.name,
  index: statement.source.index,
  ...(statement.source.sid === undefined ? {} : { sid: statement.source.sid }),
  effect: statement.source.effect,
})
