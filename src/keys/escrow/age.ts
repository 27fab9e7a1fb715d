import { webcrypto } from "node:crypto"
import { armor, Decrypter, Encrypter, identityToRecipient } from "age-encryption"
import { decodeBech32 } from "../../kernel/bech32.ts"
import { secretFrom, wipe, type SecretBytes } from "./secret-bytes.ts"

/** An identity that opens what was encrypted to its recipient. */
export interface AgeIdentity {
  readonly recipient: string
  /** A key that cannot be exported; for hybrid ones the text, as age-encryption takes nothing else. */
  readonly opens: webcrypto.CryptoKey | string
}

/** PKCS #8 around an X25519 scalar. Source: RFC 8410 section 7. */
const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex")

/** The identity whose secret these 32 bytes are. Does not wipe them. */
export async function identityOf(scalar: Uint8Array): Promise<AgeIdentity> {
  const der = new Uint8Array(PKCS8.length + scalar.length)
  der.set(PKCS8)
  der.set(scalar, PKCS8.length)
  try {
    const opens = await webcrypto.subtle.importKey("pkcs8", der, { name: "X25519" }, false, ["deriveBits"])
    return { recipient: await identityToRecipient(opens), opens }
  } finally {
    wipe(der)
  }
}

const [SPACE, HASH] = [0x20, 0x23]

/** The identities in a file of age-keygen: one a line, `#` begins a comment. Undefined when a line is anything else. */
export async function readIdentities(file: Uint8Array): Promise<AgeIdentity[] | undefined> {
  const found: AgeIdentity[] = []
  for (let from = 0; from < file.length;) {
    const end = file.indexOf(0x0a, from)
    const line = trimmed(file.subarray(from, end === -1 ? file.length : end))
    from = end === -1 ? file.length : end + 1
    if (line.length === 0 || line[0] === HASH) continue
    const identity = await identityFrom(line)
    if (identity === undefined) return undefined
    found.push(identity)
  }
  return found
}

async function identityFrom(line: Uint8Array): Promise<AgeIdentity | undefined> {
  const decoded = decodeBech32(line)
  try {
    if (decoded?.bytes.length !== 32) return undefined
    if (decoded.prefix === "age-secret-key-") return await identityOf(decoded.bytes)
    if (decoded.prefix !== "age-secret-key-pq-") return undefined
    const opens = Buffer.from(line).toString("latin1").toUpperCase()
    return { recipient: await identityToRecipient(opens), opens }
  } finally {
    wipe(decoded?.bytes)
  }
}

function trimmed(line: Uint8Array): Uint8Array {
  let [from, to] = [0, line.length]
  while (from < to && (line[from] ?? 0) <= SPACE) from++
  while (to > from && (line[to - 1] ?? 0) <= SPACE) to--
  return line.subarray(from, to)
}

/** Armored. Does not wipe `secret`. */
export async function sealTo(recipient: string, secret: SecretBytes): Promise<string> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return armor.encode(await encrypter.encrypt(secret))
}

export type Opened =
  | { readonly kind: "opened"; readonly secret: SecretBytes; readonly by: AgeIdentity }
  /** For somebody else, or altered where it says for whom it is. */
  | { readonly kind: "no-identity" }
  | { readonly kind: "broken"; readonly why: string }

/** The caller wipes `secret`. */
export async function open(sealed: string, identities: readonly AgeIdentity[]): Promise<Opened> {
  const file = unarmored(sealed)
  if (file === undefined) return { kind: "broken", why: "it is no armored age file" }
  for (const by of identities) {
    const decrypter = new Decrypter()
    decrypter.addIdentity(by.opens)
    try {
      const plain = await decrypter.decrypt(file)
      const secret = secretFrom(plain)
      wipe(plain)
      return { kind: "opened", secret, by }
    } catch (thrown) {
      const why = (thrown as Error).message
      if (why !== "no identity matched any of the file's recipients") return { kind: "broken", why }
    }
  }
  return { kind: "no-identity" }
}

function unarmored(text: string): Uint8Array | undefined {
  try {
    return armor.decode(text)
  } catch {
    return undefined
  }
}
