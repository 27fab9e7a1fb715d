import { describe, expect, it } from "vitest"
import { runCases } from "../../src/access/cases.ts"
import { compilePolicy } from "../../src/access/compile.ts"
import type { Facts } from "../../src/access/context.ts"
import { parsePolicy } from "../../src/access/document.ts"
import { evaluate } from "../../src/access/evaluate.ts"
import { arnGlob, glob, resourceGlob } from "../../src/access/glob.ts"
import { PolicyError } from "../../src/access/policy-error.ts"

const MOST_MS = 1_000
const APP = "arn:aws:sts::111111111111:assumed-role/app/s1"
const OBJECT = "arn:aws:s3:::data/x"

type Outcome = "allowed" | "implicit-deny" | "explicit-deny" | "depends" | "refused"

/** What an identity policy decides about an S3 request; anything but a PolicyError escapes. */
function decide(policy: string | object, facts: Facts = {}, resource = OBJECT): Outcome {
  try {
    const identity = [compilePolicy(policy, "identity")]
    const request = { principal: APP, action: "s3:GetObject", resource, resourceAccount: "111111111111", facts }
    return evaluate(request, { identity, scps: [], rcps: [] }).verdict
  } catch (error) {
    if (error instanceof PolicyError) return "refused"
    throw error
  }
}

/** The fastest of up to three runs counts: the machine may be busy with other things, but what hangs hangs each time. */
function timed<T>(work: () => T): T {
  let fastest = Number.POSITIVE_INFINITY
  let result: T
  let runs = 0
  do {
    const started = performance.now()
    result = work()
    fastest = Math.min(fastest, performance.now() - started)
  } while (fastest >= MOST_MS && ++runs < 3)
  expect(fastest).toBeLessThan(MOST_MS)
  return result
}

const allow = (more: object = {}): object => ({ Effect: "Allow", Action: "s3:*", Resource: "*", ...more })
const policyOf = (...Statement: object[]): object => ({ Version: "2012-10-17", Statement })
const like = (pattern: string): object =>
  policyOf(allow({ Condition: { StringLike: { "aws:PrincipalTag/t": pattern } } }))

