import type { S3Client } from "@aws-sdk/client-s3"
import { withDeadline } from "../deadline.ts"
import type { Wire } from "./data-plane.ts"
import type { AddressOf } from "./endpoint.ts"
import type { Operation } from "./operations.ts"
import { RawHeaders } from "./raw-headers.ts"
import { commandFor, type S3Command } from "./sdk-commands.ts"
import type { Receiver, WireAnswer } from "./transport.ts"
import { wireErrorOf } from "./wire-error.ts"

export interface SdkWireOptions {
  /** One attempt, no redirects: `ClientFactory` makes such. */
  readonly client: S3Client
  /** Only for the deadlines of the requests: where they go is the client's affair. */
  readonly addressOf: AddressOf
  readonly invalidate: () => void
}

type Sink = (chunk: Buffer) => void

/**
 * The SDK builds, signs and sends; its reading of the answer is left out, because it takes broken ones for success. For
 * networks where only the SDK gets through, and as the reference of our own wire.
 */
export class SdkWire implements Wire {
  readonly #options: SdkWireOptions
  readonly #never = new AbortController()

  constructor(options: SdkWireOptions) {
    this.#options = options
  }

  ask<Request>(operation: Operation<Request, unknown>, request: Request, receiver: Receiver, sink?: Sink): void {
    void this.#ask(operation, request, receiver, sink)
  }

  async close(): Promise<void> {
    this.#never.abort()
    this.#options.client.destroy()
  }

  async #ask<Request>(
    operation: Operation<Request, unknown>,
    request: Request,
    receiver: Receiver,
    sink?: Sink,
  ): Promise<void> {
    const { client, addressOf, invalidate } = this.#options
    try {
      const { deadlineMs } = operation.build(addressOf, request)
      const deadline = withDeadline(this.#never.signal, deadlineMs)
      const answer = await client
        .send(withRawAnswer(commandFor(operation, request), sink), { abortSignal: deadline.signal })
        .then(() => undefined, taken)
        .finally(() => deadline.end())
      if (answer === undefined) return receiver.failed({ code: "E_ANSWER", message: "no answer of HTTP", sent: true })
      if (answer.status >= 400 && answer.body.includes("ExpiredToken")) invalidate()
      receiver.answered(answer)
    } catch (thrown) {
      const error = wireErrorOf(thrown, true)
      receiver.failed({ ...error, sent: !NEVER_SENT.has(error.code) })
    }
  }
}

const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "CredentialsProviderError",
  "URIError",
])

/** What `send` is left by: the SDK goes no further than the bytes. */
class RawAnswer extends Error {
  readonly answer: WireAnswer

  constructor(answer: WireAnswer) {
    super("the answer, as it came")
    this.answer = answer
  }
}

function taken(thrown: unknown): WireAnswer {
  if (thrown instanceof RawAnswer) return thrown.answer
  throw thrown
}

interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Buffer>
}

function withRawAnswer(command: S3Command, sink: Sink | undefined): S3Command {
  command.middlewareStack.add(
    (next) => async (args) => {
      const { response } = await next(args)
      throw new RawAnswer(await wholeAnswer(response as HttpAnswer, sink))
    },
    { step: "deserialize", priority: "low", name: "drTakeRawAnswer" },
  )
  return command
}

async function wholeAnswer({ statusCode, headers, body }: HttpAnswer, sink: Sink | undefined): Promise<WireAnswer> {
  const pairs = Object.entries(headers).flatMap((pair) => pair.map((text) => Buffer.from(text, "latin1")))
  const chunks: Buffer[] = []
  for await (const chunk of body) {
    if (sink !== undefined && statusCode < 300) sink(chunk)
    else chunks.push(chunk)
  }
  return new RawHeaders(statusCode, pairs, Buffer.concat(chunks))
}
