import { describe, expect, it } from "vitest"
import { compilePolicy } from "../../src/access/compile.ts"
import type { Facts } from "../../src/access/context.ts"
import type { Verdict } from "../../src/access/decision.ts"
import { evaluate } from "../../src/access/evaluate.ts"
import type { PolicyStack } from "../../src/access/request.ts"

const KEY = "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
const APP = "arn:aws:sts::111111111111:assumed-role/app/s1"
const ROLE = { AWS: "arn:aws:iam::111111111111:role/app" }

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>
const allow = (Condition: Condition): object => ({ Effect: "Allow", Action: "kms:*", Resource: "*", Condition })
const deny = (Condition: Condition): object => ({ Effect: "Deny", Action: "kms:*", Resource: "*", Condition })

interface Row {
  readonly title: string
  readonly key?: readonly object[]
  readonly identity?: readonly object[]
  readonly session?: readonly object[]
  readonly scp?: readonly object[]
  readonly facts?: Facts
  readonly unknown: readonly string[]
  readonly verdict: Verdict
  /** `hold` or `not-hold`, layer, and the keys that it hangs on. */
  readonly residual?: ReadonlyArray<readonly [string, string, readonly string[]]>
  /** Facts once they are known, with what they decide. */
  readonly known: ReadonlyArray<readonly [Facts, Verdict]>
}

const VIA = "kms:ViaService"
const S3 = "s3.us-east-1.amazonaws.com"
const ONLY_VIA = allow({ StringEquals: { [VIA]: S3 } })
const own = (statement: object): object => ({ ...statement, Principal: ROLE })
const ALWAYS = { Effect: "Allow", Action: "kms:*", Resource: "*" }

