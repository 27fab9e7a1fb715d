const HOSTILE =
  // C0, DEL, C1, bidi controls and isolates, swapping and shaping (deprecated), zero-width, line and paragraph separators, BOM, tags, lone surrogates
  // oxlint-disable-next-line no-control-regex -- these are exactly the characters to neutralise
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu

/**
 * One line of JSON, equal to what JSON.stringify writes when parsed. Characters that turn the reading direction or that an
 * 8-bit terminal takes for commands are escapes, because people look at JSON in terminals too.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(HOSTILE, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  )
}

/**
 * Makes untrusted text (S3 keys, tags, error bodies, names from files) safe for a terminal: what could move the
 * cursor, set a title or turn the reading direction is shown as `\u{…}`. Backslashes stay: the result is for eyes.
 */
export function display(text: string, maxLength = 512): string {
  const shown = text.replace(HOSTILE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
  return shown.length <= maxLength ? shown : `${shown.slice(0, maxLength)}… (${text.length} characters)`
}
