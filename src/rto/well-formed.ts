/**
 * Replaces lone surrogates in every text of an event by U+FFFD: canonical JSON refuses them, and one hostile object name
 * must not cost a run its evidence.
 */
export function wellFormed<T>(value: T): T {
  if (typeof value === "string") return Buffer.from(value, "utf8").toString("utf8") as T
  if (Array.isArray(value)) return value.map((item: unknown) => wellFormed(item)) as T
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [wellFormed(name), wellFormed(member as unknown)]),
  ) as T
}
