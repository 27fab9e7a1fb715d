/** What a KeySpec fixes once and for all. */
export interface SpecFacts {
  readonly usage: "ENCRYPT_DECRYPT" | "GENERATE_VERIFY_MAC"
  /** Of the material that KMS makes, in bytes. */
  readonly materialBytes: number
  readonly mac?: { readonly algorithm: string; readonly hash: string }
}

/** The specs that the sandbox can make; every other answers 501. */
export type KeySpec = "SYMMETRIC_DEFAULT" | "HMAC_224" | "HMAC_256" | "HMAC_384" | "HMAC_512"

const hmac = (bits: number): SpecFacts => ({
  usage: "GENERATE_VERIFY_MAC",
  materialBytes: bits / 8,
  mac: { algorithm: `HMAC_SHA_${bits}`, hash: `sha${bits}` },
})

export const KEY_SPECS: Readonly<Record<KeySpec, SpecFacts>> = {
  SYMMETRIC_DEFAULT: { usage: "ENCRYPT_DECRYPT", materialBytes: 32 },
  HMAC_224: hmac(224),
  HMAC_256: hmac(256),
  HMAC_384: hmac(384),
  HMAC_512: hmac(512),
}

export const isKeySpec = (text: string): text is KeySpec => Object.hasOwn(KEY_SPECS, text)
