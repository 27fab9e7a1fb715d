import { LineCounter, isAlias, isMap, isNode, isScalar, parseDocument, visit, type Document } from "yaml"
import type { z } from "zod"
import { display } from "../kernel/display.ts"
import { nearest } from "../kernel/nearest.ts"
import type { Problem } from "./rules.ts"

export interface ConfigSource {
  readonly path: string
  readonly text: string
}

/** One line of the error list, ready for an editor to jump to. */
export interface ConfigIssue {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** What a file must be. */
export interface YamlForm<T> {
  readonly schema: z.ZodType<T>
  /** Every field there is, for "did you mean". */
  readonly fieldNames: readonly string[]
  /** For a value that is none of the forms it may have. */
  readonly oneOf: string
  /** What the shape alone cannot say. `read` is undefined when the shape is wrong already. */
  readonly more?: (read: T | undefined, plain: unknown, shape: readonly Problem[]) => readonly Problem[]
}

export type YamlResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] }

const MAX_BYTES = 1024 * 1024

/** Reads a YAML file that people write. Everything that is wrong is told at once, each with line and column, in their order. */
export function readYaml<T>(source: ConfigSource, form: YamlForm<T>): YamlResult<T> {
  if (Buffer.byteLength(source.text) > MAX_BYTES) return refused(`the file is larger than ${MAX_BYTES} bytes`)
  if (source.text.includes("\0")) return refused("not a text file: it holds NUL bytes")
  const lines = new LineCounter()
  const document = parseDocument(source.text, {
    schema: "core",
    uniqueKeys: true,
    lineCounter: lines,
    maxAliasCount: 0,
    merge: false,
    stringKeys: true,
  } as object)

  const syntax = document.errors.map((error) => ({
    ...position(lines, error.pos[0]),
    path: "",
    message: error.message.split("\n")[0] ?? "not YAML",
  }))
  const unsafe = syntax.length > 0 ? [] : refusedNodes(document, lines)
  if (syntax.length + unsafe.length > 0) return failed([...syntax, ...unsafe])

  const plain: unknown = document.toJS({ maxAliasCount: 0 }) ?? {}
  const read = form.schema.safeParse(plain)
  const shape = read.success ? [] : read.error.issues.flatMap((issue) => problemsOf(issue, form))
  const problems = [...shape, ...(form.more?.(read.success ? read.data : undefined, plain, shape) ?? [])]
  if (problems.length > 0 || !read.success) return failed(problems.map(placer(document, lines)))
  return { ok: true, value: read.data }
}

const refused = (message: string): YamlResult<never> => failed([{ path: "", line: 1, column: 1, message }])

const failed = (issues: readonly ConfigIssue[]): YamlResult<never> => ({
  ok: false,
  issues: issues.toSorted((a, b) => a.line - b.line || a.column - b.column),
})

/** `one problem in dr.yaml`, then a line for each as editors jump to it. */
export function issuesText(source: ConfigSource, issues: readonly ConfigIssue[]): string {
  const text = issues.map(
    (issue) =>
      `${display(source.path)}:${issue.line}:${issue.column} ${issue.path === "" ? "" : `${display(issue.path)}: `}${display(issue.message)}`,
  )
  return `${issues.length === 1 ? "one problem" : `${issues.length} problems`} in ${display(source.path)}\n${text.join("\n")}`
}

/** Tags, aliases and merge keys make one text mean two things: none of them has a place here. */
function refusedNodes(document: Document.Parsed, lines: LineCounter): ConfigIssue[] {
  const issues: ConfigIssue[] = []
  const refuse = (offset: number, message: string): void =>
    void issues.push({ ...position(lines, offset), path: "", message })
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0
      if (isAlias(node)) refuse(offset, "aliases are not allowed here")
      else if (node.tag !== undefined) refuse(offset, `tags are not allowed here: ${node.tag}`)
      else if (isScalar(node) && node.value === "<<") refuse(offset, "merge keys are not allowed here")
      else if (isScalar(node) && node.value === "__proto__") refuse(offset, "__proto__ is no name")
    },
  })
  return issues
}

/** A zod issue as problems with a path; an unknown field points to the field itself and guesses what was meant. */
function problemsOf(issue: z.core.$ZodIssue, form: Pick<YamlForm<unknown>, "fieldNames" | "oneOf">): Problem[] {
  const path = issue.path as Array<string | number>
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: unknownField(key, form.fieldNames),
      onName: true,
    }))
  if (issue.code === "invalid_key")
    return [{ path, message: issue.issues.map((inner) => inner.message).join("; ") || issue.message, onName: true }]
  if (issue.code === "invalid_union")
    return [{ path, message: `expected one of the forms in the schema; ${form.oneOf}` }]
  return [{ path, message: readable(issue.message) }]
}

function readable(message: string): string {
  return message.endsWith("received undefined") ? "required" : message.replace(/^Invalid input: /, "")
}

function unknownField(key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  return `unknown field ${JSON.stringify(key)}${meant === undefined ? "" : `; did you mean ${meant}?`}`
}

/** What `dr config init --from-terraform` writes where nobody told it. */
const FILL_IN = "FILL-IN"

function placer(document: Document.Parsed, lines: LineCounter): (problem: Problem) => ConfigIssue {
  return (problem) => ({
    ...position(lines, offsetOf(document, problem)),
    path: problem.path.join("."),
    message: document.getIn(problem.path) === FILL_IN ? `fill it in: ${problem.message}` : problem.message,
  })
}

/** Where the value stands; the name when that is wrong; for a missing one the nearest thing above it. */
function offsetOf(document: Document.Parsed, { path, onName }: Problem): number {
  if (onName) return nameOffset(document, path) ?? offsetOf(document, { path, message: "" })
  for (let depth = path.length; depth >= 0; depth--) {
    const value = document.getIn(path.slice(0, depth), true)
    if (isNode(value) && value.range) return value.range[0]
  }
  return 0
}

function nameOffset(document: Document.Parsed, path: ReadonlyArray<string | number>): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true)
  const pair = isMap(parent)
    ? parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))
    : undefined
  return pair && isNode(pair.key) ? pair.key.range?.[0] : undefined
}

function position(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
