/**
 * Is a bucket policy public, as Block Public Access means it? Public is an Allow for everybody that no condition with
 * fixed values narrows down. Source: S3 User Guide, "The meaning of public".
 */
export function isPublicPolicy(policy: Readonly<Record<string, unknown>>): boolean {
  return listOf(policy["Statement"]).some((statement) => isRecord(statement) && isPublicStatement(statement))
}

function isPublicStatement(statement: Readonly<Record<string, unknown>>): boolean {
  if (statement["Effect"] !== "Allow") return false
  // An Allow for all but some is for the whole world.
  if (!("NotPrincipal" in statement) && !namesEverybody(statement["Principal"])) return false
  const condition = statement["Condition"]
  return !isRecord(condition) || !Object.entries(condition).some(([operator, block]) => narrows(operator, block))
}

function namesEverybody(principal: unknown): boolean {
  if (typeof principal === "string") return principal === "*"
  return isRecord(principal) && listOf(principal["AWS"]).includes("*")
}

/** Keys whose fixed values make a policy not public. */
const NARROWING: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceip",
  "aws:sourceorgid",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "aws:vpcsourceip",
  "s3:dataaccesspointaccount",
  "s3:dataaccesspointarn",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
])

/** `IfExists` and negated operators leave the door open for requests without the key. */
const EXACT = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i

function narrows(operator: string, block: unknown): boolean {
  if (!EXACT.test(operator) || !isRecord(block)) return false
  return Object.entries(block).some(([key, values]) => {
    const name = key.toLowerCase()
    return NARROWING.has(name) && listOf(values).every((value) => isFixed(name, String(value)))
  })
}

/** No wildcard in the place that identifies, no variable, no range of addresses as wide as the Internet. */
function isFixed(key: string, value: string): boolean {
  if (value.includes("${")) return false
  if (key === "aws:sourceip" || key === "aws:vpcsourceip") return !isWide(value)
  if (key === "aws:userid") return !value.startsWith("*") && value !== ""
  if (key === "aws:sourcearn" || key === "aws:principalarn" || key === "s3:dataaccesspointarn") {
    const account = value.split(":")[4]
    // ARNs of buckets name no account: there the whole text must be fixed.
    return !/[*?]/.test(account === undefined || account === "" ? value : account)
  }
  return !/[*?]/.test(value)
}

/** AWS takes IPv4 ranges wider than /8 and IPv6 ranges wider than /32 for public. */
function isWide(range: string): boolean {
  const [address, bits] = range.split("/")
  if (bits === undefined) return false
  return Number(bits) < (address?.includes(":") === true ? 32 : 8)
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
