import { createSecureContext } from "node:tls"
import { Client } from "undici"
import { SECOND } from "../../kernel/units.ts"
import type { UndiciExchange } from "./undici-exchange.ts"

/**
 * The connections to one host. A connection carries one request at a time and takes the next one that waits as soon as
 * its answer is whole. The one used last is taken first, so that those too many fall idle and close.
 */
export class UndiciOrigin {
  readonly #origin: string
  readonly #max: number
  readonly #clients: Client[] = []
  readonly #free: Client[] = []
  readonly #waiting: UndiciExchange[] = []
  #nextWaiting = 0
  connectionsOpened = 0

  constructor(origin: string, max: number) {
    this.#origin = origin
    this.#max = max
  }

  dispatch(exchange: UndiciExchange): void {
    const client = this.#free.pop() ?? (this.#clients.length < this.#max ? this.#open() : undefined)
    if (client === undefined) this.#waiting.push(exchange)
    else this.#run(client, exchange)
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.destroy()))
  }

  #run(client: Client, exchange: UndiciExchange): void {
    exchange.released = () => this.#release(client)
    client.dispatch(exchange.options, exchange)
  }

  #release(client: Client): void {
    const next = this.#nextOfWaiting()
    if (next === undefined) this.#free.push(client)
    else this.#run(client, next)
  }

  /** Those that were given up while they waited are passed over. */
  #nextOfWaiting(): UndiciExchange | undefined {
    while (this.#nextWaiting < this.#waiting.length) {
      const next = this.#waiting[this.#nextWaiting++]
      if (next?.settled === false) return next
    }
    this.#waiting.length = 0
    this.#nextWaiting = 0
    return undefined
  }

  #open(): Client {
    const client = new Client(this.#origin, {
      connect: this.#origin.startsWith("https:") ? tlsOptions() : { timeout: CONNECT_TIMEOUT },
      // Ours is the deadline, over the whole call; these two would need a timer for each request.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Below the 20 s or so after which S3 hangs up, so that no request meets a closing connection.
      keepAliveTimeout: 12 * SECOND,
      keepAliveMaxTimeout: 60 * SECOND,
      allowH2: false,
      // Spares a turn of the event loop (8 us) between two requests. Nothing is pipelined: a client gets one at a time.
      pipelining: 2,
    })
    client.on("connect", () => this.connectionsOpened++)
    this.#clients.push(client)
    return client
  }
}

const CONNECT_TIMEOUT = 5 * SECOND

/**
 * One context for all connections: Node's own authorities and those of NODE_EXTRA_CA_CERTS, as the SDK's clients trust
 * them. Read once, because building it parses every certificate.
 */
let context: ReturnType<typeof createSecureContext> | undefined
function tlsOptions() {
  context ??= createSecureContext({ minVersion: "TLSv1.2" })
  return { timeout: CONNECT_TIMEOUT, minVersion: "TLSv1.2" as const, secureContext: context }
}