describe("policies that nobody would write", () => {
  const nested = (depth: number): string => `${'{"a":['.repeat(depth)}${"]}".repeat(depth)}`
  const ways: ReadonlyArray<readonly [string, () => string | object]> = [
    ["10 MB of text", () => JSON.stringify(policyOf(allow({ Sid: "x".repeat(10_000_000) })))],
    ["10 MB of JSON", () => policyOf(allow({ Sid: "x".repeat(10_000_000) }))],
    ["100,000 statements as text", () => JSON.stringify(policyOf(...Array.from({ length: 100_000 }, () => allow())))],
    ["100,000 statements as JSON", () => policyOf(...Array.from({ length: 100_000 }, () => allow()))],
    [
      "100,000 misspelt actions",
      () => policyOf(allow({ Action: Array.from({ length: 100_000 }, (_, at) => `s3:Get${at}x`) })),
    ],
    [
      "as many misspelt actions as fit",
      () => policyOf(allow({ Action: Array.from({ length: 16_000 }, (_, at) => `s3:GetObjec${at}`) })),
    ],
    [
      "as many unknown services as fit",
      () => policyOf(allow({ Action: Array.from({ length: 16_000 }, (_, at) => `k${at}:Decrypt`) })),
    ],
    [
      "as many unknown elements as fit",
      () => policyOf(allow(Object.fromEntries(Array.from({ length: 18_000 }, (_, at) => [`Efect${at}`, 1])))),
    ],
    [
      "as many unknown keys as fit",
      () =>
        policyOf(
          allow({
            Condition: {
              StringEquals: Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`aws:Sourc${at}`, "x"])),
            },
          }),
        ),
    ],
    [
      "as many unknown operators as fit",
      () =>
        policyOf(
          allow({
            Condition: Object.fromEntries(
              Array.from({ length: 8_000 }, (_, at) => [`StringEqua${at}`, { "aws:SourceIp": "x" }]),
            ),
          }),
        ),
    ],
    ["deeply nested text", () => nested(10_000)],
    ["deeply nested text beyond any size", () => nested(1_000_000)],
    ["deeply nested conditions", () => policyOf(allow({ Condition: JSON.parse(nested(5_000)) as unknown }))],
    ["opened variables without end", () => like("${".repeat(125_000))],
    ["variables within variables", () => like(`${"${aws:".repeat(30_000)}${"}".repeat(30_000)}`)],
    ["a variable of blanks", () => like(`\${aws:${" ".repeat(250_000)}x}`)],
    [
      "as many unknown variables as fit",
      () => like(Array.from({ length: 18_000 }, (_, at) => `\${q${at}:x}`).join("")),
    ],
    [
      "as many unknown keys in variables as fit",
      () => like(Array.from({ length: 18_000 }, (_, at) => `\${aws:q${at}}`).join("")),
    ],
    [
      "a number of many digits",
      () => policyOf(allow({ Condition: { NumericEquals: { "s3:max-keys": "9".repeat(100_000) } } })),
    ],
    [
      "a number of many noughts",
      () => policyOf(allow({ Condition: { NumericEquals: { "s3:max-keys": "1e999999999" } } })),
    ],
    [
      "a name that stands twice",
      () =>
        `{"Version":"2012-10-17","Statement":${JSON.stringify(allow()).replace('"Effect"', '"Effect":"Deny","Effect"')}}`,
    ],
    [
      "an escaped name that stands twice",
      () =>
        String.raw`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","\u0045ffect":"Allow","Action":"s3:*","Resource":"*"}]}`,
    ],
    ["elements of a prototype", () => policyOf(Object.create(allow()) as object)],
    [
      "an own __proto__",
      () =>
        JSON.parse(
          `{"Version":"2012-10-17","Statement":[{"__proto__":{"Effect":"Allow"},"Action":"s3:*","Resource":"*"}]}`,
        ) as object,
    ],
    [
      "a document whose __proto__ is the policy",
      () => JSON.parse(`{"__proto__":${JSON.stringify(policyOf(allow()))}}`) as object,
    ],
    ["names of Object.prototype as elements", () => policyOf(allow({ constructor: "x", toString: "y" }))],
    [
      "names of Object.prototype as operators",
      () => policyOf(allow({ Condition: { constructor: { "aws:SourceIp": "x" }, hasOwnProperty: { x: "y" } } })),
    ],
    [
      "names of Object.prototype as keys",
      () => policyOf(allow({ Condition: { StringEquals: { "constructor:toString": "x", __proto__x: "y" } } })),
    ],
    [
      "names of Object.prototype as actions",
      () => policyOf(allow({ Action: ["constructor:toString", "s3:valueOf", "__proto__:x"] })),
    ],
    ["NUL in an action", () => policyOf(allow({ Action: "s3:Get\u0000Object" }))],
    ["a list", () => []],
    ["nothing", () => "null"],
    ["an empty text", () => ""],
  ]
  it.each(ways)("%s: refused, and quickly", (_name, make) => {
    const policy = make()
    expect(timed(() => decide(policy))).toBe("refused")
  })
  it.each(ways)("%s: told, and quickly, never thrown", (_name, make) => {
    const policy = make()
    const { issues } = timed(() => parsePolicy(policy, "key"))
    expect(issues.some(({ severity }) => severity !== "warn")).toBe(true)
    expect(issues.length).toBeLessThan(20_000)
    expect(Math.max(...issues.map(({ message }) => message.length))).toBeLessThan(2_000)
  })
})

