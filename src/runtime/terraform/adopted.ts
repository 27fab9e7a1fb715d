import type { NamedPolicy } from "../../access/inventory.ts"
import type { AdoptedBucket, AdoptedKey, AdoptedSource, AdoptedStatement } from "../../estate/adopt/source.ts"
import { told } from "./attributes.ts"
import { isAccountId, isRegionName, type AccountId, type RegionName } from "../../kernel/brands.ts"
import { bucketsOf } from "./buckets.ts"
import type { TfDocument, TfResource } from "./document.ts"
import { readingOf } from "./found.ts"
import { list, record } from "./json.ts"
import { keysOf, type FoundKey } from "./keys.ts"
import { placesOf, type Places } from "./place.ts"
import { rolesOf } from "./roles.ts"

interface AdoptedGap {
  readonly what: string
  readonly text: string
}

/** Keys with their replicas, aliases and policies, and the buckets under them, as far as the document tells. */
export function adoptedFrom(document: TfDocument): {
  readonly source: AdoptedSource
  readonly gaps: readonly AdoptedGap[]
} {
  const reading = readingOf(document, evenUnknown(placesOf(document)))
  const found = keysOf(reading, rolesOf(reading))
  const primaryOf = (replica: FoundKey): FoundKey | undefined => {
    const [primary] = reading.link(replica.resource, "primary_key_arn", PRIMARIES, ["arn"])
    return found.find(({ resource }) => resource === primary)
  }
  const replicas = found.filter(({ resource }) => !PRIMARIES.includes(resource.type))
  const families = found
    .filter(({ resource }) => PRIMARIES.includes(resource.type))
    .map((primary) => ({ primary, replicas: replicas.filter((replica) => primaryOf(replica) === primary) }))
  const keys = new Map<FoundKey, AdoptedKey>(
    families.flatMap((family) => {
      const key = adoptedKey(family.primary, family.replicas)
      return [family.primary, ...family.replicas].map((member) => [member, key] as const)
    }),
  )
  const buckets = bucketsOf(reading, found).map(({ name, label = name, keyArn }): AdoptedBucket => {
    const key = keys.get(found.find((each) => each.key.arn === keyArn) as FoundKey)
    return { name, from: label, ...(key === undefined ? {} : { key }) }
  })
  const orphans = replicas
    .filter((replica) => !keys.has(replica))
    .map(({ resource: { address } }) => ({ what: "primary", text: `${address}: its primary key is not in the source` }))
  return {
    source: { keys: [...new Set(keys.values())], buckets },
    gaps: [
      ...orphans,
      ...reading.gaps.map(({ subject, what, why }) => ({ what, text: `${subject} (${what}): ${why}` })),
    ],
  }
}

const PRIMARIES: readonly string[] = ["aws_kms_key", "aws_kms_external_key"]
const UNKNOWN = "unknown"

/** Keys of an account or Region that the document does not name are keys all the same. */
function evenUnknown(places: Places): Places {
  return {
    accounts: places.accounts,
    account: (resource: TfResource) => places.account(resource) ?? (UNKNOWN as AccountId),
    region: (resource: TfResource) => places.region(resource) ?? (`${UNKNOWN}-${resource.address}` as RegionName),
  }
}

function adoptedKey(primary: FoundKey, replicas: readonly FoundKey[]): AdoptedKey {
  const { resource, key } = primary
  const members = [primary, ...replicas]
  const alias = members.flatMap((member) => member.key.aliases)[0]
  const { account, region, rotation } = key
  const isUnknown = "why" in (told(resource, "rotation_period_in_days") ?? {})
  return {
    from: resource.address,
    ...(isAccountId(account) ? { account } : {}),
    ...(isRegionName(region) ? { region } : {}),
    replicas: replicas.flatMap((replica) => (isRegionName(replica.key.region) ? [replica.key.region] : [])),
    multiRegion: key.multiRegionType === "PRIMARY" || replicas.length > 0,
    external: resource.type === "aws_kms_external_key",
    ...(alias === undefined ? {} : { alias }),
    ...(rotation?.enabled === true ? { rotationDays: isUnknown ? "unknown" : (rotation.periodDays ?? YEAR) } : {}),
    tags: key.tags ?? {},
    statements: members.flatMap((member) => statementsOf(member.key.policy)),
  }
}

/** What KMS takes when no period is given. Source: EnableKeyRotation. */
const YEAR = 365

function statementsOf(policy: NamedPolicy | undefined): AdoptedStatement[] {
  return list(record(parsed(policy?.document))["Statement"]).map((statement) => {
    const { Sid: sid, Effect: effect, Principal: principal } = statement
    const conditions = Object.values(record(statement["Condition"])).flatMap((tests) => Object.entries(record(tests)))
    return {
      ...(typeof sid === "string" ? { sid } : {}),
      effect: String(effect),
      principals: texts(typeof principal === "string" ? principal : record(principal)["AWS"]),
      actions: texts(statement["Action"]),
      conditions: Object.fromEntries(conditions.map(([name, value]) => [name, texts(value)])),
    }
  })
}

function parsed(document: string | object | undefined): unknown {
  if (typeof document !== "string") return document
  try {
    return JSON.parse(document)
  } catch {
    return undefined
  }
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string")
