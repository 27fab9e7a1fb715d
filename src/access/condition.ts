import { readIpRange, readMoment } from "./condition-values.ts"
import type { RequestContext } from "./context.ts"
import { arnGlob, glob, type Matcher } from "./glob.ts"
import { readOperator, type Operator } from "./operators.ts"
import type { ConditionTest } from "./statement.ts"
import { hasVariable, piecesOf, type Piece } from "./variables.ts"

/** Undefined = nobody can tell. */
export type Tri = boolean | undefined

export const both = (a: Tri, b: Tri): Tri =>
  a === false || b === false ? false : a === undefined || b === undefined ? undefined : true
export const either = (a: Tri, b: Tri): Tri =>
  a === true || b === true ? true : a === undefined || b === undefined ? undefined : false
const not = (a: Tri): Tri => (a === undefined ? undefined : !a)

export interface CompiledTest {
  readonly source: ConditionTest
  holds(context: RequestContext): Tri
}

/** Compares one value of the request with one value of the policy. */
type Compare = (actual: string) => Tri
/** A value of the policy, which a variable may first complete from the request. */
type Expected = (context: RequestContext) => Compare | "unresolved" | "unknown"

/** `unreadable`: the test holds a mistake, so that whether it holds cannot be told. */
export function compileTest(source: ConditionTest, variables: boolean, unreadable: boolean): CompiledTest {
  const operator = unreadable ? undefined : readOperator(source.operator)
  if (operator === undefined) return { source, holds: () => undefined }
  const key = source.key.toLowerCase()
  if (operator.comparison === "null") return { source, holds: (context) => isAbsent(context, key, source.values) }
  const expected = source.values.map((value) => expectedValue(operator, value, variables))
  return { source, holds: (context) => holds(operator, key, expected, context) }
}

function isAbsent(context: RequestContext, key: string, values: readonly string[]): Tri {
  if (context.isUnknown(key)) return undefined
  const absent = (context.get(key)?.values.length ?? 0) === 0
  return values.some((value) => (value.toLowerCase() === "true") === absent)
}

function holds(operator: Operator, key: string, expected: readonly Expected[], context: RequestContext): Tri {
  if (context.isUnknown(key)) return undefined
  const { quantifier, ifExists, negated } = operator
  const actual = context.get(key)?.values ?? []
  const nothing = actual.length === 0 || (quantifier === "ForAllValues" && actual.every((value) => value === ""))
  if (nothing) return quantifier === "ForAllValues" || ifExists || (negated && quantifier === undefined)
  const accepts = (value: string): Tri =>
    negated ? not(matchesAny(expected, value, context)) : matchesAny(expected, value, context)
  // A negated operator without quantifier: none of the request's values may match.
  const all = quantifier === "ForAllValues" || (quantifier === undefined && negated)
  let result: Tri = all
  for (const value of actual) result = all ? both(result, accepts(value)) : either(result, accepts(value))
  return result
}

function matchesAny(expected: readonly Expected[], actual: string, context: RequestContext): Tri {
  let result: Tri = false
  for (const value of expected) {
    const compare = value(context)
    if (compare === "unresolved") continue
    result = either(result, compare === "unknown" ? undefined : compare(actual))
    if (result === true) return true
  }
  return result
}

function expectedValue(operator: Operator, value: string, variables: boolean): Expected {
  if (!variables || !hasVariable(value)) {
    const compare = comparison(operator, [value])
    return () => compare
  }
  const pieces = piecesOf(value)
  return (context) => {
    const resolved = resolve(pieces, context)
    return typeof resolved === "string" ? resolved : comparison(operator, resolved)
  }
}

/** Text with each variable replaced; what came from the request is told apart, so that its stars stay plain stars. */
export function resolve(
  pieces: readonly Piece[],
  context: RequestContext,
): readonly string[] | "unresolved" | "unknown" {
  const texts: string[] = []
  for (const piece of pieces) {
    if (typeof piece === "string") {
      texts.push(piece)
      continue
    }
    const value = piece.key === "" ? undefined : context.get(piece.key)?.values[0]
    if (value === undefined && piece.key !== "" && context.isUnknown(piece.key)) return "unknown"
    const text = value ?? piece.fallback
    if (text === undefined) return "unresolved"
    texts.push(literal(text))
  }
  return texts
}

/** A character that no policy holds stands for a star or question mark that is meant literally. */
const STAR = "\u0001"
const QUESTION = "\u0002"
const literal = (text: string): string => text.replaceAll("*", STAR).replaceAll("?", QUESTION)
const plain = (text: string): string => text.replaceAll(STAR, "*").replaceAll(QUESTION, "?")

/** Matches as the given pattern does, with literal stars in it. */
export function literally(pattern: string, matcher: (pattern: string) => Matcher): Matcher {
  if (!pattern.includes(STAR) && !pattern.includes(QUESTION)) return matcher(pattern)
  const matches = matcher(pattern)
  return (text) => matches(literal(text))
}

function comparison({ comparison: kind, relation }: Operator, parts: readonly string[]): Compare {
  const pattern = parts.join("")
  const text = plain(pattern)
  switch (kind) {
    case "string":
    case "binary":
      return (actual) => actual === text
    case "string-ignore-case":
      return (actual) => actual.toLowerCase() === text.toLowerCase()
    case "string-like":
      return literally(pattern, glob)
    case "arn":
      return literally(pattern, arnGlob)
    case "bool":
      return (actual) => actual.toLowerCase() === text.toLowerCase()
    case "numeric":
      return ordered(relation, Number(text), (actual) => (actual.trim() === "" ? undefined : finite(Number(actual))))
    case "date":
      return ordered(relation, readMoment(text), readMoment)
    case "ip": {
      const contains = readIpRange(text)
      return (actual) => (readIpRange(actual) === undefined ? undefined : contains?.(actual))
    }
    case "null":
      return () => undefined
  }
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined)

function ordered(
  relation: Operator["relation"],
  expected: number | undefined,
  read: (text: string) => number | undefined,
): Compare {
  return (actual) => {
    const value = read(actual)
    if (value === undefined || expected === undefined || Number.isNaN(expected)) return undefined
    if (relation === "=") return value === expected
    if (relation === "<") return value < expected
    if (relation === "<=") return value <= expected
    return relation === ">" ? value > expected : value >= expected
  }
}