describe("patterns of many stars", () => {
  const long = "a".repeat(100_000)
  it.each([
    ["stars between letters", `${"*a".repeat(20_000)}b`, long, false],
    ["letters between stars", "a*".repeat(20_000), long, true],
    ["question marks between stars", "*?".repeat(20_000), long, true],
    ["nothing but stars", "*".repeat(60_000), long, true],
    ["an end that is not there", `*${"a".repeat(5_000)}b*`, long, false],
    ["an end that is not there, with question marks", `*${"a?".repeat(1_000)}b*`, "a".repeat(8_000), false],
  ])("%s", (_name, pattern, text, expected) => {
    expect(timed(() => glob(pattern)(text))).toBe(expected)
    expect(timed(() => arnGlob(`arn:aws:s3:::${pattern}`)(`arn:aws:s3:::${text}`))).toBe(expected)
    expect(timed(() => resourceGlob(`arn:aws:s3:::${pattern}`)(`arn:aws:s3:::${text}`))).toBe(expected)
  })
  it("stars that stop at a colon", () => {
    const text = `arn:aws:sqs:${"a".repeat(4_000)}:111111111111:x`
    expect(timed(() => resourceGlob(`arn:aws:sqs:${"*a".repeat(2_000)}:*:x`)(text))).toBe(true)
    expect(timed(() => resourceGlob(`arn:aws:sqs:${"*a".repeat(2_000)}b:*:x`)(text))).toBe(false)
    expect(timed(() => resourceGlob(`arn:${"*a".repeat(500)}:*:x`)(":".repeat(4_000)))).toBe(false)
  })
  it("in a whole policy", () => {
    const patterns = Array.from({ length: 60 }, (_, at) => `arn:aws:s3:::data/${"*a".repeat(900)}${at}`)
    const text = `arn:aws:s3:::data/${"a".repeat(4_000)}`
    expect(timed(() => decide(policyOf(allow({ Resource: patterns })), {}, text))).toBe("implicit-deny")
    const conditions = {
      StringLike: { "aws:PrincipalTag/t": Array.from({ length: 60 }, (_, at) => `${"*a".repeat(900)}${at}`) },
    }
    const facts = { "aws:PrincipalTag/t": "a".repeat(8_000) }
    expect(timed(() => decide(policyOf(allow({ Condition: conditions })), facts))).toBe("implicit-deny")
  })
})

describe("requests that AWS would never pass on", () => {
  const open = policyOf(allow())
  it.each<[string, Facts]>([
    ["a long value", { "aws:UserAgent": "x".repeat(10_000_000) }],
    ["many values", { "aws:TagKeys": Array.from({ length: 100_000 }, (_, at) => `key-${at}`) }],
    ["many keys", Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`aws:RequestTag/${at}`, "value"]))],
    ["no value", JSON.parse(`{"aws:SourceIp":null}`) as Facts],
    ["a value that is an object", JSON.parse(`{"__proto__":{"aws:SourceIp":"x"}}`) as Facts],
  ])("with %s are refused, and quickly", (_name, facts) => expect(timed(() => decide(open, facts))).toBe("refused"))
  it("with a long resource are refused", () =>
    expect(decide(open, {}, `${OBJECT}${"x".repeat(10_000)}`)).toBe("refused"))
  it("with a fact of the prototype do not have it", () => {
    const guarded = policyOf(allow({ Condition: { StringEquals: { "aws:PrincipalTag/t": "x" } } }))
    expect(decide(guarded, Object.create({ "aws:PrincipalTag/t": "x" }) as Facts)).toBe("implicit-deny")
    const named = policyOf(allow({ Condition: { StringEquals: { "aws:PrincipalTag/__proto__": "x" } } }))
    expect(decide(named, {})).toBe("implicit-deny")
    expect(decide(named, JSON.parse(`{"aws:PrincipalTag/__proto__":"x"}`) as Facts)).toBe("allowed")
  })
  it("in a table stop no other row", () => {
    const row = {
      id: "x",
      request: {
        principal: "x".repeat(100_000),
        action: "s3:GetObject",
        resource: OBJECT,
        resourceAccount: "111111111111",
        context: {},
      },
      identityPolicies: [],
      permissionsBoundaries: null,
      sessionPolicy: null,
      resourcePolicy: null,
      scps: [],
      rcps: [],
    }
    const [bad, good] = timed(() => runCases([row, { ...row, id: "y", request: { ...row.request, principal: APP } }]))
    expect(bad).toMatchObject({ id: "x", verdict: "ERROR" })
    expect(good).toEqual({ id: "y", verdict: "ImplicitlyDenied" })
  })
})

