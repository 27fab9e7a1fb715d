import { tryParseArn } from "./arn.ts"
import type { Facts } from "./context.ts"
import type { Decision, Verdict } from "./decision.ts"
import { evaluate } from "./evaluate.ts"
import { gapsFor, unknownFacts, withGaps } from "./gaps.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import type { Gap } from "./inventory.ts"
import { mergeFacts } from "./merge-facts.ts"
import type { PolicyStack } from "./request.ts"

/** What is known of the requests that are asked about. */
export interface Circumstances {
  readonly facts: Facts
  readonly unknown: readonly string[]
}

/**
 * Condition keys that depend on how, from where and for what a call is made. A question about what somebody can do at all
 * leaves them open, unless they are given; what the inventory knows (accounts, organisation, tags, keys) stays a fact.
 */
export const SITUATIONAL: readonly string[] = [
  "kms:ViaService",
  "kms:EncryptionContext:*",
  "kms:EncryptionContextKeys",
  "kms:GrantIsForAWSResource",
  "kms:GrantOperations",
  "kms:GrantConstraintType",
  "kms:GranteePrincipal",
  "kms:GrantTokens",
  "kms:RetiringPrincipal",
  "kms:RequestAlias",
  "kms:ReEncryptOnSameKey",
  "kms:ReplicaRegion",
  "kms:PrimaryRegion",
  "kms:BypassPolicyLockoutSafetyCheck",
  "kms:ScheduleKeyDeletionPendingWindowInDays",
  "kms:RotationPeriodInDays",
  "kms:RecipientAttestation:*",
  "kms:EncryptionAlgorithm",
  "kms:SigningAlgorithm",
  "kms:MacAlgorithm",
  "kms:MessageType",
  "kms:WrappingAlgorithm",
  "kms:WrappingKeySpec",
  "kms:ExpirationModel",
  "kms:ValidTo",
  "kms:DataKeyPairSpec",
  "kms:KeyAgreementAlgorithm",
  "aws:MultiFactorAuthPresent",
  "aws:MultiFactorAuthAge",
  "aws:SourceIp",
  "aws:SourceVpc",
  "aws:SourceVpcArn",
  "aws:SourceVpce",
  "aws:VpcSourceIp",
  "aws:Vpce*",
  "aws:SourceIdentity",
  "aws:SourceArn",
  "aws:SourceAccount",
  "aws:SourceOrgID",
  "aws:SourceOrgPaths",
  "aws:RequestTag/*",
  "aws:TagKeys",
  "aws:TokenIssueTime",
  "aws:CurrentTime",
  "aws:EpochTime",
  "aws:CalledVia*",
  "aws:ViaAWSService",
  "aws:UserAgent",
  "aws:referer",
  "s3:*",
  "sts:*",
]

/** AWS's clients speak TLS unless they are told not to; `--with aws:SecureTransport=false` asks for the other case. */
export const ASSUMED: Facts = { "aws:SecureTransport": "true" }

export interface Decided {
  /** After the gaps: what could not be read may turn the decision. */
  readonly verdict: Verdict
  readonly decision: Decision
  readonly gaps: readonly Gap[]
}

/**
 * One cell of a matrix: may the principal do the action on the resource?
 * @throws PolicyError when the action or a policy means nothing
 */
export function decide(
  compiled: CompiledInventory,
  principal: string,
  action: string,
  resource: string,
  circumstances: Circumstances,
): Decided {
  return decideWith(principal, action, resource, prepare(compiled, principal, resource, circumstances))
}

/** What a principal and a resource share, whatever the action. */
export interface Prepared {
  readonly stack: PolicyStack
  readonly resourceAccount: string
  readonly facts: Facts
  readonly unknown: readonly string[]
  readonly gaps: readonly Gap[]
}

export function prepare(
  compiled: CompiledInventory,
  principal: string,
  resource: string,
  { facts, unknown }: Circumstances,
): Prepared {
  const account = compiled.principal(principal)?.account ?? tryParseArn(principal)?.account
  const tags = unknownFacts(compiled, principal, resource)
  return {
    stack: compiled.stackFor(principal, resource),
    resourceAccount: compiled.ownerOf(resource, account),
    facts: mergeFacts(ASSUMED, compiled.factsFor(principal, resource), facts),
    unknown: tags.length === 0 ? unknown : [...unknown, ...tags],
    gaps: gapsFor(compiled, principal, resource),
  }
}

export function decideWith(
  principal: string,
  action: string,
  resource: string,
  { stack, gaps, ...known }: Prepared,
): Decided {
  const decision = evaluate({ principal, action, resource, ...known }, stack)
  return { decision, gaps, verdict: withGaps(decision, gaps) }
}
