import { formatArn, objectArn, partitionOf, tryParseArn } from "../arn.ts"
import type { Facts } from "../context.ts"
import type { Decision } from "../decision.ts"
import { ALL_UNKNOWN, anyAdministrator, ask, bucketOf, keysBut, REFUSED, type Question } from "./ask.ts"
import { policyRule, type PolicyContext, type Result, type Rule } from "./rule.ts"
import { isOneOf, listed, shortName } from "./statements.ts"

/** Rules on bucket policies; all of them ask the engine. */

const NO_BUCKET = { notRun: "no statement names a bucket, and none is given" }

function* plainHttp(context: PolicyContext): Iterable<Result> {
  const { bucket, partition } = context
  if (bucket === undefined) return yield NO_BUCKET
  if (context.compiled.refused.length > 0) return yield { notRun: REFUSED }
  const facts = { "aws:SecureTransport": false }
  const unknown = keysBut(context, (key) => isOneOf(key, ["s3:tlsversion"]))
  const principal = anyAdministrator(context)
  const asked = [
    { action: "s3:GetObject", resource: objectArn(bucket, "some/object", partition) },
    { action: "s3:PutObject", resource: objectArn(bucket, "some/object", partition) },
    { action: "s3:ListBucket", resource: bucketOf(context) },
  ]
  const open = asked.filter(
    (each) => ask(context, { principal, facts, unknown, alone: true, ...each })?.verdict !== "explicit-deny",
  )
  if (open.length === 0) return
  yield {
    message: `${listed(open.map(({ action }) => action))} without TLS ${open.length === 1 ? "is" : "are"} not denied: the encryption policy says "S3 communication: HTTPS only"`,
    fix: `Deny s3:* to "*" on the bucket and its objects with "Bool": {"aws:SecureTransport": "false"}`,
    path: ["Statement"],
  }
}

const SSE = "s3:x-amz-server-side-encryption"
const SSE_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"

function* wrongKey(context: PolicyContext): Iterable<Result> {
  const { bucket, bucketFacts } = context
  if (bucket === undefined) return yield NO_BUCKET
  if (context.compiled.refused.length > 0) return yield { notRun: REFUSED }
  const standard = bucketFacts === undefined ? context.facts.keyArn : bucketFacts.keyArn
  const right = standard ?? namedKey(context)
  const denied = (facts: Facts): boolean => put(context, facts)?.verdict === "explicit-deny"
  const path = ["Statement"]
  const fix = `Deny s3:PutObject with "StringNotEquals": {"${SSE_KEY}": "${right ?? "KEY ARN"}"} and "Null": {"${SSE_KEY}": "false"}`
  if (!denied({ [SSE]: "aws:kms", [SSE_KEY]: otherKey(right, context.partition) }))
    yield {
      message: "an upload under a wrong key is not denied: nobody could recover it with the right one",
      fix,
      path,
      ...(right === undefined ? { severity: "warning" as const } : {}),
    }
  else if (right !== undefined && denied({ [SSE]: "aws:kms", [SSE_KEY]: right }))
    yield { message: `an upload under the right key (${right}) is denied`, fix, path }
  else if (!denied({ [SSE]: "AES256" }))
    yield {
      message: "an upload under a key of S3's own (AES256) is not denied",
      fix: `Deny s3:PutObject with "StringNotEquals": {"${SSE}": "aws:kms"} and "Null": {"${SSE}": "false"}`,
      path,
      severity: "warning",
    }
  if (standard === undefined && !denied({}))
    yield {
      notRun: "the bucket's default key is not known (--key): nobody can tell under what an upload without a key lands",
    }
  else if (standard !== undefined && denied({}))
    yield {
      message: `an upload that leaves the key to the bucket's default (${standard}) is denied too: StringNotEquals also holds for a header that is not there`,
      fix: `add "Null": {"${SSE_KEY}": "false"}`,
      path,
      severity: "warning",
    }
}

/** Closed world but for what has nothing to do with encryption. */
function put(context: PolicyContext, facts: Facts): Decision | undefined {
  const unknown = keysBut(context, (key) => isOneOf(key, [SSE, SSE_KEY, "aws:securetransport", "s3:tlsversion"]))
  const secure = { "aws:SecureTransport": true, "s3:TlsVersion": 1.3 }
  const question: Question = {
    principal: anyAdministrator(context),
    action: "s3:PutObject",
    facts: { ...secure, ...facts },
    unknown,
    alone: true,
  }
  return ask(context, question)
}

/** The key that the policy's own conditions name. */
const namedKey = ({ document }: PolicyContext): string | undefined =>
  document.statements
    .flatMap(({ conditions }) => conditions.filter(({ key }) => isOneOf(key, [SSE_KEY])))
    .flatMap(({ values }) => values)
    .find((value) => tryParseArn(value)?.resource.startsWith("key/"))

function otherKey(right: string | undefined, partition: string): string {
  const arn = tryParseArn(right ?? "")
  const { region = "eu-central-1", account = "000000000000" } = arn ?? {}
  const own = arn?.partition ?? (partition === "" ? partitionOf(region) : partition)
  return formatArn({
    partition: own,
    service: "kms",
    region,
    account,
    resource: "key/00000000-0000-0000-0000-000000000000",
  })
}

function* blocksRecovery(context: PolicyContext): Iterable<Result> {
  const { bucket, partition, facts } = context
  const roles = facts.recoveryRoles ?? []
  if (roles.length === 0) return yield { notRun: "no recovery role is given (--recovery-role)" }
  if (bucket === undefined) return yield NO_BUCKET
  const object = objectArn(bucket, "some/object", partition)
  const asked = [
    { action: "s3:GetObject", resource: object },
    { action: "s3:GetObjectVersion", resource: object },
    { action: "s3:ListBucket", resource: bucketOf(context) },
  ]
  for (const principal of roles) {
    const hits = new Map<number, string[]>()
    for (const each of asked) {
      const decision = ask(context, {
        principal,
        facts: { "aws:SecureTransport": true, "s3:TlsVersion": 1.3 },
        unknown: ALL_UNKNOWN,
        ...each,
      })
      if (decision === undefined) return yield { notRun: REFUSED }
      const [by] = decision.decisive
      if (decision.verdict !== "explicit-deny" || decision.layer !== "resource" || by?.kind !== "statement") continue
      hits.set(by.index, [...(hits.get(by.index) ?? []), each.action])
    }
    for (const [index, denied] of hits)
      yield {
        message: `this Deny blocks the recovery role ${shortName(principal)}: ${listed(denied)}`,
        fix: `exempt it: "ArnNotLike": {"aws:PrincipalArn": ["${principal}"]}`,
        path: ["Statement", index],
      }
  }
}

export const BUCKET_RULES: readonly Rule[] = [
  policyRule(
    { id: "DRS501", severity: "error", origin: [], title: "requests without TLS are not denied" },
    ["bucket"],
    plainHttp,
  ),
  policyRule(
    {
      id: "DRS502",
      severity: "error",
      origin: ["I3", "I5", "I5b"],
      title: "wrong or absent SSE-KMS key not denied correctly",
    },
    ["bucket"],
    wrongKey,
  ),
  policyRule(
    { id: "DRS503", severity: "error", origin: [], title: "a Deny blocks the recovery role" },
    ["bucket"],
    blocksRecovery,
  ),
]
