/** A value of one line, as it stands in the file, and what to say behind it. */
export type Written =
  | { readonly value: string; readonly check?: string; readonly note?: string }
  | { readonly fill: string; readonly list?: boolean }

export const fillIn = (why: string): { readonly fill: string } => ({ fill: why })

/** `  name: value   # why`. Text is quoted where YAML would read something else. */
export function field(indent: number, name: string, value: string | Written): string {
  const written: Written = typeof value === "string" ? flow(value) : value
  const start = `${" ".repeat(indent)}${name}: `
  if ("fill" in written)
    return `${start}${written.list === true ? "[FILL-IN]" : "FILL-IN"}   # FILL-IN: ${written.fill}`
  const { check, note } = written
  return `${start}${written.value}${check === undefined ? "" : `   # CHECK: ${check}`}${note === undefined ? "" : `   # ${note}`}`
}

type Plain = string | readonly string[] | { readonly [name: string]: string }

/** On one line. */
export function flow(value: Plain): { readonly value: string } {
  if (typeof value === "string") return { value: scalar(value) }
  if (isList(value)) return { value: `[${value.map(scalar).join(", ")}]` }
  const entries = Object.entries(value).map(([name, text]) => `${scalar(name)}: ${scalar(text)}`)
  return { value: entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }` }
}

const isList = (value: Exclude<Plain, string>): value is readonly string[] => Array.isArray(value)

/** Beginning with a letter and without a sign of YAML's own; what reads as a truth value or nothing is quoted. */
const scalar = (text: string): string =>
  /^[A-Za-z][\w./:@+-]*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text) && !text.endsWith(":")
    ? text
    : JSON.stringify(text)
