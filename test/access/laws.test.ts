import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compilePolicy } from "../../src/access/compile.ts"
import type { Verdict } from "../../src/access/decision.ts"
import { evaluate } from "../../src/access/evaluate.ts"
import type { AccessRequest } from "../../src/access/request.ts"
import {
  CONTEXT,
  TAG,
  compile,
  compileAs,
  facts,
  policy,
  request,
  stack,
  statement,
  type PolicyJson,
  type StackJson,
} from "./arbitrary-access.ts"

const RUNS = 1_000
const RANK: Readonly<Record<Verdict, number>> = { "explicit-deny": 0, "implicit-deny": 0, depends: 1, allowed: 2 }
const verdict = (asked: AccessRequest, json: StackJson): Verdict => evaluate(asked, compile(json)).verdict
const rank = (asked: AccessRequest, json: StackJson): number => RANK[verdict(asked, json)]

/** Where a statement or a policy can stand. */
const PLACES = ["identity", "key", "boundary", "session", "scp", "rcp"] as const
type Place = (typeof PLACES)[number]

/** Each policy of one kind changed; a place without any policy stays without. */
function change(json: StackJson, place: Place, to: (statements: PolicyJson) => PolicyJson): StackJson {
  switch (place) {
    case "identity":
      return { ...json, identity: json.identity.map(to) }
    case "key":
      return { ...json, resource: to(json.resource) }
    case "boundary":
      return json.boundary === undefined ? json : { ...json, boundary: to(json.boundary) }
    case "session":
      return json.session === undefined ? json : { ...json, session: to(json.session) }
    case "scp":
      return { ...json, scps: json.scps.map((level) => level.map(to)) }
    case "rcp":
      return { ...json, rcps: json.rcps.map((level) => level.map(to)) }
  }
}

const everywhere = (json: StackJson, to: (statements: PolicyJson) => PolicyJson): StackJson =>
  PLACES.reduce((result, place) => change(result, place, to), json)

const place = fc.constantFrom(...PLACES)
const turned = <T>(list: readonly T[]): readonly T[] => list.toReversed()

/**
 * Runs a law, and counts how often the question was allowed (or open) before anything was changed: a law that only ever
 * saw denials would prove nothing.
 */
function holds<T extends readonly unknown[]>(
  arbitraries: { [Key in keyof T]: fc.Arbitrary<T[Key]> },
  law: (asked: AccessRequest, json: StackJson, ...more: T) => boolean,
): void {
  let allowed = 0
  let runs = 0
  fc.assert(
    fc.property(request, stack, ...(arbitraries as unknown as [fc.Arbitrary<unknown>]), (asked, json, ...more) => {
      runs++
      if (verdict(asked, json) === "allowed") allowed++
      return law(asked, json, ...(more as unknown as T))
    }),
    { numRuns: RUNS },
  )
  expect(allowed / runs).toBeGreaterThan(0.2)
}

