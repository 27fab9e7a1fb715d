/** What a byte may be in HTTP/1.1, and what a reader of an answer says when it has read all that came. */

export const CR = 13
export const LF = 10
export const COLON = 58

/** Letters, digits and the marks that a header's name may have [RFC 9110, 5.6.2]. */
export const TOKEN = Uint8Array.from({ length: 256 }, (_, code) =>
  /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)) ? 1 : 0,
)

/** What a header's value may have [RFC 9110, 5.5]. */
export const VALUE = Uint8Array.from({ length: 256 }, (_, code) => (code === 9 || (code >= 32 && code !== 127) ? 1 : 0))

/** More bytes must come. */
export const MORE = -1
/** It is no answer. */
export const BROKEN = -2
