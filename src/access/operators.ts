/** The operators of conditions, and the numbers, dates and addresses that they compare. */

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

interface Numeral {
  readonly text: string
  readonly value: number
}

const NUMERAL = /^([+-]?)(\d{1,512})(?:\.(\d{1,512}))?(?:[eE]([+-]?\d{1,3}))?$/

/** Undefined = no number. */
export function readNumeral(text: string): Numeral | undefined {
  return NUMERAL.test(text) ? { text, value: Number(text) } : undefined
}

/** Less than, equal to or greater than zero, exactly: two long numbers may share one floating-point value. */
export function compareNumerals(a: Numeral, b: Numeral): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1
  // Fifteen digits fit into a double.
  if (a.text.length <= 15 && b.text.length <= 15) return 0
  const left = scaled(a.text)
  const right = scaled(b.text)
  const shift = Math.min(left.exponent, right.exponent)
  const difference =
    left.digits * 10n ** BigInt(left.exponent - shift) - right.digits * 10n ** BigInt(right.exponent - shift)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function scaled(text: string): { digits: bigint; exponent: number } {
  const [, sign = "", whole = "0", part = "", exponent = "0"] = NUMERAL.exec(text) ?? []
  const digits = BigInt(whole + part)
  return { digits: sign === "-" ? -digits : digits, exponent: Number(exponent) - part.length }
}

const MOMENT =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(?:[Zz]|([+-])(\d{2}):?(\d{2}))?)?)?)?$/

/** Epoch milliseconds of an ISO 8601 date or of epoch seconds; undefined = neither, or no day of the calendar. */
export function readMoment(text: string): number | undefined {
  const match = MOMENT.exec(text)
  if (match === null) return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) * 1000 : undefined
  const [, year = "", month = "01", day = "01", hour = "00", minute = "00", second = "00", part = "0"] = match
  const [, , , , , , , , sign, zoneHour = "0", zoneMinute = "0"] = match
  const at = new Date(0)
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (at.getUTCMonth() !== Number(month) - 1 || at.getUTCDate() !== Number(day)) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === "-" ? -1 : 1)
  return at.getTime() + ((Number(hour) * 60 + Number(minute) - zone) * 60 + Number(second) + Number(part)) * 1000
}

/** Tells whether an address lies in a CIDR range or equals an address; undefined = the text is neither. */
export function readIpRange(text: string): ((address: string) => boolean) | undefined {
  const slash = text.indexOf("/")
  const base = readAddress(slash < 0 ? text : text.slice(0, slash))
  const length = slash < 0 ? undefined : text.slice(slash + 1)
  if (base === undefined || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined
  const bits = length === undefined ? base.length * 16 : Number(length)
  if (bits > base.length * 16) return undefined
  return (address) => {
    const given = readAddress(address)
    return given !== undefined && given.length === base.length && sameStart(given, base, bits)
  }
}

function sameStart(a: readonly number[], b: readonly number[], bits: number): boolean {
  for (const [at, group] of a.entries()) {
    const left = bits - at * 16
    if (left <= 0) return true
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff
    if (((group ^ (b[at] ?? 0)) & mask) !== 0) return false
  }
  return true
}

/** Two groups of 16 bits for IPv4, also where it is written as `::ffff:203.0.113.1`; eight for IPv6. */
function readAddress(text: string): readonly number[] | undefined {
  if (!text.includes(":")) return readV4(text)
  const dot = text.includes(".") ? text.lastIndexOf(":") : -1
  const tail = dot < 0 ? [] : readV4(text.slice(dot + 1))
  if (tail === undefined) return undefined
  const halves = (dot < 0 ? text : text.slice(0, text[dot - 1] === ":" ? dot + 1 : dot)).split("::")
  const [left, right] = halves.map((half) => (half === "" ? [] : half.split(":").map(readGroup)))
  if (left === undefined || halves.length > 2 || [...left, ...(right ?? [])].includes(-1)) return undefined
  const known = left.length + (right?.length ?? 0) + tail.length
  if (right === undefined ? known !== 8 : known > 7) return undefined
  const groups = [...left, ...Array.from({ length: 8 - known }, () => 0), ...(right ?? []), ...tail]
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return mapped ? groups.slice(6) : groups
}

const readGroup = (text: string): number => (/^[0-9a-fA-F]{1,4}$/.test(text) ? Number.parseInt(text, 16) : -1)

function readV4(text: string): readonly number[] | undefined {
  const parts = text.split(".")
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number)
  return [a * 256 + b, c * 256 + d]
}
