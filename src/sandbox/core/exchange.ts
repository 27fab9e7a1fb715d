import type { AccountId, RegionName } from "../../kernel/brands.ts"
import type { Denial } from "../authorize/denial.ts"
import type { World } from "./world.ts"

/** One HTTP request as a service sees it: the signature has been verified, aws-chunked framing is gone. */
export interface SandboxRequest {
  readonly method: string
  /** The path as it stood on the wire: undecoded, not normalised, without the query. `a//b/../c` stays what it is. */
  readonly rawPath: string
  /** Decoded pairs in wire order; `?delete` and `?delete=` both give ["delete", ""]. */
  readonly query: ReadonlyArray<readonly [string, string]>
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Trailing checksum headers of an aws-chunked body, lower case (`x-amz-checksum-crc32`). Empty otherwise. */
  readonly trailers: Readonly<Record<string, string>>
}

export interface SandboxResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
}

/** Who signed the request. */
export interface Caller {
  readonly accessKeyId: string
  readonly account: AccountId
  /** `arn:aws:iam::…:root`, `arn:aws:iam::…:user/NAME` or `arn:aws:sts::…:assumed-role/NAME/SESSION`. */
  readonly arn: string
  /** What GetCallerIdentity calls UserId. */
  readonly userId: string
  /** A service asks in its own name only where it assumes a role: `arn` is then `batchoperations.s3.amazonaws.com`. */
  readonly kind: "root" | "user" | "role-session" | "service"
  readonly session?: RoleSession
}

export interface RoleSession {
  readonly roleArn: string
  readonly sessionName: string
  readonly sourceIdentity?: string
  readonly tags: Readonly<Record<string, string>>
  readonly transitiveTagKeys: readonly string[]
  /** The JSON text passed at AssumeRole. Stored now, enforced by the access engine. */
  readonly sessionPolicy?: string
  /** True when the caller of AssumeRole was itself a role session. */
  readonly chained: boolean
  /** Virtual epoch milliseconds. */
  readonly expiresAt: number
}

/** Everything a handler gets. `now()` is the virtual clock. */
export interface Call {
  readonly world: World
  readonly request: SandboxRequest
  readonly caller: Caller
  /** From the credential scope, never from the host. */
  readonly region: RegionName
  readonly requestId: string
  readonly service: ServiceName
}

/** As signatures and CloudTrail name it: CloudWatch is `monitoring`. */
export const SERVICE_NAMES = [
  "kms",
  "s3",
  "s3control",
  "sts",
  "iam",
  "organizations",
  "cloudtrail",
  "monitoring",
  "config",
  "ec2",
  "servicequotas",
] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** They answer errors in the words of the query protocol (`AccessDenied`, 403), the JSON ones in theirs. */
export const QUERY_SERVICES: ReadonlySet<ServiceName> = new Set(["sts", "iam", "ec2", "monitoring"])

/** An error that a service answers with; each protocol writes it in its own shape. */
export class ServiceError extends Error {
  readonly code: string
  readonly status: number
  /** Extra XML elements of S3 errors (`BucketName`, `Key`, …); ignored by JSON services. */
  readonly extra: Readonly<Record<string, string>>
  /** Why access was refused, for the audit log; undefined = it is about something else. */
  readonly denial: Denial | undefined

  constructor(
    code: string,
    message: string,
    status = 400,
    extra: Readonly<Record<string, string>> = {},
    denial?: Denial,
  ) {
    super(message)
    this.name = "ServiceError"
    this.code = code
    this.status = status
    this.extra = extra
    this.denial = denial
  }
}

/** A service of the embedded AWS. `operation` is resolved first (from the closed table), so that audit, authorisation and faults know it. */
export interface Service {
  readonly name: ServiceName
  /** The closed table, by name. */
  readonly operations: readonly string[]
  /** The API operation this request asks for, e.g. `Decrypt`, `CopyObject`; undefined = not in the closed table = 501. */
  operationOf(request: SandboxRequest): string | undefined
  handle(call: Call, operation: string): SandboxResponse | Promise<SandboxResponse>
  /** Writes an error in the service's protocol. Also used for signature and 501 errors. */
  errorResponse(error: ServiceError, request: SandboxRequest, requestId: string): SandboxResponse
}
