import { createHash, createHmac } from "node:crypto"
import { request } from "node:http"
import { SignatureV4 } from "@smithy/signature-v4"

/** node:crypto in the shape that the signer wants. */
export class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret))
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }
  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === "string") return Buffer.from(data)
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.from(data)
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface Wanted {
  readonly port: number
  readonly credentials: Credentials
  readonly service: string
  readonly region?: string
  readonly method?: string
  readonly path?: string
  readonly query?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  readonly signedAt?: Date
  /** Last changes to what was signed, before it is sent. */
  readonly tamper?: (sent: { path: string; headers: Record<string, string>; body: string | Buffer }) => void
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the service answered
  readonly json: Record<string, any>
}

export async function signedCall(wanted: Wanted): Promise<Answer> {
  const {
    port,
    credentials,
    service,
    region = "eu-central-1",
    method = "POST",
    path = "/",
    query = {},
    body = "",
  } = wanted
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
  })
  const host = `127.0.0.1:${port}`
  const signed = await signer.sign(
    { method, protocol: "http:", hostname: "127.0.0.1", port, path, query, headers: { host, ...wanted.headers }, body },
    wanted.signedAt === undefined ? {} : { signingDate: wanted.signedAt },
  )
  const names = Object.keys(query)
  const encoded = names.map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(query[name] ?? "")}`).join("&")
  const sent = { path: encoded === "" ? path : `${path}?${encoded}`, headers: { ...signed.headers }, body }
  wanted.tamper?.(sent)
  return await plainCall(port, method, sent.path, sent.headers, sent.body)
}

export function plainCall(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: string | Buffer = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sending = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8")
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: text.startsWith("{") ? JSON.parse(text) : {},
        })
      })
    })
    sending.on("error", reject)
    sending.end(body)
  })
}

export interface Kms {
  (operation: string, input?: object, more?: Partial<Wanted>): Promise<Answer>
}

export const kmsClient =
  (port: number, credentials: Credentials, region = "eu-central-1"): Kms =>
  (operation, input = {}, more = {}) =>
    signedCall({
      port,
      credentials,
      region,
      service: "kms",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` },
      body: JSON.stringify(input),
      ...more,
    })

/** `target` is what stands before the operation in X-Amz-Target. */
export const jsonClient =
  (port: number, credentials: Credentials, service: string, target: string, region = "eu-central-1", version = "1.1") =>
  (operation: string, input: object = {}): Promise<Answer> =>
    signedCall({
      port,
      credentials,
      region,
      service,
      headers: { "content-type": `application/x-amz-json-${version}`, "x-amz-target": `${target}.${operation}` },
      body: JSON.stringify(input),
    })

export const queryClient =
  (port: number, credentials: Credentials, service: "sts" | "iam" | "ec2" | "monitoring", region = "eu-central-1") =>
  (Action: string, form: Record<string, string> = {}): Promise<Answer> =>
    signedCall({
      port,
      credentials,
      region,
      service,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ Action, ...form }).toString(),
    })

export const element = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
