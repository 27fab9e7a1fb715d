import { createHash } from "node:crypto"
import type { AwsCallFacts } from "../../kernel/errors.ts"
import type { Outcome, VersionRef } from "../../restore/data-plane.ts"
import { Call } from "./call.ts"
import type { Wire } from "./data-plane.ts"
import { GET } from "./operations.ts"

interface Hashed {
  readonly sha256: string
  readonly sizeBytes: number
}

/** Streams an object through SHA-256; its bytes are nowhere kept. A body that is cut is an error, never a short hash. */
export function hashObject(wire: Wire, facts: AwsCallFacts, ref: VersionRef): Promise<Outcome<Hashed>> {
  const sha256 = createHash("sha256")
  let sizeBytes = 0
  const sink = (chunk: Buffer): void => {
    sha256.update(chunk)
    sizeBytes += chunk.length
  }
  return new Promise((resolve, reject) => {
    const done = (outcome: Outcome<null>): void =>
      resolve(outcome.kind === "ok" ? { kind: "ok", value: { sha256: sha256.digest("hex"), sizeBytes } } : outcome)
    wire.ask(GET, ref, new Call(GET, ref, facts, done, reject), sink)
  })
}
