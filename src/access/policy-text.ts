import { duplicateKeys } from "./json-keys.ts"
import type { Report } from "./document.ts"
import { unrenderedIn } from "./variables.ts"

/** Eight times the longest policy that people may store (a key policy, 32,768 bytes); AWS's own go up to 153,000. */
const MOST_CHARACTERS = 262_144
/** With the blanks between them. */
const MOST_OF_TEXT = 1_048_576
/** Placeholders that are told one by one. */
const MOST_UNRENDERED = 100
/** A policy is seven levels deep at most. */
const MOST_LEVELS = 16

/** The JSON of a text; undefined when it is none, which is reported. */
export function fromText(text: string, report: Report): unknown {
  if (text.length > MOST_OF_TEXT) {
    report("bad-shape", "refuse", [], `the policy has ${text.length} characters: AWS stores no such policy`)
    return undefined
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    report(
      "not-json",
      "refuse",
      [],
      `not JSON: ${error instanceof Error ? error.message.slice(0, 256) : String(error)}`,
    )
    return undefined
  }
}

/** Names that stand twice. Only of a text that `isReadable`. */
export function findDuplicates(text: string, report: Report): void {
  for (const { path, key } of duplicateKeys(text))
    report("duplicate-key", "refuse", [...path, key], `the name ${JSON.stringify(key.slice(0, 256))} stands twice`)
}

/** Walks every text of the document, names of keys too. False = too large or too deep to be a policy. */
export function isReadable(root: unknown, report: Report): boolean {
  let left = MOST_CHARACTERS
  let unrendered = 0
  const path: Array<string | number> = []
  const judge = (text: string): void => {
    left -= text.length
    if (unrendered >= MOST_UNRENDERED || (!text.includes("${") && !text.includes("{{"))) return
    const found = unrenderedIn(text)
    if (found === undefined) return
    unrendered++
    report("unrendered", "refuse", [...path], `${found.slice(0, 256)} was never rendered: it is no variable of IAM`)
  }
  const walk = (value: unknown): boolean => {
    left -= 1
    if (typeof value === "string") judge(value)
    else if (typeof value === "object" && value !== null) {
      if (path.length >= MOST_LEVELS) return false
      const list = Array.isArray(value)
      for (const [name, each] of Object.entries(value)) {
        if (left < 0) return false
        path.push(list ? Number(name) : name)
        if (!list) judge(name)
        if (!walk(each)) return false
        path.pop()
      }
    }
    return left >= 0
  }
  if (walk(root)) return true
  report("bad-shape", "refuse", [], "the document is larger or deeper than any policy that AWS stores")
  return false
}
