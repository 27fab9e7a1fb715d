import type { Millis } from "../../kernel/units.ts"
import type { Receiver, WireAnswer, WireRequest } from "./transport.ts"

/** One request on its way, and whom to tell what became of it. */
export class RawExchange {
  readonly request: WireRequest
  /** As it goes out; latin1. */
  readonly head: string
  deadlineAt: Millis
  /** Bytes may have left: the request may be carried out whatever is heard of it. */
  sent = false
  settled = false
  readonly #receiver: Receiver

  constructor(request: WireRequest, head: string, receiver: Receiver, now: Millis) {
    this.request = request
    this.head = head
    this.#receiver = receiver
    this.deadlineAt = now + request.deadlineMs
  }

  answered(answer: WireAnswer): void {
    if (this.settled) return
    this.settled = true
    this.#receiver.answered(answer)
  }

  failed(code: string, message: string): void {
    if (this.settled) return
    this.settled = true
    this.#receiver.failed({ code, message, sent: this.sent })
  }

  /** True when it was given up now. */
  strikeAt(now: Millis): boolean {
    if (this.settled || now < this.deadlineAt) return false
    this.failed("TimeoutError", `no whole answer within ${this.request.deadlineMs} ms`)
    return true
  }
}
