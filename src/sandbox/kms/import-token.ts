import { createHmac, timingSafeEqual } from "node:crypto"
import type { KmsStore } from "./store.ts"

/** What an import token stands for: one key in one Region, one way of wrapping, one day. */
export interface ImportToken {
  readonly keyArn: string
  readonly wrappingKeySpec: string
  readonly wrappingAlgorithm: string
  /** Epoch milliseconds. */
  readonly validTo: number
}

const SEAL = 32

/** Opaque to the caller and sealed, so that nothing about it need be remembered. */
export function writeToken(store: KmsStore, token: ImportToken): Buffer {
  const body = Buffer.from(JSON.stringify(token))
  return Buffer.concat([sealOf(store, body), body])
}

/** Undefined = not made here, or altered since. */
export function readToken(store: KmsStore, token: Buffer): ImportToken | undefined {
  const body = token.subarray(SEAL)
  if (body.length === 0 || !timingSafeEqual(token.subarray(0, SEAL), sealOf(store, body))) return undefined
  return JSON.parse(body.toString("utf8")) as ImportToken
}

function sealOf(store: KmsStore, body: Buffer): Buffer {
  store.wrapping.secret ??= Buffer.from(store.world.random(32))
  return createHmac("sha256", store.wrapping.secret).update(body).digest()
}
