import { fstatSync, readFileSync } from "node:fs"
import { lookOf } from "../ui/look.ts"

/** Where the build puts the pages, seen from dist/src. */
const FOLDER = new URL("../help/", import.meta.url)
const HELP_FLAGS = ["--help", "-h"]
/** Columns that the pages are rendered for; what oclif takes where stdout is no terminal. */
export const PAGE_WIDTH = 80
/** Stands in a page for the line that names version, platform and Node. */
export const VERSION_MARK = "{{version}}"

/**
 * The page that `--help` would print, as the build rendered it with the same help class; undefined = oclif must render it: an
 * unknown command, more than a plain question, a terminal with colours or of another width, or a run from the sources.
 */
export function helpPage(argv: readonly string[], versionLine: () => string): string | undefined {
  const words = askedFor(argv)
  if (words === undefined || !fits()) return undefined
  const page = read(words)
  return page?.includes(VERSION_MARK) === true ? page.replace(VERSION_MARK, versionLine()) : page
}

/** File name of a page: `drill.run.txt`; the root's is `dr.txt`. */
export function pageName(words: readonly string[]): string {
  return `${words.length === 0 ? "dr" : words.join(".")}.txt`
}

/** `[]`, `help`, `--help` → the root; `help drill run`, `drill run --help` → that command or topic. */
function askedFor(argv: readonly string[]): string[] | undefined {
  const [first, ...rest] = argv
  const words = first === undefined || first === "help" ? rest : argv
  const last = words.at(-1)
  const flagged = words === argv && last !== undefined && HELP_FLAGS.includes(last)
  if (words === argv && !flagged) return undefined
  const asked = flagged ? words.slice(0, -1) : [...words]
  return asked.every((word) => /^[a-z][a-z-]*$/.test(word)) ? asked : undefined
}

function fits(): boolean {
  const terminal = onTerminal()
  const { colour } = lookOf({ isTTY: terminal, write: () => {} }, process.env)
  return !colour && !process.env["OCLIF_COLUMNS"] && (!terminal || process.stdout.columns === PAGE_WIDTH)
}

/** Without Node's stream where stdout is a pipe or a file: making one costs more than everything else here. */
function onTerminal(): boolean {
  try {
    return fstatSync(1).isCharacterDevice() && process.stdout.isTTY
  } catch {
    return false // closed: writing will tell
  }
}

function read(words: readonly string[]): string | undefined {
  try {
    return readFileSync(new URL(pageName(words), FOLDER), "utf8")
  } catch {
    return undefined
  }
}
