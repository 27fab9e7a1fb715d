import type { Report } from "./document.ts"
import { tryParseArn } from "./arn.ts"
import type { PrincipalEntry } from "./statement.ts"

const TYPES = ["AWS", "Service", "Federated", "CanonicalUser"] as const

/** `"*"` or `{ "AWS": […], "Service": […] }`; undefined = the element is not there. */
export function readPrincipals(
  value: unknown,
  path: ReadonlyArray<string | number>,
  report: Report,
): readonly PrincipalEntry[] | undefined {
  if (value === undefined) return undefined
  if (value === "*") return [{ type: "AWS", value: "*" }]
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report("bad-principal", "refuse", path, `expected "*" or an object such as {"AWS": "…"}`)
    return []
  }
  const entries: PrincipalEntry[] = []
  for (const [name, given] of Object.entries(value)) {
    const type = TYPES.find((each) => each === name)
    if (type === undefined) {
      report("bad-principal", "refuse", [...path, name], `unknown kind of principal ${JSON.stringify(name)}`)
      continue
    }
    for (const each of (Array.isArray(given) ? given : [given]) as unknown[]) {
      if (typeof each !== "string") report("bad-principal", "refuse", [...path, name], "a principal is a string")
      else entries.push({ type, value: each })
    }
  }
  for (const { type, value: each } of entries) {
    if (type === "AWS" && !isAwsPrincipal(each))
      report(
        "bad-principal",
        "warn",
        [...path, type],
        `${JSON.stringify(each)} names no account, role, user or session`,
      )
  }
  return entries
}

const isAwsPrincipal = (text: string): boolean =>
  text === "*" ||
  /^\d{12}$/.test(text) ||
  /^A(IDA|ROA)[A-Z0-9]{12,}$/.test(text) ||
  /^(iam|sts)$/.test(tryParseArn(text)?.service ?? "")