describe("laws of access", () => {
  it("a Deny more never widens", () =>
    holds<[Place, PolicyJson]>([place, fc.tuple(statement("key", "Deny"))], (asked, json, where, [added]) => {
      const { Principal, NotPrincipal, ...plain } = added ?? {}
      const { NotAction, ...named } = plain
      const who = NotPrincipal === undefined ? { Principal } : { NotPrincipal }
      // RCPs are for everybody and list their actions.
      const everybody = { ...(NotAction === undefined ? {} : { Action: NotAction }), ...named, Principal: "*" }
      const fits = where === "rcp" ? everybody : where === "key" ? { ...plain, ...who } : plain
      return (
        rank(
          asked,
          change(json, where, (statements) => [...statements, fits]),
        ) <= rank(asked, json)
      )
    }))

  it("an Allow less never widens", () =>
    holds<[Place, number]>([place, fc.nat(2)], (asked, json, where, at) => {
      const without = (statements: PolicyJson): PolicyJson =>
        statements.filter((each, index) => each["Effect"] === "Deny" || index !== at)
      return rank(asked, change(json, where, without)) <= rank(asked, json)
    }))

  it("a Deny less never narrows", () =>
    holds<[Place]>([place], (asked, json, where) => {
      const without = (statements: PolicyJson): PolicyJson => statements.filter((each) => each["Effect"] !== "Deny")
      return rank(asked, change(json, where, without)) >= rank(asked, json)
    }))

  it("the order of statements and policies does not matter", () =>
    holds([], (asked, json) => {
      const other = everywhere({ ...json, identity: turned(json.identity) }, turned)
      const levels = { ...other, scps: turned(other.scps.map(turned)), grants: turned(other.grants) }
      return verdict(asked, levels) === verdict(asked, json)
    }))

  it("a policy says the same as text, as JSON, and read again", () =>
    holds([], (asked, json) => {
      const again = JSON.parse(JSON.stringify(json)) as StackJson
      const text = compileAs(json, (Statement, kind) =>
        compilePolicy(JSON.stringify({ Statement, Version: "2012-10-17" }, undefined, 2), kind),
      )
      const before = verdict(asked, json)
      return verdict(asked, again) === before && evaluate(asked, text).verdict === before
    }))

  it("a session policy never widens", () =>
    holds<[PolicyJson]>([policy("session")], (asked, json, session) => {
      const { session: _none, ...rest } = json
      return rank(asked, { ...rest, session }) <= rank(asked, { ...rest, session: undefined })
    }))

  it("a boundary never widens", () =>
    holds<[PolicyJson]>(
      [policy("boundary")],
      (asked, json, boundary) => rank(asked, { ...json, boundary }) <= rank(asked, { ...json, boundary: undefined }),
    ))

  it("an Allow more in a boundary never narrows", () =>
    holds<[PolicyJson]>([fc.tuple(statement("boundary", "Allow"))], (asked, json, added) => {
      const more = change(json, "boundary", (statements) => [...statements, ...added])
      return rank(asked, more) >= rank(asked, json)
    }))

  it("an SCP level more never widens", () =>
    holds<[PolicyJson, number]>([policy("scp"), fc.nat(2)], (asked, json, added, at) => {
      const scps = [...json.scps.slice(0, at), [added], ...json.scps.slice(at)]
      return rank(asked, { ...json, scps }) <= rank(asked, json)
    }))

  it("a grant more never narrows", () =>
    holds([], (asked, json) => {
      const open = { id: "all", keyArn: asked.resource, operations: ["Decrypt", "DescribeKey"] }
      const grants = [...json.grants, { ...open, grantee: "arn:aws:iam::111111111111:role/app" }]
      return rank(asked, { ...json, grants }) >= rank(asked, json)
    }))

  it("case of actions and of names of condition keys does not matter", () =>
    holds<[boolean]>([fc.boolean()], (asked, json, up) => {
      const recase = (text: string): string => (up ? text.toUpperCase() : text.toLowerCase())
      const actionsOf = (value: unknown): unknown =>
        Array.isArray(value) ? value.map((each) => recase(String(each))) : recase(String(value))
      const conditionsOf = (value: unknown): unknown =>
        Object.fromEntries(
          Object.entries(value as Record<string, Record<string, unknown>>).map(([operator, block]) => [
            operator,
            Object.fromEntries(Object.entries(block).map(([key, values]) => [recase(key), values])),
          ]),
        )
      const other = everywhere(json, (statements) =>
        statements.map((each) =>
          Object.fromEntries(
            Object.entries(each).map(([name, value]) => [
              name,
              name.endsWith("Action") ? actionsOf(value) : name === "Condition" ? conditionsOf(value) : value,
            ]),
          ),
        ),
      )
      // The names of the encryption context are values as well, of kms:EncryptionContextKeys.
      const entries = Object.entries(asked.facts).map(([key, value]) => [key === CONTEXT ? key : recase(key), value])
      const same = { ...asked, action: recase(asked.action), facts: Object.fromEntries(entries) as typeof asked.facts }
      return verdict(same, other) === verdict(asked, json)
    }))

  it("what is decided without a fact is decided so whatever the fact is", () => {
    let open = 0
    const unknown = [TAG, "kms:EncryptionContext:*", "aws:TagKeys"]
    holds<[AccessRequest["facts"]]>([facts], (asked, json, known) => {
      const hidden = (name: string): boolean => name === TAG || name === CONTEXT || name === "aws:TagKeys"
      const pick = (from: AccessRequest["facts"], keep: boolean) =>
        Object.fromEntries(Object.entries(from).filter(([name]) => hidden(name) === keep))
      const blind = evaluate({ ...asked, facts: pick(asked.facts, false), unknown }, compile(json)).verdict
      const seen = verdict({ ...asked, facts: { ...pick(asked.facts, false), ...pick(known, true) } }, json)
      if (blind === "depends") open++
      return blind === "depends" || RANK[blind] === RANK[seen]
    })
    expect(open).toBeGreaterThan(RUNS / 20)
  })

  it("one half of the facts may decide: what the other half leaves open it does not turn round", () =>
    holds([], (asked, json) => {
      const { [TAG]: tag, ...rest } = asked.facts
      const unknown = [TAG, "aws:TagKeys", CONTEXT]
      const less = evaluate({ ...asked, facts: {}, unknown: [...unknown, "aws:*", "kms:*"] }, compile(json)).verdict
      const more = evaluate({ ...asked, facts: rest, unknown: [TAG] }, compile(json)).verdict
      const all = verdict(tag === undefined ? { ...asked, facts: rest } : asked, json)
      const agrees = (a: Verdict, b: Verdict): boolean => a === "depends" || RANK[a] === RANK[b]
      return agrees(less, more) && agrees(more, all) && agrees(less, all)
    }))
})
