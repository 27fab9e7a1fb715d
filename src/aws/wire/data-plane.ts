import type { AwsCallFacts } from "../../kernel/errors.ts"
import type { DataPlane, ObjectHead, Outcome, VersionRef } from "../../restore/data-plane.ts"
import { Call } from "./call.ts"
import { hashObject } from "./hash-object.ts"
import {
  ABORT,
  COMPLETE,
  COPY,
  COPY_PART,
  CREATE_UPLOAD,
  HEAD,
  LIST_OBJECTS,
  LIST_VERSIONS,
  MARKER,
  REKEY,
  TAGS,
  WHY,
  type Operation,
} from "./operations.ts"
import type { Receiver } from "./transport.ts"

/** How an operation gets to AWS as one identity in one Region, and its answer back. */
export interface Wire {
  /** Calls `receiver` exactly once. `sink` takes the body of a success. */
  ask<Request>(
    operation: Operation<Request, unknown>,
    request: Request,
    receiver: Receiver,
    sink?: (chunk: Buffer) => void,
  ): void
  close(): Promise<void>
}

export interface DataPlaneOptions {
  readonly account: string
  readonly region: string
}

/** One call of `operation` for each request: one promise, and nothing that is retried. */
export function asks<Request, Value>(
  wire: Wire,
  service: "s3" | "kms",
  operation: Operation<Request, Value>,
  { account, region }: DataPlaneOptions,
): (request: Request) => Promise<Outcome<Value>> {
  const facts: AwsCallFacts = { service, operation: operation.name, account, region }
  return (request) =>
    new Promise((resolve, reject) => wire.ask(operation, request, new Call(operation, request, facts, resolve, reject)))
}

/** The port over a wire: every answer is validated here, whatever carried it. */
export function dataPlaneOver(wire: Wire, { account, region }: DataPlaneOptions): DataPlane {
  const does = <Request, Value>(operation: Operation<Request, Value>) =>
    asks(wire, "s3", operation, { account, region })
  const abort = does(ABORT)
  const marker = does(MARKER)
  return {
    listPage: does(LIST_OBJECTS),
    listVersionsPage: does(LIST_VERSIONS),
    head: headOr(does(HEAD), does(WHY)),
    copy: does(COPY),
    rekey: does(REKEY),
    createUpload: does(CREATE_UPLOAD),
    copyPart: does(COPY_PART),
    completeUpload: does(COMPLETE),
    abortUpload: (ref, uploadId) => abort({ ref, uploadId }),
    tags: does(TAGS),
    putMarker: (ref, ifMatch) => marker({ ref, ifMatch }),
    hash: (ref) => hashObject(wire, { service: "s3", operation: "GetObject", account, region }, ref),
    close: () => wire.close(),
  }
}

/** 400 without a body is an expired session as well as an object under its owner's own key (SSE-C): asked once more. */
function headOr(
  head: (ref: VersionRef) => Promise<Outcome<ObjectHead>>,
  why: (ref: VersionRef) => Promise<Outcome<null>>,
): (ref: VersionRef) => Promise<Outcome<ObjectHead>> {
  return async (ref) => {
    const outcome = await head(ref)
    if (outcome.kind === "ok" || outcome.error.facts.status !== 400) return outcome
    const reason = await why(ref)
    return reason.kind === "error" ? reason : outcome
  }
}
