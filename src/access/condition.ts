import type { RequestContext } from "./context.ts"
import { both, either, type Tri } from "./decision.ts"
import { arnGlob, glob, type Part } from "./glob.ts"
import { compareNumerals, readIpRange, readMoment, readNumeral, readOperator, type Operator } from "./operators.ts"
import type { ConditionTest } from "./statement.ts"
import { hasVariable, piecesOf, type Piece } from "./variables.ts"

const not = (a: Tri): Tri => (a === undefined ? undefined : !a)

export interface CompiledTest {
  readonly source: ConditionTest
  holds(context: RequestContext): Tri
}

/** Compares one value of the request with one value of the policy. */
type Compare = (actual: string) => Tri
/** A value of the policy: ready, or one that a variable first completes from the request. */
type Expected = Compare | { readonly pieces: readonly Piece[] }

export interface TestOptions {
  /** The policy's version knows variables. */
  readonly variables: boolean
  /** The test holds a mistake, so that whether it holds cannot be told. */
  readonly unreadable: boolean
  /** Keys that this kind of policy never sees. */
  readonly hides: (key: string) => boolean
}

export function compileTest(source: ConditionTest, { variables, unreadable, hides }: TestOptions): CompiledTest {
  const operator = unreadable ? undefined : readOperator(source.operator)
  if (operator === undefined) return { source, holds: () => undefined }
  const key = hides(source.key) ? undefined : source.key.toLowerCase()
  if (operator.comparison === "null") return { source, holds: (context) => isAbsent(context, key, source.values) }
  const expected = source.values.map((value): Expected =>
    variables && hasVariable(value) ? { pieces: seen(piecesOf(value), hides) } : comparison(operator, [written(value)]),
  )
  return { source, holds: (context) => holds(operator, key, expected, context) }
}

/** A variable that names a hidden key has no value. */
export const seen = (pieces: readonly Piece[], hides: (key: string) => boolean): readonly Piece[] =>
  pieces.map((piece) => (typeof piece !== "string" && hides(piece.key) ? { ...piece, key: "" } : piece))

const NONE: readonly string[] = []

function isAbsent(context: RequestContext, key: string | undefined, values: readonly string[]): Tri {
  if (key !== undefined && context.isUnknown(key)) return undefined
  const absent = key === undefined || (context.get(key)?.values.length ?? 0) === 0
  return values.some((value) => (value.toLowerCase() === "true") === absent)
}

function holds(
  operator: Operator,
  key: string | undefined,
  expected: readonly Expected[],
  context: RequestContext,
): Tri {
  if (key !== undefined && context.isUnknown(key)) return undefined
  const { quantifier, ifExists, negated } = operator
  const actual = key === undefined ? NONE : (context.get(key)?.values ?? NONE)
  if (actual.length === 0) return quantifier === "ForAllValues" || ifExists || (negated && quantifier === undefined)
  // Set operators take empty texts for no value at all. Source: IAM user guide, set operators.
  if (quantifier !== undefined && actual.every((value) => value === "")) return quantifier === "ForAllValues"
  // A negated operator without quantifier: none of the request's values may match.
  const all = quantifier === "ForAllValues" || (quantifier === undefined && negated)
  let result: Tri = all
  for (const value of actual) {
    const matches = matchesAny(operator, expected, value, context)
    const accepted = negated ? not(matches) : matches
    result = all ? both(result, accepted) : either(result, accepted)
  }
  return result
}

function matchesAny(operator: Operator, expected: readonly Expected[], actual: string, context: RequestContext): Tri {
  let result: Tri = false
  for (const value of expected) {
    const compare = typeof value === "function" ? value : completed(operator, value.pieces, context)
    if (compare === "unresolved") continue
    result = either(result, compare === "unknown" ? undefined : compare(actual))
    if (result === true) return true
  }
  return result
}

function completed(
  operator: Operator,
  pieces: readonly Piece[],
  context: RequestContext,
): Compare | "unresolved" | "unknown" {
  const parts = resolve(pieces, context)
  return typeof parts === "string" ? parts : comparison(operator, parts)
}

/**
 * Text with each variable replaced; what came from the request is told apart, so that its stars stay plain stars. A key
 * without a value, or with several, is no variable.
 */
export function resolve(pieces: readonly Piece[], context: RequestContext): readonly Part[] | "unresolved" | "unknown" {
  const parts: Part[] = []
  for (const piece of pieces) {
    if (typeof piece === "string") {
      parts.push(written(piece))
      continue
    }
    const values = piece.key === "" ? NONE : (context.get(piece.key)?.values ?? NONE)
    if (piece.key !== "" && context.isUnknown(piece.key)) return "unknown"
    const text = values.length === 1 ? values[0] : values.length === 0 ? piece.fallback : undefined
    if (text === undefined) return "unresolved"
    parts.push({ text, literal: true })
  }
  return parts
}

const written = (text: string): Part => ({ text, literal: false })

function comparison({ comparison: kind, relation }: Operator, parts: readonly Part[]): Compare {
  const text = parts.length === 1 ? (parts[0]?.text ?? "") : parts.map((part) => part.text).join("")
  const pattern = parts.some((part) => part.literal) ? parts : text
  switch (kind) {
    case "string":
    case "binary":
      return (actual) => actual === text
    case "string-ignore-case":
    case "bool": {
      const lower = text.toLowerCase()
      return (actual) => actual.toLowerCase() === lower
    }
    case "string-like":
      return glob(pattern)
    case "arn":
      return arnGlob(pattern)
    case "numeric":
      return ordered(relation, readNumeral(text), readNumeral, compareNumerals)
    case "date":
      return ordered(relation, readMoment(text), readMoment, (a, b) => a - b)
    case "ip": {
      const contains = readIpRange(text)
      return (actual) => (readIpRange(actual) === undefined ? undefined : contains?.(actual))
    }
    case "null":
      return () => undefined
  }
}

function ordered<T>(
  relation: Operator["relation"],
  expected: T | undefined,
  read: (text: string) => T | undefined,
  compare: (a: T, b: T) => number,
): Compare {
  return (actual) => {
    const value = read(actual)
    if (value === undefined || expected === undefined) return undefined
    const order = compare(value, expected)
    if (relation === "=") return order === 0
    if (relation === "<") return order < 0
    if (relation === "<=") return order <= 0
    return relation === ">" ? order > 0 : order >= 0
  }
}
