import { aliasArn } from "../../access/arn.ts"
import { PolicyError } from "../../access/policy-error.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import { digestOf } from "../../kernel/digest.ts"
import { DrError } from "../../kernel/errors.ts"
import { compareKeyPolicy } from "../policy/compare-one.ts"
import { renderPolicies } from "../policy/render.ts"
import type { RenderedPolicy } from "../policy/rendered.ts"
import type { EstateKey, FoundPlace } from "./key-inventory.ts"

/** A key policy as it stands against what dr.yaml renders for its place. */
export interface PolicyDrift {
  /**
   * `not-read`: AWS did not tell. `not-rendered`: dr.yaml has none for the place, or lacks a role for it; then nobody
   * can say either.
   */
  readonly state: "current" | "drifted" | "not-read" | "not-rendered"
  /** `sha256:…` of what is there, the spelling of JSON aside. */
  readonly digest?: string
  /** Statements of dr.yaml's that are not there, and those there that are not dr.yaml's. */
  readonly absent: readonly string[]
  readonly foreign: readonly string[]
  readonly why?: string
}

/** Compares the policy of each found place with the rendered one. */
export type DriftOf = (key: EstateKey, place: FoundPlace) => PolicyDrift

export function policyDrift(environment: ResolvedEnvironment): DriftOf {
  const wanted = rendered(environment)
  return (key, place) => {
    const { policy } = place.facts
    if (policy === undefined) {
      const why = place.facts.gaps.find(({ what }) => what === "policy")?.why ?? "not asked"
      return { state: "not-read", absent: [], foreign: [], why }
    }
    const digest = digestOf(parsed(policy))
    if (typeof wanted === "string") return { state: "not-rendered", digest, absent: [], foreign: [], why: wanted }
    const own = wanted.get(aliasArn(place.region, key.account, key.alias))
    if (own === undefined)
      return { state: "not-rendered", digest, absent: [], foreign: [], why: "dr.yaml names no key here" }
    return { digest, ...compared(own, policy) }
  }
}

/** By the alias ARN; or why there are none. */
function rendered(environment: ResolvedEnvironment): ReadonlyMap<string, RenderedPolicy> | string {
  try {
    return new Map(
      renderPolicies(environment)
        .filter(({ kind }) => kind === "key")
        .map((policy) => [policy.subject, policy]),
    )
  } catch (thrown) {
    if (thrown instanceof DrError) return thrown.message
    throw thrown
  }
}

function compared(own: RenderedPolicy, policy: string): Omit<PolicyDrift, "digest"> {
  try {
    const { state, absent, foreign } = compareKeyPolicy(own, policy)
    return { state: state === "current" ? "current" : "drifted", absent, foreign }
  } catch (thrown) {
    if (!(thrown instanceof PolicyError)) throw thrown
    return { state: "drifted", absent: [], foreign: [], why: `nobody can read it: ${thrown.message}` }
  }
}

function parsed(policy: string): unknown {
  try {
    return JSON.parse(policy)
  } catch {
    return policy
  }
}
