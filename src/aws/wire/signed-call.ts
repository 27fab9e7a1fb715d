import type { Signer } from "./signer.ts"
import type { Receiver, WireAnswer, WireError } from "./transport.ts"

/**
 * Looks at answers for a session that has ended, so that the next call has a new one. Only when the session is still the
 * one that signed this call: hundreds of late answers must not throw away its successor.
 */
export class SignedCall implements Receiver {
  readonly #receiver: Receiver
  readonly #signer: Signer
  readonly #session: unknown
  readonly #invalidate: () => void

  constructor(receiver: Receiver, signer: Signer, invalidate: () => void) {
    this.#receiver = receiver
    this.#signer = signer
    this.#session = signer.session
    this.#invalidate = invalidate
  }

  answered(answer: WireAnswer): void {
    if (answer.status >= 400 && hasExpired(answer) && this.#signer.session === this.#session) {
      this.#signer.forget()
      this.#invalidate()
    }
    this.#receiver.answered(answer)
  }

  failed(error: WireError): void {
    this.#receiver.failed(error)
  }
}

/** S3: `<Code>ExpiredToken</Code>`; KMS: `"__type":"ExpiredTokenException"`. */
const hasExpired = ({ body }: WireAnswer): boolean => body.length < 65_536 && body.includes("ExpiredToken")
