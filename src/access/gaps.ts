import { tryParseArn } from "./arn.ts"
import type { Decision, Verdict } from "./decision.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import type { Gap } from "./inventory.ts"

/** What could not be read may hold an Allow, a Deny, or either. */
const MAY_ALLOW: ReadonlySet<Gap["what"]> = new Set(["identity", "policy", "grants", "trust"])
const MAY_DENY: ReadonlySet<Gap["what"]> = new Set(["identity", "policy", "trust", "boundary", "scps", "rcps"])

/** The gaps of the inventory that bear on what this principal may do with this resource; tags are unknown facts instead. */
export function gapsFor(compiled: CompiledInventory, principalArn: string, resource: string): readonly Gap[] {
  const { gaps = [] } = compiled.inventory
  if (gaps.length === 0) return gaps
  const principal = compiled.principal(principalArn)
  const caller = principal?.arn ?? principalArn
  const account = principal?.account ?? tryParseArn(principalArn)?.account
  const bucket = compiled.bucketOf(resource)
  const owner = tryParseArn(resource)?.account || bucket?.account
  return gaps.filter(({ subject, what }) => {
    switch (what) {
      case "identity":
      case "boundary":
        return subject === caller
      case "scps":
        return subject === account
      case "rcps":
        return subject === owner
      case "policy":
      case "grants":
      case "trust":
        return subject === resource || (bucket !== undefined && isBucket(subject, bucket.name))
      case "tags":
      case "aliases":
      case "state":
        return false
    }
  })
}

const isBucket = (subject: string, name: string): boolean =>
  subject === name || (tryParseArn(subject)?.service === "s3" && tryParseArn(subject)?.resource === name)

/** Condition keys that nobody can tell, as tags or aliases could not be read. */
export function unknownFacts(compiled: CompiledInventory, principalArn: string, resource: string): readonly string[] {
  const caller = compiled.principal(principalArn)?.arn ?? principalArn
  return (compiled.inventory.gaps ?? []).flatMap(({ subject, what }) => {
    if (subject === resource && what === "tags") return ["aws:ResourceTag/*"]
    if (subject === resource && what === "aliases") return ["kms:ResourceAliases"]
    return subject === caller && what === "tags" ? ["aws:PrincipalTag/*"] : []
  })
}

/** What remains of a verdict beside the gaps: an explicit Deny stands, anything else may turn. */
export function withGaps(decision: Decision, gaps: readonly Gap[]): Verdict {
  const { verdict, layer } = decision
  if (verdict === "allowed") return gaps.some(({ what }) => MAY_DENY.has(what)) ? "depends" : verdict
  if (verdict === "implicit-deny" && layer !== "operation")
    return gaps.some(({ what }) => MAY_ALLOW.has(what)) ? "depends" : verdict
  return verdict
}

export const gapText = ({ subject, what, why }: Gap): string => `${what} of ${subject} could not be read: ${why}`
