import { DrError, messageOf, type AwsCallFacts } from "../kernel/errors.ts"
import { display } from "../kernel/display.ts"
import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import { redact } from "../kernel/redact.ts"

/**
 * The one table of AWS errors: what a name or status means and whether the same call may be sent again. An unknown name
 * is a failure, never a retry. Names: recorded AWS answers (test/cases/aws-errors.json) and the clients' own.
 */
export type ErrorClass =
  | "throttled" // send again, slower
  | "transient" // send again
  | "expired-token" // refresh credentials, send again
  | "access-denied"
  | "credentials"
  | "key-state" // disabled, pending deletion or import: the key is there and says no
  | "not-found"
  | "precondition" // 412: somebody else was there, or the source changed
  | "conflict" // 409: read again, then decide
  | "wrong-region"
  | "invalid"
  | "not-implemented"
  | "unknown"

const BY_NAME: Readonly<Record<string, ErrorClass>> = {
  ThrottlingException: "throttled",
  Throttling: "throttled",
  TooManyRequestsException: "throttled",
  RequestLimitExceeded: "throttled",
  SlowDown: "throttled",
  "KMS.ThrottlingException": "throttled",
  LimitExceededException: "invalid",
  InternalError: "transient",
  InternalFailure: "transient",
  ServiceUnavailable: "transient",
  KMSInternalException: "transient",
  "KMS.KMSInternalException": "transient",
  DependencyTimeoutException: "transient",
  KeyUnavailableException: "transient",
  RequestTimeout: "transient",
  TimeoutError: "transient",
  ECONNRESET: "transient",
  ECONNREFUSED: "transient",
  EPIPE: "transient",
  ETIMEDOUT: "transient",
  EAI_AGAIN: "transient",
  ENOTFOUND: "transient",
  EHOSTUNREACH: "transient",
  ENETUNREACH: "transient",
  ENETDOWN: "transient",
  EADDRNOTAVAIL: "transient",
  EMFILE: "transient",
  AbortError: "transient",
  ExpiredToken: "expired-token",
  ExpiredTokenException: "expired-token",
  AccessDenied: "access-denied",
  AccessDeniedException: "access-denied",
  "KMS.AccessDeniedException": "access-denied",
  AccountProblem: "access-denied",
  Forbidden: "access-denied",
  InvalidClientTokenId: "credentials",
  UnrecognizedClientException: "credentials",
  InvalidAccessKeyId: "credentials",
  InvalidToken: "credentials",
  SignatureDoesNotMatch: "credentials",
  InvalidSignatureException: "credentials",
  MissingAuthenticationToken: "credentials",
  MissingAuthenticationTokenException: "credentials",
  RequestTimeTooSkewed: "credentials",
  CredentialsProviderError: "credentials",
  TokenProviderError: "credentials",
  DisabledException: "key-state",
  KMSInvalidStateException: "key-state",
  "KMS.DisabledException": "key-state",
  "KMS.KMSInvalidStateException": "key-state",
  NotFoundException: "not-found",
  "KMS.NotFoundException": "not-found",
  NoSuchKey: "not-found",
  NoSuchBucket: "not-found",
  NoSuchVersion: "not-found",
  NoSuchUpload: "not-found",
  NotFound: "not-found",
  NoSuchEntity: "not-found",
  PreconditionFailed: "precondition",
  ConditionalRequestConflict: "conflict",
  ConflictException: "conflict",
  OperationAborted: "conflict",
  AlreadyExistsException: "conflict",
  BucketAlreadyExists: "conflict",
  BucketAlreadyOwnedByYou: "conflict",
  PermanentRedirect: "wrong-region",
  AuthorizationHeaderMalformed: "wrong-region",
  IllegalLocationConstraintException: "wrong-region",
  NotImplemented: "not-implemented",
  InvalidCiphertextException: "invalid",
  IncorrectKeyException: "invalid",
  ValidationException: "invalid",
  InvalidRequest: "invalid",
  InvalidArgument: "invalid",
  MalformedPolicyDocumentException: "invalid",
  InvalidObjectState: "invalid",
  EntityTooLarge: "invalid",
  BadDigest: "invalid",
}

