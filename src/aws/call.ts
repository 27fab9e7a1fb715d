import type { Clock } from "../kernel/clock.ts"
import { DrError, type AwsCallFacts } from "../kernel/errors.ts"
import type { Emit } from "../kernel/events.ts"
import { seededFraction } from "../kernel/random.ts"
import { SECOND, type Millis } from "../kernel/units.ts"
import type { WireStatus } from "./clients.ts"
import { withDeadline } from "./deadline.ts"
import { awsError, classify, type ErrorClass } from "./errors.ts"

/** What every call needs from outside. */
export interface CallDeps {
  readonly clock: Clock
  readonly emit: Emit
  readonly signal: AbortSignal
  /** Left out: as long as a drill waits. */
  readonly patience?: Patience
}

/** How long an answer is waited for, and how often it is asked for. */
export interface Patience {
  /** A single attempt may not take longer: the SDK's own timeouts end when the headers have come. */
  readonly deadlineMs: Millis
  readonly attempts: number
  /** How many of them may end without any answer. */
  readonly unanswered: number
}

export interface CallOptions {
  /** The resource, for messages: a key ARN, `s3://bucket/key`, a role. */
  readonly subject: string
  /** For what moves many bytes: longer than the patience of `deps`. */
  readonly deadlineMs?: Millis
  readonly attempts?: number
  /** Called when the session has expired before the next attempt. */
  readonly refresh?: () => void
  /** Overrides the run's signal: clean-up goes on after Ctrl-C. */
  readonly signal?: AbortSignal
}

interface Answer {
  readonly $metadata: { httpStatusCode?: number; requestId?: string; extendedRequestId?: string }
}

/** A Region that swallows everything is known in two minutes; what moves many bytes asks for more. */
const DRILLS: Patience = { deadlineMs: 20 * SECOND, attempts: 6, unanswered: 6 }

const RETRYABLE: ReadonlySet<ErrorClass> = new Set(["throttled", "transient", "expired-token"])

/**
 * Sends one AWS request and tells the event stream about each attempt. Retries only what the error table calls
 * retryable, with growing pauses; the SDK's own retries are off because their shared quota gives up under load.
 * An error inside HTTP 200 is never sent again: a drill must show it.
 */
export async function callAws<T extends Answer>(
  deps: CallDeps,
  facts: AwsCallFacts,
  send: (abort: AbortSignal) => Promise<T>,
  options: CallOptions,
): Promise<T> {
  const signal = options.signal ?? deps.signal
  const patience = deps.patience ?? DRILLS
  const { attempts = patience.attempts, deadlineMs = patience.deadlineMs } = options
  let silences = 0
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    const started = deps.clock.mono()
    const deadline = withDeadline(signal, deadlineMs)
    try {
      const answer = await send(deadline.signal)
      report(deps, facts, answer.$metadata, started, attempt)
      return answer
    } catch (raw) {
      signal.throwIfAborted()
      const silent = timedOut(raw)
      if (silent) silences++
      const thrown = silent ? unanswered(facts, deadlineMs, attempt, raw) : raw
      report(deps, facts, (thrown as Partial<Answer>).$metadata ?? {}, started, attempt, thrown)
      const kind = classify(thrown)
      const inside200 = (thrown as WireStatus).wireStatus === 200
      if (inside200) throw errorInside200(thrown, facts, options.subject)
      const spent = attempt >= attempts || (silent && silences >= patience.unanswered)
      if (thrown instanceof DrError || spent || !RETRYABLE.has(kind)) throw awsError(thrown, facts, options.subject)
      if (kind === "expired-token") options.refresh?.()
      await deps.clock.sleep(pause(attempt, options.subject), signal)
    } finally {
      deadline.end()
    }
  }
}

/** A definite failure, whatever name stands inside: the copy is not there, or nobody can say so. */
function errorInside200(thrown: unknown, facts: AwsCallFacts, subject: string): DrError {
  const { message, aws } = awsError(thrown, facts, subject)
  return new DrError({
    code: "E_AWS_ERROR_IN_200",
    message: `HTTP 200 with an error inside: ${message}`,
    cause: thrown,
    ...(aws === undefined ? {} : { aws }),
  })
}

/** By a name that the error table knows as transient; the SDK says only "Request aborted". */
function unanswered({ region }: AwsCallFacts, deadlineMs: Millis, attempt: number, cause: unknown): Error {
  const times = attempt === 1 ? "once" : `${attempt} times`
  const error = new Error(
    `no answer${region === undefined ? "" : ` from ${region}`} within ${deadlineMs / SECOND} s, asked ${times}`,
    { cause },
  )
  return Object.assign(error, { name: "TimeoutError" })
}

function timedOut(thrown: unknown): boolean {
  const name = (thrown as { name?: string }).name
  return name === "AbortError" || name === "TimeoutError"
}

/** 0.1 s, 0.2 s … 5 s, spread by a third so that callers do not march in step. */
function pause(attempt: number, subject: string): Millis {
  const base = Math.min(5 * SECOND, 100 * 2 ** (attempt - 1))
  return base * (0.67 + 0.66 * seededFraction(subject, String(attempt)))
}

function report(
  deps: CallDeps,
  facts: AwsCallFacts,
  metadata: Partial<Answer["$metadata"]>,
  started: Millis,
  attempts: number,
  thrown?: unknown,
): void {
  const name = (thrown as { name?: string } | undefined)?.name
  deps.emit("aws.called", {
    ...facts,
    durationMs: deps.clock.mono() - started,
    attempts,
    ...(metadata.httpStatusCode === undefined ? {} : { status: metadata.httpStatusCode }),
    ...(metadata.requestId === undefined ? {} : { requestId: metadata.requestId }),
    ...(metadata.extendedRequestId === undefined ? {} : { extendedRequestId: metadata.extendedRequestId }),
    ...(name === undefined ? {} : { awsCode: name }),
  })
}
