/** Wildcard matching without regular expressions: linear, whatever the pattern. */

export type Matcher = (text: string) => boolean

const hasWildcard = (pattern: string): boolean => pattern.includes("*") || pattern.includes("?")

/** `*` any characters, `?` exactly one. */
export function glob(pattern: string): Matcher {
  if (pattern === "*") return () => true
  if (!hasWildcard(pattern)) return (text) => text === pattern
  const head = pattern.slice(0, -1)
  if (pattern.endsWith("*") && !hasWildcard(head)) return (text) => text.startsWith(head)
  return (text) => wildcardMatch(pattern, text)
}

/** Stands for a star that stops at a colon: no ARN holds this character. */
const WITHIN = "\u0000"

/**
 * Matches the `Resource` element. A star at the end of one of the first five segments may run on beyond the colon; one
 * in the midst of a segment may not. An ARN with fewer than six segments is filled up with stars.
 * Source: IAM user guide, Resource element.
 */
export function resourceGlob(pattern: string): Matcher {
  if (pattern === "*" || !pattern.startsWith("arn:")) return glob(pattern)
  const segments = pattern.split(":")
  if (segments.length < 6 && !pattern.endsWith("*")) {
    return glob([...segments, ...Array.from({ length: 6 - segments.length }, () => "*")].join(":"))
  }
  const marked = segments.map((segment, at) => (at >= 5 ? segment : segment.replace(/\*(?!\**$)/g, WITHIN)))
  const text = marked.join(":")
  return text.includes(WITHIN) ? (value) => boundedMatch(text, value) : glob(pattern)
}

/** The Arn operators compare six segments one by one; the sixth holds all further colons. */
export function arnGlob(pattern: string): Matcher {
  if (pattern === "*") return () => true
  const wanted = sixSegments(pattern)
  if (wanted === undefined) return () => false
  const matchers = wanted.map(glob)
  return (text) => {
    const segments = sixSegments(text)
    return segments !== undefined && matchers.every((matches, at) => matches(segments[at] ?? ""))
  }
}

function sixSegments(text: string): string[] | undefined {
  const parts = text.split(":")
  if (parts.length < 6) return undefined
  return [...parts.slice(0, 5), parts.slice(5).join(":")]
}

/** The latest star alone takes what is left over: enough where every star may take anything. */
function wildcardMatch(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    const char = pattern[p]
    if (char === "*") {
      star = p++
      mark = t
    } else if (char !== undefined && (char === "?" || char === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else {
      return false
    }
  }
  while (pattern[p] === "*") p++
  return p === pattern.length
}

/** With two kinds of stars every position that the pattern may be at is kept. */
function boundedMatch(pattern: string, text: string): boolean {
  let at = reach(pattern, new Set([0]))
  for (const char of text) {
    const next = new Set<number>()
    for (const p of at) {
      const wanted = pattern[p]
      if (wanted === "*" || (wanted === WITHIN && char !== ":")) next.add(p)
      else if (wanted === char || wanted === "?") next.add(p + 1)
    }
    if (next.size === 0) return false
    at = reach(pattern, next)
  }
  return at.has(pattern.length)
}

/** Stars may also stand for nothing. */
function reach(pattern: string, positions: Set<number>): Set<number> {
  for (const p of positions) if (pattern[p] === "*" || pattern[p] === WITHIN) positions.add(p + 1)
  return positions
}
