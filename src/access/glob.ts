import { ANY, COLON, WITHIN, matcherOf, split, tokensOf, type Matcher, type Part, type Tokens } from "./wildcards.ts"

export type { Matcher, Part } from "./wildcards.ts"

/** A pattern as a policy writes it, or in parts, some of which are to be taken literally. */
type Pattern = string | readonly Part[]

/** `*` any characters, `?` exactly one. */
export function glob(pattern: Pattern): Matcher {
  if (typeof pattern === "string") {
    if (pattern === "*") return () => true
    const wild = /[*?]/.exec(pattern)?.index
    if (wild === undefined) return (text) => text === pattern
    if (wild === pattern.length - 1 && pattern.endsWith("*")) {
      const head = pattern.slice(0, -1)
      return (text) => text.startsWith(head)
    }
  }
  return matcherOf(tokensOf(pattern))
}

/**
 * Matches the `Resource` element. A star at the end of one of the first five segments may run on beyond the colon; one
 * in the midst of a segment may not. An ARN with fewer than six segments is filled up with stars.
 * Source: IAM user guide, Resource element.
 */
export function resourceGlob(pattern: Pattern): Matcher {
  if (pattern === "*") return () => true
  const tokens = tokensOf(pattern)
  const segments = split(tokens, COLON, 6)
  if (segments.length < 6 && tokens.at(-1) !== ANY) {
    const missing = Array.from({ length: 6 - segments.length }, () => [ANY])
    return matcherOf(joined([...segments, ...missing]))
  }
  const head = segments.slice(0, 5)
  const stays = head.some((segment) => segment.some((token, at) => token === ANY && at < segment.length - 1))
  if (!stays) return typeof pattern === "string" ? glob(pattern) : matcherOf(tokens)
  const marked = head.map((segment) =>
    segment.map((token, at) => (token === ANY && at < segment.length - 1 ? WITHIN : token)),
  )
  return matcherOf(joined([...marked, ...segments.slice(5)]))
}

/** The Arn operators compare six segments one by one; the sixth holds all further colons. */
export function arnGlob(pattern: Pattern): Matcher {
  if (pattern === "*") return () => true
  const wanted = split(tokensOf(pattern), COLON, 6)
  if (wanted.length < 6) return () => false
  const matchers = wanted.map((segment) => matcherOf(segment))
  return (text) => {
    let from = 0
    for (const [at, matches] of matchers.entries()) {
      const colon = at === 5 ? text.length : text.indexOf(":", from)
      if (colon < 0 || !matches(text.slice(from, colon))) return false
      from = colon + 1
    }
    return true
  }
}

const joined = (segments: readonly Tokens[]): number[] =>
  segments.flatMap((segment, at) => (at === 0 ? segment : [COLON, ...segment]))
