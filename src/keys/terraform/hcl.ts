/** The part of HCL that an export needs, laid out as `terraform fmt` does. Source: HCL native syntax specification. */

type HclValue = string | number | boolean | readonly HclValue[] | HclMap | Expression

interface HclMap {
  readonly [name: string]: HclValue
}

/** Stands as it is written: a reference, a call. */
export class Expression {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** In their order: an attribute, a block, a comment, or "" for an empty line. */
export type HclItem = readonly [name: string, value: HclValue] | HclBlock | string

export interface HclBlock {
  readonly type: string
  readonly labels?: readonly string[]
  readonly body: readonly HclItem[]
}

export const expression = (text: string): Expression => new Expression(text)

/** Text over several lines without escapes of its own: JSON stays as it is to read, except for what HCL would evaluate. */
export function heredoc(text: string): Expression {
  const lines = text.split("\n")
  let end = "EOT"
  while (lines.some((line) => line.trim() === end)) end += "_"
  return new Expression([`<<-${end}`, ...lines.map((line) => `${INDENT}${literal(line)}`), end].join("\n"))
}

export function hclText(items: readonly HclItem[]): string {
  return `${linesOf(items).join("\n")}\n`
}

const INDENT = "  "

function linesOf(items: readonly HclItem[]): string[] {
  const lines: string[] = []
  for (let at = 0; at < items.length; at++) {
    const item = items[at] as HclItem
    if (typeof item === "string") lines.push(item === "" ? "" : `# ${item}`)
    else if (!isAttribute(item)) lines.push(...blockLines(item))
    else {
      const group = alignedWith(items, at)
      lines.push(...attributeLines(group))
      at += group.length - 1
    }
  }
  return lines
}

const isAttribute = (item: HclItem): item is readonly [string, HclValue] => Array.isArray(item)

type Written = readonly [name: string, value: readonly string[]]

/** Neighbours of one line each share the column of their `=`; whatever takes more lines stands alone. */
function alignedWith(items: readonly HclItem[], from: number): Written[] {
  const group: Written[] = []
  for (const item of items.slice(from)) {
    if (typeof item === "string" || !isAttribute(item)) break
    const value = valueLines(item[1])
    if (value.length > 1 && group.length > 0) break
    group.push([item[0], value])
    if (value.length > 1) break
  }
  return group
}

function attributeLines(group: readonly Written[]): string[] {
  const width = Math.max(...group.map(([name]) => name.length))
  return group.flatMap(([name, [first = "", ...rest]]) => [`${name.padEnd(width)} = ${first}`, ...rest])
}

function blockLines({ type, labels = [], body }: HclBlock): string[] {
  const head = [type, ...labels.map(quoted)].join(" ")
  return body.length === 0 ? [`${head} {}`] : [`${head} {`, ...indented(linesOf(body)), "}"]
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => (line === "" ? "" : `${INDENT}${line}`))

const LINE = 110

function valueLines(value: HclValue): string[] {
  if (value instanceof Expression) return value.text.split("\n")
  if (typeof value === "string") return [quoted(value)]
  if (typeof value !== "object") return [String(value)]
  if (isList(value)) {
    const each = value.map(valueLines)
    const short = `[${each.map((lines) => lines.join("")).join(", ")}]`
    if (each.every((lines) => lines.length === 1) && short.length <= LINE) return [short]
    return ["[", ...indented(each.flatMap((lines) => [...lines.slice(0, -1), `${lines.at(-1)},`])), "]"]
  }
  const entries = Object.entries(value).map(([name, each]) => [quoted(name), each] as const)
  return entries.length === 0 ? ["{}"] : ["{", ...indented(linesOf(entries)), "}"]
}

const isList = (value: HclMap | readonly HclValue[]): value is readonly HclValue[] => Array.isArray(value)

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" }

/** Characters that turn the reading direction are escapes too: people review this text. */
// oxlint-disable-next-line no-control-regex -- these are exactly the characters to escape
const ESCAPED = /["\\\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

export const quoted = (text: string): string =>
  `"${literal(text.replace(LONE_SURROGATE, "\ufffd")).replace(
    ESCAPED,
    (found) => ESCAPES[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )}"`

/** `${` and `%{` would be evaluated: a policy's `${aws:PrincipalTag/team}` must reach AWS as it is. */
const literal = (text: string): string => text.replace(/([$%])(?=\{)/g, "$1$1")
