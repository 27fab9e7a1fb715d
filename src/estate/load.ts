import { LineCounter, isAlias, isMap, isNode, isScalar, parseDocument, visit, type Document } from "yaml"
import type { z } from "zod"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { nearest } from "../kernel/nearest.ts"
import { draftOf } from "./draft.ts"
import { Estate, FIELD_NAMES } from "./model.ts"
import { crossFieldProblems, type Problem } from "./rules.ts"

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

const MAX_BYTES = 1024 * 1024

/**
 * Reads dr.yaml. Everything that is wrong is reported at once, each with line and column.
 * @throws DrError E_CONFIG (78); `details` is a list of ConfigIssue
 */
export function loadEstate(source: ConfigSource): Estate {
  if (Buffer.byteLength(source.text) > MAX_BYTES)
    throw invalid(source, [{ path: "", line: 1, column: 1, message: `the file is larger than ${MAX_BYTES} bytes` }])
  if (source.text.includes("\0"))
    throw invalid(source, [{ path: "", line: 1, column: 1, message: "not a text file: it holds NUL bytes" }])
  const lines = new LineCounter()
  const document = parseDocument(source.text, {
    schema: "core",
    uniqueKeys: true,
    lineCounter: lines,
    maxAliasCount: 0,
    merge: false,
    stringKeys: true,
  } as object)
  const place = placer(document, lines)

  const syntax = document.errors.map((error) => ({
    ...position(lines, error.pos[0]),
    path: "",
    message: error.message.split("\n")[0] ?? "not YAML",
  }))
  const unsafe = syntax.length > 0 ? [] : refusedNodes(document, lines)
  if (syntax.length + unsafe.length > 0) throw invalid(source, [...syntax, ...unsafe])

  const plain = toPlain(document)
  const read = Estate.safeParse(plain)
  const shape = read.success ? [] : read.error.issues.flatMap(problemsOf)
  const problems = [...shape, ...crossFieldProblems(read.success ? read.data : draftOf(plain, shape))]
  if (problems.length > 0 || !read.success) throw invalid(source, problems.map(place))
  return read.data
}

function toPlain(document: Document.Parsed): unknown {
  return document.toJS({ maxAliasCount: 0 }) ?? {}
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
function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path as Array<string | number>
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownField(key), onName: true }))
  if (issue.code === "invalid_key")
    return [{ path, message: issue.issues.map((inner) => inner.message).join("; ") || issue.message, onName: true }]
  if (issue.code === "invalid_union")
    return [
      {
        path,
        message: "expected one of the forms in the schema; for hotSet: all, { newest: 24h } or { prefixes: [...] }",
      },
    ]
  return [{ path, message: readable(issue.message) }]
}

function readable(message: string): string {
  return message.endsWith("received undefined") ? "required" : message.replace(/^Invalid input: /, "")
}

function unknownField(key: string): string {
  const meant = nearest(key, FIELD_NAMES)
  return `unknown field ${JSON.stringify(key)}${meant === undefined ? "" : `; did you mean ${meant}?`}`
}

function placer(document: Document.Parsed, lines: LineCounter): (problem: Problem) => ConfigIssue {
  return (problem) => ({
    ...position(lines, offsetOf(document, problem)),
    path: problem.path.join("."),
    message: problem.message,
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

function invalid(source: ConfigSource, issues: readonly ConfigIssue[]): DrError {
  const sorted = [...issues].sort((a, b) => a.line - b.line || a.column - b.column)
  const text = sorted.map(
    (issue) =>
      `${display(source.path)}:${issue.line}:${issue.column} ${issue.path === "" ? "" : `${display(issue.path)}: `}${display(issue.message)}`,
  )
  return new DrError({
    code: "E_CONFIG",
    exit: EXIT.config,
    message: `${sorted.length === 1 ? "one problem" : `${sorted.length} problems`} in ${display(source.path)}\n${text.join("\n")}`,
    hints: ["dr config validate", "dr config init writes a commented example"],
    details: sorted,
  })
}
