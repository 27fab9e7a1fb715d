import { display } from "../kernel/display.ts"
import { messageOf, type AwsCallFacts } from "../kernel/errors.ts"
import { redact } from "../kernel/redact.ts"
import type { CallError, CallErrorClass, Outcome } from "../restore/data-plane.ts"
import { withDeadline } from "./deadline.ts"
import { awsError, classify, type ErrorClass } from "./errors.ts"

const OTHERS: Readonly<Partial<Record<ErrorClass, CallErrorClass>>> = { invalid: "refused", unknown: "refused" }

/** What the SDK threw, as an outcome: the engine decides what it means. */
function callErrorOf(thrown: unknown, facts: AwsCallFacts, subject: string): CallError {
  const kind = classify(thrown)
  const told = awsError(thrown, facts, subject)
  const throttledByKms = kind === "throttled" && facts.service === "kms"
  return {
    class: throttledByKms ? "kms-throttled" : (OTHERS[kind] ?? (kind as CallErrorClass)),
    code: told.aws?.awsCode ?? told.code,
    message: redact(display(messageOf(thrown) || told.message)),
    facts: told.aws ?? facts,
    ambiguous: kind === "transient" && told.aws?.status === undefined,
  }
}

/**
 * One request with a deadline of its own: what was sent is never cut off by Ctrl-C. An answer that never came is a transient
 * error by the name TimeoutError.
 */
export async function outcomeOf<T>(
  facts: AwsCallFacts,
  subject: string,
  deadlineMs: number,
  send: (abort: AbortSignal) => Promise<T>,
): Promise<Outcome<T>> {
  const deadline = withDeadline(new AbortController().signal, deadlineMs)
  try {
    return { kind: "ok", value: await send(deadline.signal) }
  } catch (thrown) {
    const silent = deadline.signal.aborted
    const error = silent
      ? Object.assign(new Error(`no answer within ${deadlineMs} ms`), { name: "TimeoutError" })
      : thrown
    return { kind: "error", error: callErrorOf(error, facts, subject) }
  } finally {
    deadline.end()
  }
}
