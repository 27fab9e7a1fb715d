export interface Glyphs {
  readonly ok: string
  readonly failed: string
  readonly warning: string
  readonly unknown: string
  readonly running: string
  readonly skipped: string
}

const UNICODE: Glyphs = { ok: "✓", failed: "✕", warning: "!", unknown: "?", running: "…", skipped: "-" }
const ASCII: Glyphs = { ok: "ok", failed: "FAILED", warning: "!", unknown: "?", running: "..", skipped: "-" }

/** Marks for a stream; plain ASCII where the locale is not UTF-8. Meaning never depends on colour. */
export function glyphs(_stream: NodeJS.WriteStream): Glyphs {
  const locale = process.env["LC_ALL"] || process.env["LC_CTYPE"] || process.env["LANG"] || "UTF-8"
  return /utf-?8/i.test(locale) ? UNICODE : ASCII
}
