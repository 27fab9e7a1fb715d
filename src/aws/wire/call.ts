import type { AwsCallFacts } from "../../kernel/errors.ts"
import type { Outcome } from "../../restore/data-plane.ts"
import { Broken, brokenAnswer, errorOfAnswer, errorOfWire } from "./call-error.ts"
import type { Operation } from "./operations.ts"
import type { Receiver, WireAnswer, WireError } from "./transport.ts"

/** One call whose answer is awaited: turns what the wire brings into an outcome. */
export class Call<Request, Value> implements Receiver {
  readonly #operation: Operation<Request, Value>
  readonly #request: Request
  readonly #facts: AwsCallFacts
  readonly #resolve: (outcome: Outcome<Value>) => void
  readonly #reject: (thrown: unknown) => void

  constructor(
    operation: Operation<Request, Value>,
    request: Request,
    facts: AwsCallFacts,
    resolve: (outcome: Outcome<Value>) => void,
    reject: (thrown: unknown) => void,
  ) {
    this.#operation = operation
    this.#request = request
    this.#facts = facts
    this.#resolve = resolve
    this.#reject = reject
  }

  answered(answer: WireAnswer): void {
    try {
      this.#resolve(this.#outcomeOf(answer))
    } catch (thrown) {
      this.#reject(thrown)
    }
  }

  failed(error: WireError): void {
    this.#resolve({ kind: "error", error: errorOfWire(error, this.#facts, this.#operation.writes) })
  }

  #outcomeOf(answer: WireAnswer): Outcome<Value> {
    const { status, writes } = this.#operation
    if (answer.status >= 300) return { kind: "error", error: errorOfAnswer(answer, this.#facts, writes) }
    const value =
      answer.status === status ? this.#operation.read(answer, this.#request) : new Broken(`HTTP ${status} was expected`)
    return value instanceof Broken
      ? { kind: "error", error: brokenAnswer(answer, value, this.#facts, writes) }
      : { kind: "ok", value }
  }
}
