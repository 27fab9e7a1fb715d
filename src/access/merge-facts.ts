import type { Facts, FactValue } from "./context.ts"

/** One set of facts; of a key that several give, in whatever case, the last one counts. */
export function mergeFacts(...sets: readonly Facts[]): Facts {
  const [first, ...others] = sets.filter((facts) => Object.keys(facts).length > 0)
  if (others.length === 0) return first ?? {}
  const merged = new Map<string, readonly [string, FactValue]>()
  for (const facts of sets)
    for (const [name, value] of Object.entries(facts)) merged.set(name.toLowerCase(), [name, value])
  return Object.fromEntries(merged.values())
}
