import type { Path } from "./rule.ts"

interface Node {
  readonly line: number
  readonly list: boolean
  readonly children: Map<string | number, Node>
}

/**
 * Line (1 is the first) on which the value of a path begins in a JSON text, or the nearest thing around it that is
 * written: a missing `Resource` is found at its statement. Only of text that is JSON.
 */
export function lineFinder(text: string): (path: Path) => number | undefined {
  const root = treeOf(text)
  return (path) => {
    let node = root
    for (const [depth, part] of path.entries()) {
      // A policy may write its only statement without a list.
      if (depth === 1 && part === 0 && node !== undefined && !node.list) continue
      const child = node?.children.get(part)
      if (child === undefined) break
      node = child
    }
    return node?.line
  }
}

const QUOTE = 34
const BACKSLASH = 92

function treeOf(text: string): Node | undefined {
  const stack: Node[] = []
  let root: Node | undefined
  let line = 1
  let name: string | undefined
  const begin = (list: boolean): Node => {
    const node: Node = { line, list, children: new Map() }
    const parent = stack.at(-1)
    root ??= node
    if (parent?.list === true) parent.children.set(parent.children.size, node)
    else if (name !== undefined && parent?.children.has(name) === false) parent.children.set(name, node)
    name = undefined
    return node
  }
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === "\n") line++
    else if (char === "{" || char === "[") stack.push(begin(char === "["))
    else if (char === "}" || char === "]") stack.pop()
    else if (char === '"') {
      const end = endOfString(text, at)
      if (name === undefined && stack.at(-1)?.list === false) name = JSON.parse(text.slice(at, end + 1)) as string
      else begin(false)
      at = end
    } else if (!" \t\r,:".includes(char)) {
      while (at + 1 < text.length && !" \t\r\n,:]}".includes(text.charAt(at + 1))) at++
      begin(false)
    }
  }
  return root
}

/** Where the string that begins at `start` ends. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at
  }
  return text.length - 1
}
