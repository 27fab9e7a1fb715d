import { ServiceError, type Call, type SandboxResponse, type Service } from "../core/exchange.ts"
import type { World } from "../core/world.ts"
import { errorResponse } from "./errors.ts"
import { HANDLERS } from "./handlers.ts"
import { operationOf, ROUTES } from "./routes.ts"
import { readCall } from "./s3-call.ts"
import { dumpState, loadState } from "./snapshot.ts"
import type { S3State } from "./state.ts"

export interface S3Service extends Service {
  readonly name: "s3"
  /** Answers at once: bodies are in memory. */
  handle(call: Call, operation: string): SandboxResponse
  /** What S3 Control and batch jobs look into. */
  readonly state: S3State
  /** The whole state as JSON. */
  dump(): unknown
  load(dumped: unknown): void
}

/** S3 of the embedded AWS. Bodies are encrypted at rest, through `world.kms` for SSE-KMS. */
export function createS3(world: World): S3Service {
  const state: S3State = { buckets: new Map(), accountBlocks: new Map(), masterKey: Buffer.from(world.random(32)) }
  return {
    name: "s3",
    state,
    operations: ROUTES.map(([operation]) => operation),
    operationOf,
    handle(call, operation) {
      const handler = HANDLERS[operation]
      if (handler === undefined) {
        throw new ServiceError(
          "NotImplemented",
          "A header you provided implies functionality that is not implemented",
          501,
        )
      }
      return handler(readCall(call, state, operation))
    },
    errorResponse,
    dump: () => dumpState(state),
    load: (dumped) => loadState(state, dumped),
  }
}
