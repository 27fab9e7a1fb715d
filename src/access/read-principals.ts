import type { Report } from "./document.ts"
import { tryParseArn } from "./arn.ts"
import type { PolicyKind, PrincipalEntry } from "./statement.ts"

const TYPES = ["AWS", "Service", "Federated", "CanonicalUser"] as const

/** `"*"` or `{ "AWS": […], "Service": […] }`; undefined = the element is not there. */
export function readPrincipals(
  value: unknown,
  kind: PolicyKind,
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
  if (entries.length === 0) report("bad-principal", "refuse", path, "the element names nobody")
  for (const { type, value: each } of entries)
    if (!isAnyProvider(type, each, kind)) judge(type, each, [...path, type], report)
  return entries
}

/** Source: AWS's data perimeter examples, endpoint policy for STS. A trust policy must name its provider. */
const isAnyProvider = (type: PrincipalEntry["type"], text: string, kind: PolicyKind): boolean =>
  kind === "endpoint" && type === "Federated" && text === "*"

/** AWS refuses to store a principal that it cannot read; one with a wildcard inside means nobody. */
function judge(type: PrincipalEntry["type"], text: string, path: ReadonlyArray<string | number>, report: Report): void {
  const quoted = JSON.stringify(text.slice(0, 256))
  if (type === "AWS" && text !== "*") {
    if (/[*?]/.test(text))
      report("bad-principal", "warn", path, `${quoted} means nobody: a wildcard stands for no part of a name`)
    else if (!isAwsPrincipal(text))
      report("bad-principal", "refuse", path, `${quoted} names no account, role, user or session`)
  }
  if ((type === "Service" || type === "Federated") && (text === "" || /[*?\s]/.test(text)))
    report(
      "bad-principal",
      "refuse",
      path,
      `${quoted} names no ${type === "Service" ? "service" : "identity provider"}`,
    )
}

const ARN_OF = {
  iam: /^(root$|role\/.|user\/.)/,
  sts: /^(assumed-role\/.|federated-user\/.)/,
}

function isAwsPrincipal(text: string): boolean {
  if (/^\d{12}$/.test(text) || /^A(IDA|ROA)[A-Z0-9]{12,}$/.test(text)) return true
  const arn = tryParseArn(text)
  if (arn === undefined || (arn.service !== "iam" && arn.service !== "sts")) return false
  // CloudFront's access identities are users of an account of their own.
  return (/^\d{12}$/.test(arn.account) || arn.account === "cloudfront") && ARN_OF[arn.service].test(arn.resource)
}
