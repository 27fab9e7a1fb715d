import type { CallError, CallErrorClass } from "../../../src/restore/data-plane.ts"

export type FakeOperation =
  | "ListObjectsV2"
  | "ListObjectVersions"
  | "HeadObject"
  | "CopyObject"
  | "UpdateObjectEncryption"
  | "CreateMultipartUpload"
  | "UploadPartCopy"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload"
  | "GetObjectTagging"
  | "DeleteObject"
  | "GetObject"

export interface FakeCall {
  readonly operation: FakeOperation
  readonly bucket: string
  readonly key: string
  /** As it was given to the port. */
  readonly request: unknown
  /** From 1, over all calls. */
  readonly nth: number
}

export interface FakeFault {
  readonly class: CallErrorClass
  readonly code?: string
  readonly message?: string
  readonly status?: number
  /** The call is carried out and its answer lost. */
  readonly committed?: true
}

/** Asked before every call; undefined = the call goes through. */
export type FaultScript = (call: FakeCall) => FakeFault | undefined

export const noFaults: FaultScript = () => undefined

/** These faults for the first calls of one operation, one each; then none. */
export function firstCalls(operation: FakeOperation, ...faults: readonly FakeFault[]): FaultScript {
  let next = 0
  return (call) => (call.operation === operation ? faults[next++] : undefined)
}

export function everyCall(operation: FakeOperation, fault: FakeFault): FaultScript {
  return (call) => (call.operation === operation ? fault : undefined)
}

/** The first script that has something to say. */
export function either(...scripts: readonly FaultScript[]): FaultScript {
  return (call) => {
    for (const script of scripts) {
      const fault = script(call)
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

const CODES: Readonly<Record<CallErrorClass, readonly [code: string, status: number | undefined]>> = {
  throttled: ["SlowDown", 503],
  "kms-throttled": ["KMS.ThrottlingException", 503],
  transient: ["ECONNRESET", undefined],
  broken: ["E_ANSWER", 200],
  "expired-token": ["ExpiredToken", 400],
  precondition: ["PreconditionFailed", 412],
  conflict: ["ConditionalRequestConflict", 409],
  "not-found": ["NoSuchKey", 404],
  "access-denied": ["AccessDenied", 403],
  "key-state": ["KMS.DisabledException", 400],
  credentials: ["InvalidAccessKeyId", 403],
  "wrong-region": ["PermanentRedirect", 301],
  "not-implemented": ["NotImplemented", 501],
  refused: ["InvalidRequest", 400],
}

/** A lost or broken answer leaves open whether the call was carried out: the caller cannot know, so it is told alike. */
export function callError(operation: FakeOperation, fault: FakeFault): CallError {
  const [code, status] = CODES[fault.class]
  return {
    class: fault.class,
    code: fault.code ?? code,
    message: fault.message ?? `the fake answers ${operation} with ${fault.code ?? code}`,
    facts: {
      service: "s3",
      operation,
      ...(fault.status === undefined && status === undefined ? {} : { status: fault.status ?? status }),
    } as CallError["facts"],
    ambiguous: fault.committed === true || fault.class === "transient" || fault.class === "broken",
  }
}
