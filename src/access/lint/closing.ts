import { tryParseArn } from "../arn.ts"
import type { ConditionTest, Statement } from "../statement.ts"
import { hasWildcard, isOneOf, isPlain, mustBe } from "./statements.ts"

/**
 * Conditions that close a statement for `*`: they name accounts, an organisation or a network, with fixed values.
 * Source: KMS and S3 user guides (what counts as public); the value must not be open to whoever makes one up.
 */
type Fixed = (value: string) => boolean

const account: Fixed = (value) => /^\d{12}$/.test(value)
const arn: Fixed = (value) => {
  const parsed = tryParseArn(value)
  if (parsed === undefined) return false
  return account(parsed.account) || (parsed.account === "" && isPlain(value))
}
const organization: Fixed = (value) => /^o-[a-z0-9]+$/.test(value)
const orgPath: Fixed = (value) => /^o-[a-z0-9]+\//.test(value)
const plain: Fixed = (value) => value !== "" && isPlain(value)

/** Wider than /8 is nearly everybody, and private addresses are everybody's. */
const network: Fixed = (value) => {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}(?:\/(\d{1,2}))?$/.exec(value)
  if (v4 !== null) {
    const [first, second, bits] = [Number(v4[1]), Number(v4[2]), Number(v4[3] ?? 32)]
    const isPrivate =
      first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168)
    return bits >= 8 && !isPrivate
  }
  const v6 = /^[0-9a-f:]+(?:\/(\d{1,3}))?$/i.exec(value)
  return v6 !== null && Number(v6[1] ?? 128) >= 32
}

const CLOSING: ReadonlyMap<string, Fixed> = new Map([
  ["aws:principalaccount", account],
  ["kms:calleraccount", account],
  ["aws:sourceaccount", account],
  ["aws:sourceowner", account],
  ["aws:vpceaccount", account],
  ["aws:principalarn", arn],
  ["aws:sourcearn", arn],
  ["aws:sourcevpcarn", arn],
  ["aws:principalorgid", organization],
  ["aws:sourceorgid", organization],
  ["aws:vpceorgid", organization],
  ["aws:principalorgpaths", orgPath],
  ["aws:sourceorgpaths", orgPath],
  ["aws:vpceorgpaths", orgPath],
  ["aws:sourcevpc", plain],
  ["aws:sourcevpce", plain],
  ["aws:sourceip", network],
  ["aws:userid", plain],
])

export const isClosingKey = (key: string): boolean => CLOSING.has(key.toLowerCase())

/** Tests that close the statement. Empty = nothing does. */
export const closingTests = (statement: Statement): readonly ConditionTest[] =>
  statement.conditions.filter((test) => mustBe(test, statement) && valuesAreFixed(test))

function valuesAreFixed({ key, values }: ConditionTest): boolean {
  const fixed = CLOSING.get(key.toLowerCase())
  return fixed !== undefined && values.length > 0 && values.every((value) => fixed(value))
}

/** Why a condition that looks as if it closed the statement does not; undefined when none looks so. */
export function looseTest(statement: Statement): string | undefined {
  for (const test of statement.conditions) {
    if (!isClosingKey(test.key)) continue
    if (!mustBe(test, statement)) return `${test.operator} on ${test.key} also lets in who has no such value`
    if (!valuesAreFixed(test))
      return `the value ${JSON.stringify(test.values.find((value) => !CLOSING.get(test.key.toLowerCase())?.(value)) ?? "")} of ${test.key} fits strangers too`
  }
  return undefined
}

/** Accounts that a statement's conditions name; undefined = none of them does. */
export function accountsOfConditions(statement: Statement): readonly string[] | undefined {
  const named = statement.conditions.filter(
    (test) =>
      mustBe(test, statement) && isOneOf(test.key, ["aws:principalaccount", "kms:calleraccount", "aws:principalarn"]),
  )
  if (named.length === 0) return undefined
  return [...new Set(named.flatMap(({ values }) => values.flatMap(accountIn)))]
}

const accountIn = (value: string): readonly string[] => {
  if (account(value)) return [value]
  const parsed = tryParseArn(value)?.account
  return parsed === undefined || hasWildcard(parsed) || !account(parsed) ? [] : [parsed]
}
