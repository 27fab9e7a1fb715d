import { stripVTControlCharacters } from "node:util"

/** East Asian wide and fullwidth blocks, and the emoji planes: two columns each. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const NO_WIDTH = /\p{Mark}/u

/** Columns that the text takes on a terminal; colour codes take none. */
export function textWidth(text: string): number {
  let width = 0
  for (const char of stripVTControlCharacters(text)) width += NO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return width
}

/** Blanks up to `width` columns; longer text stays as it is. */
export function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)))
}

/** Cut to `width` columns, so that a status line never wraps. For text without colour codes. */
export function cutTo(text: string, width: number): string {
  let shown = ""
  let used = 0
  for (const char of text) {
    used += textWidth(char)
    if (used > width) return shown
    shown += char
  }
  return shown
}
