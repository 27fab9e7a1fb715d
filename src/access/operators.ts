/** How the values of one operator are compared. */
export type Comparison =
  | "string"
  | "string-ignore-case"
  | "string-like"
  | "numeric"
  | "date"
  | "bool"
  | "binary"
  | "ip"
  | "arn"
  | "null"

export interface Operator {
  readonly comparison: Comparison
  /** `StringNotEquals`: true when none of the values matches, and when the key is absent. */
  readonly negated: boolean
  readonly relation: "=" | "<" | "<=" | ">" | ">="
  readonly ifExists: boolean
  readonly quantifier?: "ForAllValues" | "ForAnyValue"
}

type Base = Pick<Operator, "comparison" | "negated" | "relation">
const is = (comparison: Comparison, negated = false, relation: Operator["relation"] = "="): Base => ({
  comparison,
  negated,
  relation,
})

/** Every operator that IAM knows. Source: IAM user guide, condition operators. */
const BASES: Readonly<Record<string, Base>> = {
  StringEquals: is("string"),
  StringNotEquals: is("string", true),
  StringEqualsIgnoreCase: is("string-ignore-case"),
  StringNotEqualsIgnoreCase: is("string-ignore-case", true),
  StringLike: is("string-like"),
  StringNotLike: is("string-like", true),
  NumericEquals: is("numeric"),
  NumericNotEquals: is("numeric", true),
  NumericLessThan: is("numeric", false, "<"),
  NumericLessThanEquals: is("numeric", false, "<="),
  NumericGreaterThan: is("numeric", false, ">"),
  NumericGreaterThanEquals: is("numeric", false, ">="),
  DateEquals: is("date"),
  DateNotEquals: is("date", true),
  DateLessThan: is("date", false, "<"),
  DateLessThanEquals: is("date", false, "<="),
  DateGreaterThan: is("date", false, ">"),
  DateGreaterThanEquals: is("date", false, ">="),
  Bool: is("bool"),
  BinaryEquals: is("binary"),
  IpAddress: is("ip"),
  NotIpAddress: is("ip", true),
  ArnEquals: is("arn"),
  ArnLike: is("arn"),
  ArnNotEquals: is("arn", true),
  ArnNotLike: is("arn", true),
  Null: is("null"),
}

export const OPERATOR_NAMES: readonly string[] = Object.keys(BASES)

const BY_LOWER: ReadonlyMap<string, Base> = new Map(
  Object.entries(BASES).map(([name, base]) => [name.toLowerCase(), base]),
)

/** Every policy writes the same few names. */
const read = new Map<string, Operator | undefined>()
const MOST_READ = 512

/** Reads `ForAnyValue:StringLikeIfExists`; undefined = no operator of IAM. Names ignore case, as AWS's do. */
export function readOperator(text: string): Operator | undefined {
  if (read.has(text)) return read.get(text)
  const operator = parseOperator(text)
  if (read.size >= MOST_READ) read.clear()
  read.set(text, operator)
  return operator
}

function parseOperator(text: string): Operator | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/i.exec(text)
  const base = match === null ? undefined : BY_LOWER.get((match[2] ?? "").toLowerCase())
  if (match === null || base === undefined) return undefined
  const ifExists = match[3] !== undefined
  const quantifier = match[1] === undefined ? undefined : /all/i.test(match[1]) ? "ForAllValues" : "ForAnyValue"
  if (base.comparison === "null" && (ifExists || quantifier !== undefined)) return undefined
  return { ...base, ifExists, ...(quantifier === undefined ? {} : { quantifier }) }
}
