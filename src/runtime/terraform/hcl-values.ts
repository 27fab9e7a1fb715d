/** What an expression comes to, without anything outside the folder. */
export type Evaluated = { readonly value: unknown } | { readonly why: string; readonly references: readonly string[] }

/** What an expression may name. Undefined = it is not known here. */
export interface Scope {
  readonly named: (reference: string, depth: number) => Promise<Evaluated | undefined>
  /** Text of a file below the folder. */
  readonly file: (path: string) => Promise<string | undefined>
  /** An HCL expression as JSON in which expressions are text again. */
  readonly parse: (expression: string) => Promise<unknown>
}

/** Values may name values that name values; a loop ends here. */
const DEPTH = 12

/** A value of hcl2json: literals are JSON, expressions are text with `${…}`. */
export async function evaluate(value: unknown, scope: Scope, depth = 0): Promise<Evaluated> {
  if (depth > DEPTH) return { why: "it names itself", references: [] }
  if (typeof value === "string") return evaluateText(value, scope, depth)
  if (typeof value !== "object" || value === null) return { value }
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  const each = await Promise.all(
    entries.map(async ([name, inner]) => [name, await evaluate(inner, scope, depth + 1)] as const),
  )
  const unknown = each.flatMap(([, found]) => ("why" in found ? [found] : []))
  if (unknown[0] !== undefined)
    return { why: unknown[0].why, references: unknown.flatMap(({ references }) => references) }
  const known = each.map(([name, found]) => [String(name), "value" in found ? found.value : undefined] as const)
  return { value: Array.isArray(value) ? known.map(([, inner]) => inner) : Object.fromEntries(known) }
}

async function evaluateText(text: string, scope: Scope, depth: number): Promise<Evaluated> {
  const parts = templateOf(text)
  const [only] = parts
  if (parts.length === 1 && only !== undefined && "expression" in only)
    return evaluateExpression(only.expression, scope, depth)
  const values = await Promise.all(
    parts.map((part) =>
      "literal" in part ? Promise.resolve({ value: part.literal }) : evaluateExpression(part.expression, scope, depth),
    ),
  )
  const unknown = values.flatMap((found) => ("why" in found ? [found] : []))
  if (unknown[0] !== undefined)
    return { why: unknown[0].why, references: unknown.flatMap(({ references }) => references) }
  return { value: values.map((found) => String("value" in found ? found.value : "")).join("") }
}

async function evaluateExpression(expression: string, scope: Scope, depth: number): Promise<Evaluated> {
  const references = referencesIn(expression)
  const reference = /^(?:var|local)\.[\w-]+$/.exec(expression)?.[0]
  const named = reference === undefined ? undefined : await scope.named(reference, depth + 1)
  if (named !== undefined) return named
  const path = /^file\(\s*"\$\{path\.(?:module|root)\}\/([^"\\$]+)"\s*\)$/.exec(expression)?.[1]
  const text = path === undefined ? undefined : await scope.file(path)
  if (text !== undefined) return { value: text }
  const encoded = /^jsonencode\(([\s\S]*)\)$/.exec(expression)?.[1]
  if (encoded !== undefined) {
    const inner = await evaluate(await scope.parse(encoded), scope, depth + 1)
    return "why" in inner ? inner : { value: JSON.stringify(inner.value) }
  }
  return { why: `it is \${${expression.length > 60 ? `${expression.slice(0, 60)}…` : expression}}`, references }
}

/** `aws_kms_key.main.arn`, `var.x`, `module.y.z`, `data.…`, as a plan's JSON lists them. */
export const referencesIn = (expression: string): string[] => [
  ...new Set(expression.match(/\b(?:aws_\w+|var|local|module|data)\.[\w-]+(?:\[[^\]]*\])?(?:\.[\w-]+)*/g)),
]

type Part = { readonly literal: string } | { readonly expression: string }

/** `a-${b}` in its parts. `$${` stands for itself. */
function templateOf(text: string): Part[] {
  const parts: Part[] = []
  let literal = ""
  for (let at = 0; at < text.length;) {
    if (/^(?:\$\$|%%)\{/.test(text.slice(at, at + 3))) {
      literal += text.slice(at + 1, at + 3)
      at += 3
    } else if (/^[$%]\{/.test(text.slice(at, at + 2))) {
      const end = closing(text, at + 2)
      if (literal !== "") parts.push({ literal })
      literal = ""
      parts.push({ expression: text.slice(at + 2, end).trim() })
      at = end + 1
    } else literal += text[at++]
  }
  if (literal !== "" || parts.length === 0) parts.push({ literal })
  return parts
}

/** Where the brace closes that opened before `from`, past braces inside and those in quotes. */
function closing(text: string, from: number): number {
  let [depth, quoted] = [1, false]
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (char === "\\") at++
    else if (char === '"') quoted = !quoted
    else if (!quoted && char === "{") depth++
    else if (!quoted && char === "}" && --depth === 0) return at
  }
  return text.length
}