const ROWS: readonly Row[] = [
  {
    title: "an Allow of the key policy hangs on kms:ViaService",
    key: [own(ONLY_VIA)],
    unknown: [VIA],
    verdict: "depends",
    residual: [["hold", "resource", [VIA]]],
    known: [
      [{ [VIA]: S3 }, "allowed"],
      [{ [VIA]: "ec2.us-east-1.amazonaws.com" }, "implicit-deny"],
      [{}, "implicit-deny"],
    ],
  },
  {
    title: "names of unknown keys ignore case",
    key: [own(ONLY_VIA)],
    unknown: ["KMS:viaservice"],
    verdict: "depends",
    residual: [["hold", "resource", [VIA]]],
    known: [[{ [VIA]: S3 }, "allowed"]],
  },
  {
    title: "a Deny hangs on it",
    key: [own(ALWAYS), { ...deny({ StringNotEquals: { [VIA]: S3 } }), Principal: "*" }],
    unknown: [VIA],
    verdict: "depends",
    residual: [["not-hold", "resource", [VIA]]],
    known: [
      [{ [VIA]: S3 }, "allowed"],
      [{}, "explicit-deny"],
    ],
  },
  {
    title: "a Deny that holds whatever the fact is",
    key: [own(ALWAYS), { ...deny({ Bool: { "aws:SecureTransport": "false" } }), Principal: "*" }],
    facts: { "aws:SecureTransport": "false" },
    unknown: [VIA],
    verdict: "explicit-deny",
    known: [[{ [VIA]: S3, "aws:SecureTransport": "false" }, "explicit-deny"]],
  },
  {
    title: "a Deny whose other condition fails hangs on nothing",
    key: [
      own(ALWAYS),
      { ...deny({ StringNotEquals: { [VIA]: S3 }, Bool: { "aws:SecureTransport": "false" } }), Principal: "*" },
    ],
    facts: { "aws:SecureTransport": "true" },
    unknown: [VIA],
    verdict: "allowed",
    known: [[{ "aws:SecureTransport": "true" }, "allowed"]],
  },
  {
    title: "an Allow that hangs on it beside one that does not",
    key: [own(ONLY_VIA), own(ALWAYS)],
    unknown: [VIA],
    verdict: "allowed",
    known: [[{}, "allowed"]],
  },
  {
    title: "nothing allows: a Deny that may apply changes nothing",
    key: [{ ...deny({ StringNotEquals: { [VIA]: S3 } }), Principal: "*" }],
    unknown: [VIA],
    verdict: "implicit-deny",
    known: [
      [{}, "explicit-deny"],
      [{ [VIA]: S3 }, "implicit-deny"],
    ],
  },
  {
    title: "Null asks for an unknown key",
    key: [own(allow({ Null: { [VIA]: "false" } }))],
    unknown: [VIA],
    verdict: "depends",
    residual: [["hold", "resource", [VIA]]],
    known: [
      [{ [VIA]: S3 }, "allowed"],
      [{}, "implicit-deny"],
    ],
  },
  {
    title: "IfExists is no help with an unknown key",
    key: [own(allow({ StringEqualsIfExists: { [VIA]: S3 } }))],
    unknown: [VIA],
    verdict: "depends",
    residual: [["hold", "resource", [VIA]]],
    known: [
      [{}, "allowed"],
      [{ [VIA]: "x" }, "implicit-deny"],
    ],
  },
  {
    title: "a set operator hangs on unknown values",
    key: [own(allow({ "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] } }))],
    unknown: ["kms:GrantOperations"],
    verdict: "depends",
    residual: [["hold", "resource", ["kms:GrantOperations"]]],
    known: [
      [{ "kms:GrantOperations": ["Decrypt"] }, "allowed"],
      [{ "kms:GrantOperations": ["Decrypt", "Encrypt"] }, "implicit-deny"],
    ],
  },
  {
    title: "a prefix with a star: any pair of the encryption context",
    key: [own(allow({ StringEquals: { "kms:EncryptionContext:env": "prod" } }))],
    unknown: ["kms:EncryptionContext:*"],
    verdict: "depends",
    residual: [["hold", "resource", ["kms:EncryptionContext:env"]]],
    known: [
      [{ "kms:EncryptionContext:env": "prod" }, "allowed"],
      [{ "kms:EncryptionContext:app": "x" }, "implicit-deny"],
    ],
  },
  {
    title: "with pairs unknown their names are unknown too, though some are given",
    key: [own(allow({ "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["env"] } }))],
    facts: { "kms:EncryptionContext:env": "prod" },
    unknown: ["kms:EncryptionContext:*"],
    verdict: "depends",
    residual: [["hold", "resource", ["kms:EncryptionContextKeys"]]],
    known: [
      [{ "kms:EncryptionContext:env": "prod" }, "allowed"],
      [{ "kms:EncryptionContext:env": "prod", "kms:EncryptionContext:x": "1" }, "implicit-deny"],
    ],
  },
  {
    title: "aws:ViaAWSService is as unknown as kms:ViaService",
    key: [own(allow({ Bool: { "aws:ViaAWSService": "true" } }))],
    unknown: [VIA],
    verdict: "depends",
    residual: [["hold", "resource", ["aws:ViaAWSService"]]],
    known: [
      [{ [VIA]: S3 }, "allowed"],
      [{}, "implicit-deny"],
    ],
  },
  {
    title: "a variable that is unknown",
    key: [own(allow({ StringEquals: { "aws:PrincipalTag/team": "${aws:RequestTag/team}" } }))],
    facts: { "aws:PrincipalTag/team": "dr" },
    unknown: ["aws:RequestTag/team"],
    verdict: "depends",
    residual: [["hold", "resource", ["aws:PrincipalTag/team"]]],
    known: [[{ "aws:PrincipalTag/team": "dr", "aws:RequestTag/team": "dr" }, "allowed"]],
  },
  {
    title: "a given value wins over an unknown",
    key: [own(ONLY_VIA)],
    facts: { [VIA]: S3 },
    unknown: [VIA],
    verdict: "allowed",
    known: [[{ [VIA]: S3 }, "allowed"]],
  },
  {
    title: "a derived value wins over an unknown",
    key: [own(allow({ StringEquals: { "aws:PrincipalAccount": "111111111111" } }))],
    unknown: ["aws:PrincipalAccount"],
    verdict: "allowed",
    known: [[{}, "allowed"]],
  },
  {
    title: "the session policy hangs on it",
    key: [own(ALWAYS)],
    session: [ONLY_VIA],
    unknown: [VIA],
    verdict: "depends",
    residual: [["hold", "session", [VIA]]],
    known: [
      [{ [VIA]: S3 }, "allowed"],
      [{}, "implicit-deny"],
    ],
  },
  {
    title: "an SCP hangs on it",
    key: [own(ALWAYS)],
    scp: [ONLY_VIA],
    unknown: [VIA],
    verdict: "depends",
    residual: [["hold", "scp", [VIA]]],
    known: [
      [{ [VIA]: S3 }, "allowed"],
      [{}, "implicit-deny"],
    ],
  },
  {
    title: "delegation and identity policy both hang, each on its own fact",
    key: [{ ...ONLY_VIA, Principal: { AWS: "111111111111" } }],
    identity: [allow({ StringEquals: { "aws:SourceVpce": "vpce-1" } })],
    unknown: [VIA, "aws:SourceVpce"],
    verdict: "depends",
    residual: [
      ["hold", "resource", [VIA]],
      ["hold", "identity", ["aws:SourceVpce"]],
    ],
    known: [
      [{ [VIA]: S3, "aws:SourceVpce": "vpce-1" }, "allowed"],
      [{ [VIA]: S3 }, "implicit-deny"],
      [{ "aws:SourceVpce": "vpce-1" }, "implicit-deny"],
    ],
  },
]

function stackOf({ key = [], identity = [], session, scp }: Row): PolicyStack {
  const compiled = (statements: readonly object[], kind: "key" | "identity" | "session" | "scp") =>
    compilePolicy({ Version: "2012-10-17", Statement: statements }, kind)
  return {
    identity: [compiled(identity, "identity")],
    resource: compiled(key, "key"),
    scps: scp === undefined ? [] : [{ target: "r-root", policies: [compiled(scp, "scp")] }],
    rcps: [],
    ...(session === undefined ? {} : { session: [compiled(session, "session")] }),
  }
}

const request = { principal: APP, action: "kms:CreateGrant", resource: KEY, resourceAccount: "111111111111" }

describe("a fact that nobody knows", () => {
  it.each(ROWS.map((row) => [row.title, row] as const))("%s", (_title, row) => {
    const { unknown, facts = {} } = row
    const decision = evaluate({ ...request, facts, unknown }, stackOf(row))
    expect(decision.verdict).toBe(row.verdict)
    const told = decision.depends?.map(({ must, layer, tests }) => [must, layer, tests.map(({ key }) => key)])
    expect(told).toEqual(row.residual)
  })
  it.each(ROWS.flatMap((row) => row.known.map(([facts, verdict]) => [row.title, facts, verdict, row] as const)))(
    "%s; with %j: %s",
    (_title, facts, verdict, row) => expect(evaluate({ ...request, facts }, stackOf(row)).verdict).toBe(verdict),
  )
})
