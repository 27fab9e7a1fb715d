import { DrError } from "../kernel/errors.ts"

const PLAIN = /^[A-Za-z0-9\-_.~/]*$/

/**
 * `bucket/key?versionId=…` for `x-amz-copy-source`. The SDK sends this header as given, so every byte outside
 * `A-Za-z0-9-_.~/` is escaped here; a raw blank key would name another object (facts: reliability S9).
 */
export function encodeCopySource(bucket: string, key: string, versionId?: string): string {
  const path = `${bucket}/${encodeKey(key)}`
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`
}

/**
 * A key in a path: every byte outside `A-Za-z0-9-_.~/` as `%XX`.
 * @throws URIError for half a surrogate pair, which is no legal key and would be sent as another one
 */
export function encodeKey(key: string): string {
  return PLAIN.test(key) ? key : encodeQueryValue(key).replaceAll("%2F", "/")
}

/** The same for a value in a query, where a slash is escaped too. @throws URIError for half a surrogate pair */
export function encodeQueryValue(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Everything printable in ASCII but `%` and `+`: most keys, and decoding costs more than the rest of an entry. */
const NOTHING_TO_DECODE = /^[!-$&-*,-~]*$/

/**
 * A key as `encoding-type=url` lists it. `+` and `%20` are blanks; a bad escape or bad UTF-8 fails the listing, because a
 * key that cannot be read is an object that would be lost in silence.
 * @throws DrError E_LISTING_INVALID
 */
export function decodeListedKey(text: string): string {
  if (NOTHING_TO_DECODE.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll("+", "%20"))
  } catch (cause) {
    throw new DrError({
      code: "E_LISTING_INVALID",
      message: `a listing holds a key that cannot be decoded: ${JSON.stringify(text)}`,
      cause,
    })
  }
}
