const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/**
 * Canonical JSON as in RFC 8785: keys sorted by UTF-16 units, no blanks, numbers as ECMAScript prints them. What is
 * hashed is this text, so two writers of the same value get the same digest. Undefined members are left out;
 * a value that JSON cannot carry (NaN, a function, a lone surrogate, a bigint) is a bug and throws.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value)
  if (typeof value === "string") return canonicalString(value)
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no ${value}`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`
  if (typeof value === "object") return canonicalObject(value as Record<string, unknown>)
  throw new TypeError(`canonical JSON has no ${typeof value}`)
}

function canonicalString(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError("canonical JSON has no lone surrogate")
  return JSON.stringify(text)
}

function canonicalObject(object: Record<string, unknown>): string {
  const members = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort()
    .map((key) => `${canonicalString(key)}:${canonicalJson(object[key])}`)
  return `{${members.join(",")}}`
}