describe("characters that look like marks", () => {
  const resource = (pattern: string): object => policyOf(allow({ Resource: pattern }))
  const tag = "aws:PrincipalTag/t"
  it.each(["\u0000", "\u0001", "\u0002", "\u0003", "\u001F", "\u007F", "\uFFFF", "\uD800"])(
    "%j is itself, no wildcard",
    (mark) => {
      expect(decide(resource(`arn:aws:s3:::d${mark}/x`))).toBe("implicit-deny")
      expect(decide(resource(`arn:aws:s${mark}:::data/x`))).toBe("implicit-deny")
      expect(decide(resource(`arn:aws:s3:::data/x${mark}`))).toBe("implicit-deny")
      expect(decide(resource(`arn:aws:s3:::data/${mark}*`), {}, `arn:aws:s3:::data/${mark}x`)).toBe("allowed")
      expect(decide(like(`a${mark}`), { [tag]: "ab" })).toBe("implicit-deny")
      expect(decide(like(`a${mark}`), { [tag]: "a*" })).toBe("implicit-deny")
      expect(decide(like(`a${mark}`), { [tag]: "a?" })).toBe("implicit-deny")
      expect(decide(like(`a${mark}*`), { [tag]: `a${mark}b` })).toBe("allowed")
      expect(decide(like(`a\${*}${mark}`), { [tag]: "a**" })).toBe("implicit-deny")
      expect(decide(like(`a\${*}${mark}`), { [tag]: `a*${mark}` })).toBe("allowed")
    },
  )
  it.each(["\u0000", "\u0001", "\u0002"])("%j in a value that a variable takes from the request", (mark) => {
    const pattern = resource("arn:aws:s3:::data/${aws:PrincipalTag/t}")
    expect(decide(pattern, { [tag]: mark })).toBe("implicit-deny")
    expect(decide(pattern, { [tag]: mark }, "arn:aws:s3:::data/*")).toBe("implicit-deny")
    expect(decide(pattern, { [tag]: "*" }, "arn:aws:s3:::data/*")).toBe("allowed")
    expect(decide(pattern, { [tag]: "*" }, `arn:aws:s3:::data/${mark}`)).toBe("implicit-deny")
  })
  it("text in braces that comes from the request is no variable again", () => {
    const pattern = resource("arn:aws:s3:::data/${aws:PrincipalTag/t}")
    const facts = { [tag]: "${aws:PrincipalTag/u}", "aws:PrincipalTag/u": "x" }
    expect(decide(pattern, facts)).toBe("implicit-deny")
    expect(decide(pattern, facts, "arn:aws:s3:::data/${aws:PrincipalTag/u}")).toBe("allowed")
  })
  it("a colon that comes from the request opens no segment before the resource", () => {
    const condition = policyOf(
      allow({ Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:${aws:PrincipalTag/t}" } } }),
    )
    expect(decide(condition, { [tag]: "a:b", "aws:SourceArn": "arn:aws:sns:eu-west-1:111111111111:a:b" })).toBe(
      "allowed",
    )
    expect(decide(condition, { [tag]: "*", "aws:SourceArn": "arn:aws:sns:eu-west-1:111111111111:a" })).toBe(
      "implicit-deny",
    )
  })
})
