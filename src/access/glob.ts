/** Wildcard matching without regular expressions, and without a character that would stand for a wildcard. */

export type Matcher = (text: string) => boolean

/** A piece of a pattern. Literal: it came from the request or from `${*}`, so its stars are plain stars. */
export interface Part {
  readonly text: string
  readonly literal: boolean
}

/** UTF-16 code units; wildcards are negative, so that nothing written in a policy can be taken for one of them. */
type Tokens = readonly number[]

const ONE = -1
const ANY = -2
/** A star that stops at a colon. */
const WITHIN = -3
const COLON = 58
const STAR = 42
const QUESTION = 63

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

function tokensOf(pattern: string | readonly Part[]): number[] {
  const tokens: number[] = []
  for (const { text, literal } of typeof pattern === "string" ? [{ text: pattern, literal: false }] : pattern) {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      const token = literal ? code : code === STAR ? ANY : code === QUESTION ? ONE : code
      if (token !== ANY || tokens.at(-1) !== ANY) tokens.push(token)
    }
  }
  return tokens
}

/** Matches the whole text. Linear for patterns of stars and letters, whatever the text. */
function matcherOf(tokens: Tokens): Matcher {
  if (tokens.length === 1 && tokens[0] === ANY) return () => true
  if (tokens.includes(WITHIN)) return bounded(tokens)
  const [first = [], ...more] = split(tokens, ANY)
  const head = chunkOf(first)
  const last = more.pop()
  if (last === undefined) return (text) => text.length === head.length && head.at(text, 0)
  return inOrder(
    head,
    more.filter((each) => each.length > 0).map((each) => chunkOf(each)),
    chunkOf(last),
  )
}

/** What stands between two stars. */
interface Chunk {
  readonly length: number
  at(text: string, from: number): boolean
  find(text: string, from: number): number
}

function chunkOf(tokens: Tokens): Chunk {
  const { length } = tokens
  if (!tokens.includes(ONE)) {
    const wanted = textOf(tokens)
    return {
      length,
      at: (text, from) => text.startsWith(wanted, from),
      find: (text, from) => text.indexOf(wanted, from),
    }
  }
  const at = (text: string, from: number): boolean => {
    for (let p = 0; p < length; p++) if (tokens[p] !== ONE && tokens[p] !== text.charCodeAt(from + p)) return false
    return true
  }
  const find = (text: string, from: number): number => {
    for (let start = from; start + length <= text.length; start++) if (at(text, start)) return start
    return -1
  }
  return { length, at, find }
}

/** The first place where each chunk fits is as good as any other, since every star may take anything. */
function inOrder(head: Chunk, middle: readonly Chunk[], tail: Chunk): Matcher {
  const least = middle.reduce((sum, chunk) => sum + chunk.length, head.length + tail.length)
  return (text) => {
    const end = text.length - tail.length
    if (text.length < least || !head.at(text, 0) || !tail.at(text, end)) return false
    let from = head.length
    for (const chunk of middle) {
      const found = chunk.find(text, from)
      if (found < 0) return false
      from = found + chunk.length
    }
    return from <= end
  }
}

/** With two kinds of stars every position that the pattern may be at is kept. */
function bounded(tokens: Tokens): Matcher {
  const size = tokens.length
  const least = tokens.filter((token) => token !== ANY && token !== WITHIN).length
  const isStar = (at: number): boolean => tokens[at] === ANY || tokens[at] === WITHIN
  return (text) => {
    if (text.length < least) return false
    let now = new Uint8Array(size + 1)
    let next = new Uint8Array(size + 1)
    now[0] = 1
    for (let p = 0; p < size && isStar(p); p++) now[p + 1] = 1
    for (let t = 0; t < text.length; t++) {
      const code = text.charCodeAt(t)
      let alive = false
      next.fill(0)
      for (let p = 0; p < size; p++) {
        if (now[p] === 0) continue
        const token = tokens[p]
        const stays = token === ANY || (token === WITHIN && code !== COLON)
        if (!stays && token !== ONE && token !== code) continue
        alive = true
        // A star may also stand for nothing more.
        let to = stays ? p : p + 1
        next[to] = 1
        for (; to < size && isStar(to); to++) next[to + 1] = 1
      }
      if (!alive) return false
      ;[now, next] = [next, now]
    }
    return now[size] === 1
  }
}

function split(tokens: Tokens, separator: number, most = Number.POSITIVE_INFINITY): number[][] {
  const parts: number[][] = [[]]
  for (const token of tokens) {
    if (token === separator && parts.length < most) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

function textOf(tokens: Tokens): string {
  let text = ""
  for (const token of tokens) text += String.fromCharCode(token)
  return text
}
