interface DuplicateKey {
  readonly path: ReadonlyArray<string | number>
  readonly key: string
}

interface Frame {
  /** Undefined in an array. */
  readonly keys: Set<string> | undefined
  /** Name or index of the value that is being read. */
  at: string | number
}

/** Names that stand twice in one object of a JSON text, which `JSON.parse` has accepted: it keeps the last one in silence. */
export function duplicateKeys(json: string): DuplicateKey[] {
  const found: DuplicateKey[] = []
  const stack: Frame[] = []
  let expectsName = false
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    const top = stack.at(-1)
    if (token === "{" || token === "[") {
      stack.push({ keys: token === "{" ? new Set() : undefined, at: token === "{" ? "" : 0 })
      expectsName = token === "{"
    } else if (token === "}" || token === "]") {
      stack.pop()
      expectsName = false
    } else if (token === ",") {
      if (typeof top?.at === "number") top.at++
      expectsName = top?.keys !== undefined
    } else if (token.startsWith('"') && expectsName && top?.keys !== undefined) {
      const key = JSON.parse(token) as string
      if (top.keys.has(key)) found.push({ path: stack.slice(0, -1).map((frame) => frame.at), key })
      top.keys.add(key)
      top.at = key
      expectsName = false
    }
  }
  return found
}
