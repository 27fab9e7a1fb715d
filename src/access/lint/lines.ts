import type { Path } from "./rule.ts"

type Finder = (path: Path) => number | undefined

interface Frame {
  readonly list: boolean
  at: string | number
}

/**
 * Line (1 is the first) on which the value of a path begins in a JSON text, or the nearest thing around it that is
 * written: a missing `Resource` is found at its statement.
 */
export function lineFinder(text: string): Finder {
  const lines = linesOf(text)
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const line = lines.get(keyOf(path.slice(0, length))) ?? lines.get(keyOf(unlisted(path.slice(0, length))))
      if (line !== undefined) return line
    }
    return lines.get(keyOf([]))
  }
}

/** A policy may write its only statement without a list. */
const unlisted = (path: Path): Path =>
  path[0] === "Statement" && path[1] === 0 ? ["Statement", ...path.slice(2)] : path

const keyOf = (path: Path): string => path.join("\u0000")

function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  const stack: Frame[] = []
  let line = 1
  let counted = 0
  let expectsName = false
  const note = (): void => {
    const key = keyOf(stack.map(({ at }) => at))
    if (!lines.has(key)) lines.set(key, line)
  }
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    for (; counted < index; counted++) if (text.charCodeAt(counted) === 10) line++
    const top = stack.at(-1)
    if (token === ":") continue
    if (token === "}" || token === "]") {
      stack.pop()
      expectsName = false
    } else if (token === ",") {
      if (typeof top?.at === "number") top.at++
      expectsName = top?.list === false
    } else if (expectsName && top?.list === false) {
      top.at = nameOf(token)
      note()
      expectsName = false
    } else {
      if (top === undefined || top.list) note()
      if (token === "{" || token === "[") {
        stack.push({ list: token === "[", at: token === "[" ? 0 : "" })
        expectsName = token === "{"
      }
    }
  }
  return lines
}

function nameOf(token: string): string {
  try {
    return String(JSON.parse(token))
  } catch {
    return token
  }
}
