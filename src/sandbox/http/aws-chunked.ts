import { ServiceError } from "../core/exchange.ts"
import { credentialError } from "../auth/credential-errors.ts"
import { EMPTY_SHA256, sameSignature, scopeText, sha256, signText, type Scope } from "../auth/sigv4.ts"

export interface Decoded {
  readonly body: Buffer
  /** Lower-case names; `x-amz-trailer-signature` is left out. */
  readonly trailers: Readonly<Record<string, string>>
}

/** What the signed forms need to follow the chain of chunk signatures. */
export interface ChunkSigner {
  readonly key: Buffer
  readonly scope: Scope
  readonly time: string
  /** The signature of the request's headers, which starts the chain. */
  readonly seed: string
}

const CRLF = "\r\n"

/**
 * Takes the framing off a body whose `x-amz-content-sha256` begins with STREAMING-. `declared` is that header.
 * @throws ServiceError IncompleteBody when a part or the last chunk is missing, SignatureDoesNotMatch when a signed
 *   chunk or trailer was changed
 */
export function decodeAwsChunked(
  framed: Buffer,
  declared: string,
  decodedLength: string | undefined,
  signer: ChunkSigner,
): Decoded {
  const signed = declared.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
  const chunks: Buffer[] = []
  let at = 0
  let previous = signer.seed
  for (;;) {
    const lineEnd = framed.indexOf(CRLF, at)
    if (lineEnd < 0) throw incomplete()
    const [sizeText, ...extensions] = framed.toString("latin1", at, lineEnd).split(";")
    const size = /^[0-9a-fA-F]{1,8}$/.test(sizeText?.trim() ?? "") ? Number.parseInt(sizeText ?? "", 16) : -1
    if (size < 0) throw incomplete()
    const start = lineEnd + 2
    if (start + size > framed.length) throw incomplete()
    const data = framed.subarray(start, start + size)
    if (signed) previous = checkChunk(signer, previous, data, extensions)
    at = start + size
    if (size === 0) break
    if (framed.toString("latin1", at, at + 2) !== CRLF) throw incomplete()
    chunks.push(data)
    at += 2
  }
  const trailers = readTrailers(framed.toString("latin1", at))
  if (signed && declared.endsWith("-TRAILER")) checkTrailers(signer, previous, trailers)
  const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)
  if (decodedLength === undefined)
    throw new ServiceError("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
  if (body.length !== Number(decodedLength)) throw incomplete()
  const { "x-amz-trailer-signature": _, ...rest } = trailers
  return { body, trailers: rest }
}

const incomplete = (): ServiceError =>
  new ServiceError("IncompleteBody", "The request body terminated unexpectedly", 400)

function checkChunk(signer: ChunkSigner, previous: string, data: Buffer, extensions: readonly string[]): string {
  const given = extensions.find((each) => each.startsWith("chunk-signature="))?.slice("chunk-signature=".length) ?? ""
  const hash = data.length === 0 ? EMPTY_SHA256 : sha256(data)
  const text = `AWS4-HMAC-SHA256-PAYLOAD\n${signer.time}\n${scopeText(signer.scope)}\n${previous}\n${EMPTY_SHA256}\n${hash}`
  if (!sameSignature(signText(signer.key, text), given)) throw credentialError("bad-signature", "s3")
  return given
}

function checkTrailers(signer: ChunkSigner, previous: string, trailers: Readonly<Record<string, string>>): void {
  const signedText = Object.entries(trailers)
    .filter(([name]) => name !== "x-amz-trailer-signature")
    .map(([name, value]) => `${name}:${value}\n`)
    .join("")
  const text = `AWS4-HMAC-SHA256-TRAILER\n${signer.time}\n${scopeText(signer.scope)}\n${previous}\n${sha256(signedText)}`
  if (!sameSignature(signText(signer.key, text), trailers["x-amz-trailer-signature"] ?? "")) {
    throw credentialError("bad-signature", "s3")
  }
}

/** The lines behind the last chunk. Some signers end a trailer with LF alone. */
function readTrailers(text: string): Record<string, string> {
  if (!text.endsWith("\n")) throw incomplete()
  const trailers: Record<string, string> = {}
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":")
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
  return trailers
}
