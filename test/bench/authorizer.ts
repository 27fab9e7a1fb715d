import { createAuthorizer } from "../../src/sandbox/authorize/authorizer.ts"
import type { AccessQuestion, StoredPolicy } from "../../src/sandbox/core/world.ts"
import { demoEnvironment } from "../../src/demo/world.ts"
import { renderPolicies } from "../../src/keys/policy/render.ts"
import type { AccountId, RegionName } from "../../src/kernel/brands.ts"

const ACCOUNT = "111111111111" as AccountId
const ROLE = `arn:aws:iam::${ACCOUNT}:role/observability-loki-role`

/**
 * One decision on the sandbox's way: facts, policies by their texts, SCPs and evaluation, for a service that decrypts
 * through S3 under the demo's key policy. Returns microseconds per decision.
 */
export function authorizerMicros(): number {
  const full: StoredPolicy = {
    name: "FullAWSAccess",
    text: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }),
  }
  const rendered = renderPolicies(demoEnvironment())
  const textOf = (template: string): string =>
    JSON.stringify(rendered.find((policy) => policy.template === template)?.document)
  const record = { policies: [{ name: "dr", text: textOf("service-role") }], tags: {} }
  const scps = ["r-1", "ou-1", ACCOUNT].map((target) => ({ target, policies: [full] }))
  const authorizer = createAuthorizer({
    clock: { now: () => 1_796_000_000_000, advance: () => undefined, schedule: () => undefined },
    identities: { principal: () => record },
    organization: () => ({
      id: "o-drdemo12345",
      managementAccount: "333333333333" as AccountId,
      levels: (_account, type) => (type === "SERVICE_CONTROL_POLICY" ? scps : []),
      pathOf: () => "o-drdemo12345/r-1/",
    }),
    enforcement: "on",
    wouldDeny: () => undefined,
  })
  const question: AccessQuestion = {
    caller: {
      accessKeyId: "ASIA",
      account: ACCOUNT,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/observability-loki-role/s1`,
      userId: "AROA:s1",
      kind: "role-session",
      session: { roleArn: ROLE, sessionName: "s1", tags: {}, transitiveTagKeys: [], chained: false, expiresAt: 0 },
    },
    action: "kms:Decrypt",
    resource: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/mrk-00000000000000000000000000000000`,
    resourceAccount: ACCOUNT,
    region: "eu-central-1" as RegionName,
    resourcePolicy: textOf("primary"),
    context: {
      "kms:ViaService": "s3.eu-central-1.amazonaws.com",
      "kms:EncryptionContextKeys": ["aws:s3:arn"],
      "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::demo-loki/acme/1",
    },
  }
  const COUNT = 20_000
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 4; round++) {
    const started = performance.now()
    for (let at = 0; at < COUNT; at++) authorizer.authorize(question)
    least = Math.min(least, performance.now() - started)
  }
  return (least * 1000) / COUNT
}
