import type { Clock } from "../../kernel/clock.ts"
import type { RegionName } from "../../kernel/brands.ts"
import type { AwsCredentials, CredentialSource } from "../clients.ts"
import type { Method } from "./transport.ts"
import { HeaderLines } from "./header-lines.ts"
import { EMPTY_SHA256, Hmac, sha256Hex, sha256OfBytes, signingKey } from "./signing-key.ts"
import { Stencil } from "./stencil.ts"

/** A request before it is signed. Header values are latin1 text: one char is one byte on the wire. */
export interface Unsigned {
  /** Same name, same shape: names the stencil. */
  readonly operation: string
  readonly method: Method
  readonly host: string
  /** Encoded as it goes out. */
  readonly path: string
  /** Sorted by name and encoded, `name=value&…`, with `=` behind a name without value; goes out as it is. */
  readonly query: string
  /** name, value, …: the same for most requests of a run. Lower-case names, each once in both lists. */
  readonly fixed: readonly string[]
  /** Names and values of what differs from one to the next. */
  readonly varying: readonly string[]
  readonly values: readonly string[]
  readonly body?: Buffer
}

export interface SignerOptions {
  readonly service: "s3" | "kms"
  readonly region: RegionName
  readonly credentials: CredentialSource
  readonly clock: Clock
}

interface Moment {
  readonly second: number
  readonly credentials: AwsCredentials
  readonly stamp: string
  readonly scope: string
  readonly hmac: Hmac
}

interface Known {
  readonly of: Moment
  readonly host: string
  readonly fixed: readonly string[]
  readonly varying: readonly string[]
  readonly withBody: boolean
  readonly stencil: Stencil
}

/**
 * AWS Signature Version 4 for requests whose bodies we hold. Signs every header that is sent (besides `connection` and
 * `content-length`, which are the transport's), the body's true hash included. Source: AWS General Reference, "Create a
 * signed AWS API request"; S3 takes the path as it is on the wire.
 */
export class Signer {
  readonly #options: SignerOptions
  readonly #known = new Map<string, Known>()
  #moment: Moment | undefined
  #asking: Promise<void> | undefined

  constructor(options: SignerOptions) {
    this.#options = options
  }

  /**
   * Undefined = there are credentials for this second. Otherwise wait for it, then ask again: once a second the source is
   * asked, because it renews sessions in time. Rejects when it has none.
   */
  notReady(): Promise<void> | undefined {
    if (this.#moment?.second === this.#second()) return undefined
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  /** What stands for the present session: compare, do not look inside. */
  get session(): unknown {
    return this.#moment?.credentials.accessKeyId
  }

  /** The credentials proved bad: the next call asks for new ones. */
  forget(): void {
    this.#moment = undefined
  }

  /** Only after `notReady` gave undefined. */
  sign(request: Unsigned): HeaderLines {
    const moment = this.#moment as Moment
    const { body } = request
    const payload = body === undefined ? EMPTY_SHA256 : sha256OfBytes(body)
    const stencil = this.#stencilOf(request, moment, payload)
    const values = body === undefined || this.#options.service !== "s3" ? request.values : [...request.values, payload]
    const canonical = `${request.method}\n${stencil.canonical(request.path, request.query, values, payload)}`
    const signature = moment.hmac.hex(`AWS4-HMAC-SHA256\n${moment.stamp}\n${moment.scope}\n${sha256Hex(canonical)}`)
    return new HeaderLines(
      stencil,
      values,
      `AWS4-HMAC-SHA256 Credential=${moment.credentials.accessKeyId}/${moment.scope}, SignedHeaders=${stencil.signedHeaders}, Signature=${signature}`,
    )
  }

  #second(): number {
    return Math.floor(this.#options.clock.now() / 1000)
  }

  async #ask(): Promise<void> {
    const { credentials: source, region, service } = this.#options
    const credentials = await source()
    // The second after the answer: a slow source must not be asked again for the same request.
    const second = this.#second()
    const stamp = new Date(second * 1000).toISOString().replace(/[-:]|\.\d+/g, "")
    const date = stamp.slice(0, 8)
    const scope = `${date}/${region}/${service}/aws4_request`
    const before = this.#moment
    const same = before?.scope === scope && before.credentials.secretAccessKey === credentials.secretAccessKey
    const hmac = same ? before.hmac : new Hmac(signingKey(credentials.secretAccessKey, date, region, service))
    this.#moment = { second, credentials, stamp, scope, hmac }
  }

  #stencilOf(request: Unsigned, moment: Moment, payload: string): Stencil {
    const known = this.#known.get(request.operation)
    if (
      known?.of === moment &&
      known.host === request.host &&
      known.withBody === (request.body !== undefined) &&
      equal(known.fixed, request.fixed) &&
      equal(known.varying, request.varying)
    )
      return known.stencil
    const { fixed, varying, host, body } = request
    const stencil = this.#cut(request, moment, payload)
    this.#known.set(request.operation, { of: moment, host, fixed, varying, withBody: body !== undefined, stencil })
    return stencil
  }

  #cut({ host, fixed, varying, body }: Unsigned, { stamp, credentials }: Moment, payload: string): Stencil {
    const constant = new Map<string, string>([
      ["host", host],
      ["x-amz-date", stamp],
    ])
    if (credentials.sessionToken !== undefined) constant.set("x-amz-security-token", credentials.sessionToken)
    for (let at = 0; at < fixed.length; at += 2) constant.set(fixed[at] as string, fixed[at + 1] as string)
    const hashed = this.#options.service === "s3"
    if (hashed && body === undefined) constant.set("x-amz-content-sha256", payload)
    return new Stencil(constant, hashed && body !== undefined ? [...varying, "x-amz-content-sha256"] : varying)
  }
}

function equal(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false
  return true
}
