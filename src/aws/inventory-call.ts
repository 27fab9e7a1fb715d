import type { RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { SECOND } from "../kernel/units.ts"
import { callAws, type CallDeps, type Patience } from "./call.ts"
import type { ClientFactory } from "./clients.ts"
import type { AwsSession } from "./sessions.ts"

/** What the four readers of an account share. */
export interface ReaderParts {
  readonly clients: ClientFactory
  readonly session: AwsSession
  /** Of the global services: where they are asked. */
  readonly region: RegionName
  readonly call: Call
}

interface Called {
  readonly service: string
  readonly operation: string
  readonly region: RegionName
  /** The resource, for messages. */
  readonly subject: string
}

type Answer = { $metadata: { httpStatusCode?: number; requestId?: string } }
type Call = <T extends Answer>(
  called: Called,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>

/** A whole Region may be gone while its inventory is asked for: it is known after ten seconds. */
const INVENTORIES: Patience = { deadlineMs: 5 * SECOND, attempts: 4, unanswered: 2 }

export function callsOf(deps: CallDeps, session: AwsSession): Call {
  const patient = { patience: INVENTORIES, ...deps }
  return ({ service, operation, region, subject }, send) =>
    callAws(patient, { service, operation, account: session.account, region }, (abortSignal) => send({ abortSignal }), {
      subject,
      refresh: session.invalidate,
    })
}

/** Every page of a list. Ends with the last token, not with an empty page, which Organizations may send in between. */
export async function everyPage<T>(
  read: (token: string | undefined) => Promise<{ items: readonly T[] | undefined; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = []
  let token: string | undefined
  do {
    const { items, next } = await read(token)
    all.push(...(items ?? []))
    token = next
  } while (token !== undefined)
  return all
}

/** Undefined when AWS says by this code that there is none; anything else is thrown on. */
export async function noneFor<T>(awsCode: string, asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((thrown: unknown) => {
    if (thrown instanceof DrError && thrown.aws?.awsCode === awsCode) return undefined
    throw thrown
  })
}

export function incomplete(operation: string, subject: string): DrError {
  return new DrError({
    code: "E_AWS_ANSWER",
    message: `${operation} on ${subject} answered without the expected fields`,
  })
}
