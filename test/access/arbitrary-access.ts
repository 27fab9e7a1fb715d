import fc from "fast-check"
import { compilePolicy, type CompiledPolicy } from "../../src/access/compile.ts"
import type { Facts } from "../../src/access/context.ts"
import type { Grant } from "../../src/access/grants.ts"
import type { AccessRequest, PolicyStack } from "../../src/access/request.ts"
import type { PolicyKind } from "../../src/access/statement.ts"

/** Questions over so small an alphabet that policies and requests really meet. */

export type StatementJson = Readonly<Record<string, unknown>>
export type PolicyJson = readonly StatementJson[]

/** A stack as JSON: what a law changes before it is compiled. */
export interface StackJson {
  readonly identity: readonly PolicyJson[]
  readonly resource: PolicyJson
  readonly boundary: PolicyJson | undefined
  readonly session: PolicyJson | undefined
  readonly scps: ReadonlyArray<readonly PolicyJson[]>
  readonly rcps: ReadonlyArray<readonly PolicyJson[]>
  readonly grants: readonly Grant[]
}

const KEY = "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
const OTHER = "arn:aws:kms:us-east-1:111111111111:key/99999999-12ab-34cd-56ef-1234567890ab"
const ROLE = "arn:aws:iam::111111111111:role/app"
const SESSION = "arn:aws:sts::111111111111:assumed-role/app/s1"
const USER = "arn:aws:iam::111111111111:user/bob"
const ROOT = "arn:aws:iam::111111111111:root"
const FOREIGN = "arn:aws:iam::222222222222:role/dr"
const SERVICE = "backup.amazonaws.com"

export const TAG = "aws:PrincipalTag/team"
export const CONTEXT = "kms:EncryptionContext:env"
const KEYS = "aws:TagKeys"

const action = fc.constantFrom("kms:Decrypt", "kms:Decrypt", "kms:DescribeKey")
const actions = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("kms:*", "*", "kms:De*") },
  { weight: 1, arbitrary: fc.subarray(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"], { minLength: 1 }) },
)
const actionOnly = actions.map((Action) => ({ Action }))
const actionElement = fc.oneof(
  { weight: 6, arbitrary: actionOnly },
  { weight: 1, arbitrary: actions.map((NotAction) => ({ NotAction })) },
)
const resourceElement = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("*", KEY, "arn:aws:kms:*:111111111111:key/*").map((Resource) => ({ Resource })),
  },
  { weight: 1, arbitrary: fc.constantFrom(OTHER, "arn:aws:s3:::*").map((Resource) => ({ Resource })) },
  { weight: 1, arbitrary: fc.constantFrom(KEY, OTHER).map((NotResource) => ({ NotResource })) },
)
const named = fc.constantFrom<unknown>(
  "*",
  { AWS: [ROLE, USER, ROOT] },
  { AWS: "*" },
  { AWS: ROLE },
  { AWS: SESSION },
  { AWS: [USER, ROLE] },
  { AWS: ROOT },
  { AWS: "111111111111" },
  { AWS: ["222222222222", FOREIGN] },
  { Service: SERVICE },
)
const condition = fc.constantFrom<unknown>(
  { StringEquals: { [TAG]: "a" } },
  { StringNotEquals: { [TAG]: ["a", "c"] } },
  { StringLikeIfExists: { [TAG]: "a*" } },
  { Null: { [TAG]: "true" } },
  { StringEquals: { [CONTEXT]: "prod" } },
  { "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["env"] } },
  { "ForAnyValue:StringLike": { [KEYS]: ["x*"] } },
  { "ForAllValues:StringNotEquals": { [KEYS]: ["y"] } },
  { StringEquals: { [TAG]: "${aws:RequestTag/team, 'a'}" } },
  { Bool: { "aws:SecureTransport": "true" }, StringNotLike: { [TAG]: "b*" } },
  { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a*" } },
)
const conditionElement = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: condition.map((Condition) => ({ Condition })) },
)

const HAS_PRINCIPAL: ReadonlySet<PolicyKind> = new Set(["key", "rcp"])