/** Without a body the SDK finds no name (HEAD): it makes these up. */
const NAMELESS: ReadonlySet<string> = new Set(["Unknown", "UnknownError", "Error"])

/** Status decides only where there is no body to name the error (HEAD) or the name is new but the class is plain. */
function classOfStatus(status: number | undefined): ErrorClass {
  if (status === 403) return "access-denied"
  if (status === 404) return "not-found"
  if (status === 409) return "conflict"
  if (status === 412) return "precondition"
  if (status === 429 || status === 503) return "throttled"
  if (status === 301 || status === 307) return "wrong-region"
  if (status === 501) return "not-implemented"
  if (status === 500 || status === 502 || status === 504) return "transient"
  return "unknown"
}

interface SdkError {
  readonly name?: string
  readonly Code?: string
  readonly code?: string
  readonly message?: string
  readonly $metadata?: { httpStatusCode?: number; requestId?: string; extendedRequestId?: string; attempts?: number }
}

export function classify(thrown: unknown): ErrorClass {
  const error = thrown as SdkError
  for (const name of [error.name, error.Code, error.code]) {
    const known = name === undefined ? undefined : BY_NAME[name]
    if (known !== undefined) return known
  }
  const status = error.$metadata?.httpStatusCode
  // HEAD with a session that has ended: the other calls say ExpiredToken with this status.
  if (status === 400 && NAMELESS.has(error.name ?? "Error")) return "expired-token"
  return classOfStatus(status)
}

const CODE: Readonly<Record<ErrorClass, readonly [code: string, exit: ExitCode]>> = {
  throttled: ["E_AWS_THROTTLED", EXIT.tryLater],
  transient: ["E_AWS_UNREACHABLE", EXIT.failed],
  "expired-token": ["E_AWS_EXPIRED_TOKEN", EXIT.noPermission],
  "access-denied": ["E_AWS_ACCESS_DENIED", EXIT.noPermission],
  credentials: ["E_CREDENTIALS", EXIT.noPermission],
  "key-state": ["E_KEY_STATE", EXIT.failed],
  "not-found": ["E_AWS_NOT_FOUND", EXIT.failed],
  precondition: ["E_AWS_PRECONDITION", EXIT.failed],
  conflict: ["E_AWS_CONFLICT", EXIT.failed],
  "wrong-region": ["E_AWS_WRONG_REGION", EXIT.failed],
  invalid: ["E_AWS_INVALID", EXIT.failed],
  "not-implemented": ["E_AWS_NOT_IMPLEMENTED", EXIT.failed],
  unknown: ["E_AWS", EXIT.failed],
}

/** Any error of an AWS call as an error for a person; what is one already, passes. */
export function awsError(thrown: unknown, facts: AwsCallFacts, subject: string): DrError {
  if (thrown instanceof DrError) return thrown
  const error = thrown as SdkError
  const [code, exit] = CODE[classify(thrown)]
  const awsCode = awsCodeOf(error)
  const said = awsCode === undefined ? namelessText(error) : `${awsCode}: ${textOf(thrown)}`
  return new DrError({
    code,
    exit,
    message: `${facts.service}:${facts.operation} on ${display(subject)} failed: ${said}`,
    aws: {
      ...facts,
      ...(awsCode === undefined ? {} : { awsCode }),
      ...(error.$metadata?.httpStatusCode === undefined ? {} : { status: error.$metadata.httpStatusCode }),
      ...(error.$metadata?.requestId === undefined ? {} : { requestId: error.$metadata.requestId }),
    },
    cause: thrown,
  })
}

const textOf = (thrown: unknown): string => redact(display(messageOf(thrown) || "no message"))

/** A HEAD that failed has its status and no reason; anything else at least a message. */
function namelessText(error: SdkError): string {
  const status = error.$metadata?.httpStatusCode
  if (status !== undefined && (error.message === undefined || NAMELESS.has(error.message)))
    return `HTTP ${status} without a reason`
  return `no code: ${textOf(error)}`
}

function awsCodeOf(error: SdkError): string | undefined {
  const name = NAMELESS.has(error.name ?? "Error") ? undefined : error.name
  return error.Code ?? name ?? error.code
}
