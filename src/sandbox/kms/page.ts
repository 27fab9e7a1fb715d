import { createHash } from "node:crypto"
import { ServiceError } from "../core/exchange.ts"
import { optionalInteger, optionalText } from "./input.ts"
import type { KmsCall } from "./kms-call.ts"

export interface Page<T> {
  readonly items: readonly T[]
  readonly tail: { readonly Truncated: boolean; readonly NextMarker?: string }
}

/**
 * One page. The marker is bound to the request that began the list (`subject`, account and Region): a foreign one is
 * an error. Items are named, so that a list that changes meanwhile neither repeats nor loses one.
 */
export function pageOf<T>(
  call: KmsCall,
  subject: string,
  items: readonly T[],
  nameOf: (item: T) => string,
  most: number,
  usual: number,
): Page<T> {
  const limit = Math.min(
    optionalInteger(call.input, "Limit", 1, most) ?? usual,
    call.store.world.settings.pageSize ?? most,
  )
  const binding = createHash("sha256")
    .update(`${subject}|${call.caller.account}|${call.region}`)
    .digest("hex")
    .slice(0, 16)
  const after = readMarker(optionalText(call.input, "Marker"), binding)
  const sorted = [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const rest = after === undefined ? sorted : sorted.filter((item) => nameOf(item) > after)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  if (rest.length <= limit || last === undefined) return { items: page, tail: { Truncated: false } }
  const marker = Buffer.from(JSON.stringify([binding, nameOf(last)])).toString("base64url")
  return { items: page, tail: { Truncated: true, NextMarker: marker } }
}

function readMarker(marker: string | undefined, binding: string): string | undefined {
  if (marker === undefined) return undefined
  try {
    const [bound, after]: unknown[] = JSON.parse(Buffer.from(marker, "base64url").toString("utf8"))
    if (bound === binding && typeof after === "string") return after
  } catch {
    // Told below.
  }
  throw new ServiceError("InvalidMarkerException", "Could not deserialize marker")
}
