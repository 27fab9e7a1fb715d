import { EXIT } from "../../kernel/exit-codes.ts"
import type { BucketFacts } from "../bucket-facts.ts"
import type { LookedKey } from "./plan-ports.ts"
import type { Looked, Problem } from "./preflight.ts"
import type { Way } from "./way.ts"

export interface Judged {
  readonly problems: readonly Problem[]
  readonly warnings: readonly string[]
}

/** What was looked at, judged: what makes the restore impossible, and what a person should know. `writer`: the account that acts. */
export function judgeWay(way: Way, looked: Looked, writer: string): Judged {
  return {
    problems: [
      ...looked.problems,
      ...keyProblems(way, looked),
      ...versionProblems(way, looked),
      ...ownershipProblems(way, looked.destination, writer),
    ].map((problem) => ({ ...problem, message: `${way.name}: ${problem.message}` })),
    warnings: [
      ...looked.warnings,
      ...[
        ...unreadWarnings(way, looked),
        ...versionWarnings(way, looked),
        ...lockWarnings(way, looked),
        ...ownershipWarnings(way, looked.destination, writer),
      ].map((warning) => `${way.name}: ${warning}`),
    ],
  }
}

const no = (code: string, message: string, hint: string): Problem => ({ code, message, hint, exit: EXIT.checkSaysNo })

function keyProblems(way: Way, { key, sourceKey }: Looked): Problem[] {
  return [...(key === undefined ? [] : targetProblems(way, key)), ...sourceProblems(sourceKey)]
}

function targetProblems({ destination }: Way, { arn, state, spec, usage, manager }: LookedKey): Problem[] {
  if (state !== "Enabled")
    return [no("E_KEY_STATE", `the key ${arn} is ${state}: nothing can be written under it`, "dr keys status")]
  if ((spec ?? "SYMMETRIC_DEFAULT") !== "SYMMETRIC_DEFAULT" || (usage ?? "ENCRYPT_DECRYPT") !== "ENCRYPT_DECRYPT")
    return [
      no(
        "E_KEY_KIND",
        `the key ${arn} is ${spec}, ${usage}: S3 takes only symmetric keys that encrypt`,
        "--key alias/NAME",
      ),
    ]
  if (manager === "AWS")
    return [
      no(
        "E_KEY_KIND",
        `the key ${arn} is managed by AWS: no other account could ever read what it encrypts`,
        "--key alias/NAME",
      ),
    ]
  return arn.split(":")[3] === destination.region
    ? []
    : [
        no(
          "E_NO_KEY",
          `the key ${arn} does not lie in ${destination.region}, where the destination is`,
          "--key KEY_ARN",
        ),
      ]
}

/** Copy and re-key both read through the old key [aws.md 0.4]: who disables first locks the data in. */
const sourceProblems = (key: LookedKey | undefined): Problem[] =>
  key === undefined || key.state === "Enabled"
    ? []
    : [
        no(
          "E_KEY_STATE",
          `the source's key ${key.arn} is ${key.state}: S3 reads through it, so nothing can be copied or re-keyed`,
          "contain by policy, re-key, verify, and only then disable; what has a recovery copy comes back with --to workload",
        ),
      ]

function versionProblems(way: Way, { source, destination }: Looked): Problem[] {
  const keeps = (facts: BucketFacts | undefined): boolean =>
    facts?.versioning === undefined || facts.versioning === "enabled"
  if (way.replacesItself && destination?.versioning !== "enabled")
    return [
      no(
        "E_VERSIONING",
        `a copy onto itself needs a bucket that keeps versions, and ${way.source.bucket} does not, or nobody may look`,
        "re-key in place, or copy to another prefix",
      ),
    ]
  if (way.mode.kind === "as-of" && source?.versioning === "never")
    return [
      no(
        "E_VERSIONING",
        `${way.source.bucket} keeps no versions: what stood there at that time is not known`,
        "--mode current",
      ),
    ]
  if (way.mode.kind === "all" && way.operation === "copy" && !keeps(destination))
    return [
      no(
        "E_VERSIONING",
        `${way.destination.bucket} keeps no versions: only the last of each key would stay`,
        "--mode current, or enable versioning there",
      ),
    ]
  return []
}

function versionWarnings({ mode, operation, source: { bucket }, destination }: Way, looked: Looked): string[] {
  const noncurrent = mode.kind === "current" && operation === "rekey" && looked.source?.versioning !== "never"
  return [
    ...(noncurrent ? [`older versions in ${bucket} stay under the old key, and are lost with it (--mode all)`] : []),
    ...(mode.kind === "all" && operation === "copy" && looked.destination?.versioning === undefined
      ? [`nobody may look whether ${destination.bucket} keeps versions`]
      : []),
  ]
}

function lockWarnings(way: Way, { source, destination }: Looked): string[] {
  if (source?.objectLock !== true) return []
  if (way.operation === "rekey")
    return [`${way.source.bucket} has Object Lock: what is locked cannot be re-keyed in place`]
  return destination?.objectLock === true
    ? ["locks are kept, which costs a HEAD per object"]
    : [`${way.destination.bucket} has no Object Lock: retention and legal holds are lost`]
}

/** In one account every object belongs to it anyhow. */
function ownershipProblems({ destination }: Way, facts: BucketFacts | undefined, writer: string): Problem[] {
  if (facts?.ownerEnforced !== false || destination.account.id === writer) return []
  return [
    no(
      "E_OWNERSHIP",
      `${destination.bucket} lets objects belong to whoever writes them, and account ${writer} would`,
      "set BucketOwnerEnforced on the bucket",
    ),
  ]
}

function ownershipWarnings({ destination }: Way, facts: BucketFacts | undefined, writer: string): string[] {
  if (facts?.ownerEnforced === false && destination.account.id === writer)
    return [
      `${destination.bucket} does not enforce its owner (BucketOwnerEnforced): others may own what they write there`,
    ]
  return facts !== undefined && facts.ownerEnforced === undefined && destination.account.id !== writer
    ? [`nobody may look who owns what is written to ${destination.bucket}`]
    : []
}

function unreadWarnings({ source, destination }: Way, looked: Looked): string[] {
  const told = (bucket: string, facts: BucketFacts | undefined): string[] =>
    facts === undefined || facts.unread.length === 0 ? [] : [`of ${bucket} nobody may read ${facts.unread.join(", ")}`]
  return [
    ...told(source.bucket, looked.source),
    ...(source.bucket === destination.bucket ? [] : told(destination.bucket, looked.destination)),
  ]
}
