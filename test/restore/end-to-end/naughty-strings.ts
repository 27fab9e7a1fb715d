import { readFileSync } from "node:fs"

const CLASSES = JSON.parse(
  readFileSync(new URL("../../cases/naughty-strings.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly string[]>>

/** By class: reserved words, numbers, symbols, scripts of all directions, blanks, injections, escapes … */
export const NAUGHTY_CLASSES: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(CLASSES))

export const NAUGHTY: readonly string[] = [...NAUGHTY_CLASSES.values()].flat()

/** S3 takes 1 to 1,024 bytes of UTF-8; a key of `.` or `..` segments is legal, too. */
export const LEGAL_KEYS: readonly string[] = NAUGHTY.filter((text) => text !== "" && Buffer.byteLength(text) <= 1024)

/** As a client that knows nothing of encodings puts text into a header: a char for each byte of its UTF-8. */
export const rawBytes = (text: string): string => Buffer.from(text).toString("latin1")

/** What HTTP can carry, and gives back as it was sent. */
export const isHeaderValue = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text) && text.trim() === text

/** Letters, numbers and blanks of any script and `+ - = . _ : / @` [S3 User Guide, object-tagging]. */
export const isTagText = (text: string): boolean => /^(?:[+\-=._:/@]|\p{L}|\p{N}|\p{Z})+$/u.test(text)
