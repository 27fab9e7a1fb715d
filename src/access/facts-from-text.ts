import { conditionKeyStatus } from "./catalog/index.ts"
import type { Facts } from "./context.ts"
import { PolicyError } from "./policy-error.ts"

/**
 * `key=value` texts as facts. A key may be repeated; a key that AWS sends with several values may also have them
 * separated by commas. `key=` says that the key is not in the request.
 * @throws PolicyError for a text without `=`, a misspelt key, and two values of a key that has one
 */
export function factsFromText(texts: readonly string[]): Facts {
  const facts = new Map<string, { name: string; holds: Holds; values: string[] }>()
  for (const text of texts) {
    const at = text.indexOf("=")
    if (at <= 0) throw new PolicyError(`${JSON.stringify(text)}: expected key=value`)
    const [name, value] = [text.slice(0, at), text.slice(at + 1)]
    const holds = holdsOf(name)
    const values = value === "" ? [] : holds === "many" ? value.split(",").map((each) => each.trim()) : [value]
    const known = facts.get(name.toLowerCase())
    if (known !== undefined && holds === "one") throw new PolicyError(`${name} has one value, and two were given`)
    facts.set(name.toLowerCase(), { name, holds, values: [...(known?.values ?? []), ...values] })
  }
  return Object.fromEntries(
    [...facts.values()].map(({ name, holds, values: [first, ...more] }) => [
      name,
      first === undefined ? [] : holds === "many" || more.length > 0 ? [first, ...more] : first,
    ]),
  )
}

/** How many values AWS sends for a key; nobody knows of services without a catalogue. */
type Holds = "one" | "many" | "unknown"

/** @throws PolicyError for a key that does not exist */
function holdsOf(name: string): Holds {
  const status = conditionKeyStatus(name)
  if (status.kind === "unknown")
    throw new PolicyError(
      `unknown condition key ${name}`,
      status.suggestion === undefined ? [] : [`did you mean ${status.suggestion}?`],
    )
  if (status.kind === "other-service") return "unknown"
  return status.multi ? "many" : "one"
}

/** Names of keys, or prefixes that end in `*`, whose values nobody can tell. @throws PolicyError for a misspelt one */
export function unknownFromText(names: readonly string[]): readonly string[] {
  for (const name of names) if (!name.endsWith("*")) holdsOf(name)
  return names
}