export const statement = (kind: PolicyKind, effect: "Allow" | "Deny"): fc.Arbitrary<StatementJson> =>
  fc
    .tuple(
      kind === "rcp" ? actionOnly : actionElement,
      resourceElement,
      conditionElement,
      kind === "rcp" ? fc.constant("*") : named,
      fc.nat(9),
    )
    .map(([acts, resources, conditions, who, roll]) => ({
      Effect: effect,
      ...acts,
      ...resources,
      ...conditions,
      ...(!HAS_PRINCIPAL.has(kind) ? {} : kind === "key" && roll === 0 ? { NotPrincipal: who } : { Principal: who }),
    }))

/** Mostly Allows, so that many questions are allowed and a law could fail. */
export const policy = (kind: PolicyKind): fc.Arbitrary<PolicyJson> =>
  fc.array(
    fc.nat(7).chain((roll) => statement(kind, roll === 0 || kind === "rcp" ? "Deny" : "Allow")),
    {
      minLength: 1,
      maxLength: 3,
    },
  )

const FULL: PolicyJson = [{ Effect: "Allow", Action: "*", Resource: "*" }]
const level = fc
  .tuple(fc.nat(2), fc.array(policy("scp"), { maxLength: 2 }))
  .map(([roll, policies]) => (roll === 0 ? policies : [FULL, ...policies]))

const rarely = <T>(value: fc.Arbitrary<T>, often = 3): fc.Arbitrary<T | undefined> =>
  fc.nat(often).chain((roll) => (roll === 0 ? value : fc.constant(undefined)))

const grant: fc.Arbitrary<Grant> = fc
  .tuple(fc.constantFrom(ROLE, SESSION, USER, FOREIGN, ROOT), fc.constantFrom(undefined, "prod", "dev"))
  .map(([grantee, env]) => ({
    id: `${grantee} ${env}`,
    keyArn: KEY,
    grantee,
    operations: ["Decrypt"],
    ...(env === undefined ? {} : { constraints: { encryptionContextSubset: { env } } }),
  }))

/** An empty list three times out of four. */
const seldom = <T>(value: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<readonly T[]> =>
  fc.nat(3).chain((roll) => fc.array(value, { maxLength: roll === 0 ? maxLength : 0 }))

export const stack: fc.Arbitrary<StackJson> = fc.record({
  identity: fc.array(policy("identity"), { minLength: 1, maxLength: 2 }),
  resource: policy("key"),
  boundary: rarely(policy("boundary")),
  session: rarely(policy("session")),
  scps: seldom(level, 2),
  rcps: seldom(fc.array(policy("rcp"), { maxLength: 1 }), 1),
  grants: seldom(grant, 2),
})

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: value })

export const facts: fc.Arbitrary<Facts> = fc
  .record({
    [TAG]: optional(fc.constantFrom("a", "b", "ab")),
    [CONTEXT]: optional(fc.constantFrom("prod", "dev")),
    [KEYS]: optional(fc.subarray(["x", "xx", "y"])),
    "aws:RequestTag/team": optional(fc.constantFrom("a", "b")),
    "aws:SecureTransport": optional(fc.boolean()),
  })
  .map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as Facts)

export const request: fc.Arbitrary<AccessRequest> = fc.record({
  principal: fc.constantFrom(
    SESSION,
    SESSION,
    ROLE,
    USER,
    ROOT,
    "arn:aws:sts::222222222222:assumed-role/dr/s1",
    SERVICE,
  ),
  action,
  resource: fc.constant(KEY),
  resourceAccount: fc.constant("111111111111"),
  facts,
})

const compiled = (statements: PolicyJson, kind: PolicyKind): CompiledPolicy =>
  compilePolicy({ Version: "2012-10-17", Statement: statements }, kind)

const known = new WeakMap<StackJson, PolicyStack>()

/** Compiled once per stack. */
export function compile(json: StackJson): PolicyStack {
  const made = known.get(json) ?? compileAs(json, compiled)
  known.set(json, made)
  return made
}

export function compileAs(json: StackJson, as: typeof compiled): PolicyStack {
  const levels = (given: StackJson["scps"], kind: "scp" | "rcp") =>
    given.map((policies, at) => ({ target: `level ${at}`, policies: policies.map((each) => as(each, kind)) }))
  return {
    identity: json.identity.map((each) => as(each, "identity")),
    resource: as(json.resource, "key"),
    scps: levels(json.scps, "scp"),
    rcps: levels(json.rcps, "rcp"),
    grants: json.grants,
    ...(json.boundary === undefined ? {} : { boundary: [as(json.boundary, "boundary")] }),
    ...(json.session === undefined ? {} : { session: [as(json.session, "session")] }),
  }
}
