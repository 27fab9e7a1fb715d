import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto"
import { z } from "zod"

/**
 * A DSSE envelope (github.com/secure-systems-lab/dsse, protocol version 1): the signature covers the type and the bytes
 * of the payload, never a re-encoding of them. `keyid` is a hint; who verifies brings the key.
 */
const Envelope = z.object({
  payloadType: z.string().min(1),
  /** Base64. */
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).length(1),
  /** `offline`: a key of one machine, which nobody countersigned. */
  signer: z.literal("offline"),
})
type Envelope = z.infer<typeof Envelope>

/** Signs with an Ed25519 key. */
export interface Signer {
  /** Of the public key: `sha256:<hex>` over its SubjectPublicKeyInfo. */
  readonly fingerprint: string
  readonly publicKey: KeyObject
  sign(bytes: Uint8Array): Uint8Array
}

/** Undefined for a key of another kind. @throws Error when the text is no private key in PKCS #8 PEM */
export function signerOf(pem: string): Signer | undefined {
  const privateKey = createPrivateKey(pem)
  if (privateKey.asymmetricKeyType !== "ed25519") return undefined
  const publicKey = createPublicKey(privateKey)
  return { fingerprint: fingerprintOf(publicKey), publicKey, sign: (bytes) => sign(null, bytes, privateKey) }
}

function fingerprintOf(key: KeyObject): string {
  return `sha256:${createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")}`
}

export function sealEnvelope(payloadType: string, payload: string, signer: Signer): Envelope {
  const bytes = Buffer.from(payload, "utf8")
  const sig = Buffer.from(signer.sign(preAuthenticated(payloadType, bytes))).toString("base64")
  return {
    payloadType,
    payload: bytes.toString("base64"),
    signatures: [{ keyid: signer.fingerprint, sig }],
    signer: "offline",
  }
}

export type Opened = { readonly ok: true; readonly payload: string } | { readonly ok: false; readonly why: string }

/** The payload when it is of this type and `signer` signed it, byte for byte; else why it is not to be trusted. */
export function openEnvelope(text: string, payloadType: string, signer: Signer): Opened {
  const envelope = Envelope.safeParse(parsed(text))
  if (!envelope.success) return { ok: false, why: "cut or altered: it is no signed envelope" }
  const { payload, signatures, payloadType: stated } = envelope.data
  const [signature] = signatures
  if (stated !== payloadType) return { ok: false, why: `it holds ${JSON.stringify(stated)}, expected ${payloadType}` }
  if (signature?.keyid !== signer.fingerprint)
    return {
      ok: false,
      why: `signed by a foreign key ${JSON.stringify(signature?.keyid)}, this machine's is ${signer.fingerprint}`,
    }
  const bytes = Buffer.from(payload, "base64")
  const sig = Buffer.from(signature.sig, "base64")
  // Base64 has several spellings of the same bytes; only the one that was written is taken.
  const spelled = bytes.toString("base64") === payload && sig.toString("base64") === signature.sig
  if (!spelled || !verify(null, preAuthenticated(payloadType, bytes), signer.publicKey, sig))
    return { ok: false, why: "altered: its signature is not that of its content" }
  return { ok: true, payload: bytes.toString("utf8") }
}

/** DSSE's pre-authentication encoding: lengths in bytes, so that no two pairs share one. */
export function preAuthenticated(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, "utf8")
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload])
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
