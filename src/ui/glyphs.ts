import type { Look } from "./look.ts"

export interface Glyphs {
  readonly ok: string
  readonly failed: string
  readonly warning: string
  readonly unknown: string
  readonly running: string
  readonly skipped: string
  /** Between the parts of a line. */
  readonly dot: string
}

const UNICODE: Glyphs = { ok: "✓", failed: "✕", warning: "!", unknown: "?", running: "…", skipped: "-", dot: "·" }
const ASCII: Glyphs = { ok: "ok", failed: "FAILED", warning: "!", unknown: "?", running: "..", skipped: "-", dot: "|" }

/** Marks for a stream; plain ASCII where the locale is not UTF-8. Meaning never depends on colour. */
export function glyphs(look: Pick<Look, "utf8">): Glyphs {
  return look.utf8 ? UNICODE : ASCII
}
