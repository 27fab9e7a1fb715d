/** Remembers the answers to questions about short texts that stand again and again in policies. Bounded. */
export function remembered<T>(answer: (text: string) => T, most = 4096): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    if (known.has(text)) return known.get(text) as T
    if (known.size >= most) known.clear()
    const value = answer(text)
    known.set(text, value)
    return value
  }
}

/** Remembers what was derived from an object for as long as the object lives. */
export function derived<K extends object, T>(derive: (from: K) => T): (from: K) => T {
  const known = new WeakMap<K, { readonly value: T }>()
  return (from) => {
    let found = known.get(from)
    if (found === undefined) {
      found = { value: derive(from) }
      known.set(from, found)
    }
    return found.value
  }
}
