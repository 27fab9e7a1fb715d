import { roleNameOf, tryParseArn } from "../../access/arn.ts"
import { isoStamp } from "../../kernel/clock.ts"
import type { AuditEntry } from "../core/audit.ts"
import { eventIdOf } from "../core/event-id.ts"
import { epochSeconds } from "../protocol/json-service.ts"

/** They change nothing although their names do not say so. */
const READS: ReadonlySet<string> = new Set([
  "Encrypt",
  "Decrypt",
  "ReEncrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "GenerateRandom",
  "GenerateMac",
  "VerifyMac",
  "AssumeRole",
])

export const isRead = ({ operation }: AuditEntry): boolean =>
  READS.has(operation) || /^(Get|List|Describe|Head|Lookup)/.test(operation)

/** Where CloudTrail's name is not the API's. */
const S3_NAMES: Readonly<Record<string, string>> = {
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  DeletePublicAccessBlock: "DeleteBucketPublicAccessBlock",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  PutObjectLockConfiguration: "PutBucketObjectLockConfiguration",
  GetBucketLifecycleConfiguration: "GetBucketLifecycle",
  PutBucketLifecycleConfiguration: "PutBucketLifecycle",
}

export const nameOf = ({ service, operation }: AuditEntry): string =>
  service === "s3" ? (S3_NAMES[operation] ?? operation) : operation

export const sourceOf = ({ service }: AuditEntry): string => `${service === "s3control" ? "s3" : service}.amazonaws.com`

export const usernameOf = ({ principal }: Pick<AuditEntry, "principal">): string =>
  principal.slice(principal.search(/[^/:]*$/))

/** One event as LookupEvents answers it. `account` is the one whose log it is in. */
export function eventOf(entry: AuditEntry, account: string): object {
  const { identity } = entry
  return {
    EventId: eventIdOf(entry.requestId),
    EventName: nameOf(entry),
    ReadOnly: String(isRead(entry)),
    ...(identity === undefined ? {} : { AccessKeyId: identity.accessKeyId }),
    EventTime: epochSeconds(Math.floor(entry.at / 1000) * 1000),
    EventSource: sourceOf(entry),
    Username: usernameOf(entry),
    Resources: (entry.resources ?? []).map((name) => ({ ...typeOf(name, entry.service), ResourceName: name })),
    CloudTrailEvent: JSON.stringify(recordOf(entry, account)),
  }
}

function recordOf(entry: AuditEntry, account: string): object {
  return {
    eventVersion: "1.11",
    userIdentity: identityOf(entry),
    eventTime: isoStamp(entry.at).replace(/\.\d+Z$/, "Z"),
    eventSource: sourceOf(entry),
    eventName: nameOf(entry),
    awsRegion: entry.region,
    sourceIPAddress: "127.0.0.1",
    ...(entry.error === undefined ? {} : { errorCode: entry.error, errorMessage: entry.message }),
    // Not AWS's words: nothing that came from here may pass for evidence.
    additionalEventData: {
      simulated: true,
      ...(entry.fault === undefined ? {} : { fault: entry.fault }),
      ...(entry.denial === undefined ? {} : { denial: entry.denial }),
    },
    requestID: entry.requestId,
    eventID: eventIdOf(entry.requestId),
    readOnly: isRead(entry),
    resources: (entry.resources ?? []).flatMap((arn) => {
      const owner = tryParseArn(arn)?.account
      return owner === undefined ? [] : [{ ...(owner === "" ? {} : { accountId: owner }), ARN: arn }]
    }),
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  }
}

function identityOf({ principal, account, identity }: AuditEntry): object {
  const common = {
    arn: principal,
    accountId: account,
    ...(identity === undefined ? {} : { principalId: identity.userId, accessKeyId: identity.accessKeyId }),
  }
  const session = identity?.session
  if (session === undefined) {
    return principal.endsWith(":root")
      ? { type: "Root", ...common }
      : { type: "IAMUser", ...common, userName: usernameOf({ principal }) }
  }
  return {
    type: "AssumedRole",
    ...common,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: identity?.userId.split(":")[0],
        arn: session.roleArn,
        accountId: account,
        userName: roleNameOf(session.roleArn),
      },
      attributes: { mfaAuthenticated: "false" },
      ...(session.sourceIdentity === undefined ? {} : { sourceIdentity: session.sourceIdentity }),
    },
  }
}

const TYPES: ReadonlyArray<readonly [service: string, looksLike: RegExp, type: string]> = [
  ["kms", /^alias\/|:alias\//, "AWS::KMS::Alias"],
  ["kms", /./, "AWS::KMS::Key"],
  ["s3", /./, "AWS::S3::Bucket"],
  ["sts", /:role\//, "AWS::IAM::Role"],
  ["iam", /:policy\//, "AWS::IAM::Policy"],
  ["iam", /./, "AWS::IAM::Role"],
]

function typeOf(name: string, service: string): { ResourceType?: string } {
  const found = TYPES.find(([of, looksLike]) => of === service && looksLike.test(name))
  return found === undefined ? {} : { ResourceType: found[2] }
}
