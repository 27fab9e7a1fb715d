import { tryParseArn } from "../../access/arn.ts"
import type { AdoptedKey, AdoptedStatement } from "./source.ts"

/** What the statements of dr's own key policies say about the estate that they were rendered from. Others say nothing here. */
export type KnownRole = "drill" | "operator" | "breakGlass" | "sync" | "restore"

const ROLE_OF: Readonly<Record<string, KnownRole>> = {
  OperatorKeepsTheKeyInOrder: "operator",
  BreakGlassWithAnApprovedPlan: "breakGlass",
  DrillRoleMakesDataKeysOfDrills: "drill",
  RestoreRoleUsesTheKeyThroughS3: "restore",
}

export function rolesIn(
  keys: readonly AdoptedKey[],
  side: "workload" | "recovery",
): Partial<Record<KnownRole, string>> {
  const roles: Partial<Record<KnownRole, string>> = {}
  const statements = keys.flatMap((key) => key.statements)
  for (const { sid = "", principals } of statements) {
    const role = ROLE_OF[sid] ?? (sid === REWRAPS && side === "recovery" ? "drill" : undefined)
    if (role !== undefined && principals[0] !== undefined) roles[role] ??= principals[0]
  }
  const readers = statements.find(({ sid }) => sid === USES_COPIES)?.principals ?? []
  const sync = readers.find((reader) => reader !== roles.drill && reader !== roles.restore)
  if (sync !== undefined) roles.sync = sync
  return roles
}

const REWRAPS = "RecoveryRoleRewrapsDataKeysOfDrills"
const USES_COPIES = "RecoveryRolesUseCopiesThroughS3"
const READS_SOURCE = "RecoveryRolesReadThroughS3"

export const isRecoveryKey = (key: AdoptedKey): boolean => key.statements.some(({ sid }) => sid === USES_COPIES)

export const organizationIn = (keys: readonly AdoptedKey[]): string | undefined =>
  keys.flatMap((key) => key.statements).flatMap(({ conditions }) => conditions["aws:PrincipalOrgID"] ?? [])[0]

export interface SeenPlace {
  readonly bucket: string
  readonly prefix: string
}

/** Buckets whose objects a workload key opens, and the roles that are bound to each. */
export function datasetsIn(key: AdoptedKey): ReadonlyArray<SeenPlace & { readonly users: readonly string[] }> {
  const users = new Map<string, readonly string[]>()
  const places = new Map<string, SeenPlace>()
  for (const statement of key.statements) {
    const bound = statement.sid?.endsWith("ThroughItsBucket") ?? false
    if (!bound && statement.sid !== READS_SOURCE) continue
    for (const place of placesOf(statement)) {
      places.set(place.bucket, place)
      if (bound) users.set(place.bucket, statement.principals)
    }
  }
  return [...places.values()].map((place) => ({ ...place, users: users.get(place.bucket) ?? [] }))
}

/** Buckets that a recovery key guards: of the copies, and of drills. */
export const guardedBy = (key: AdoptedKey): readonly SeenPlace[] =>
  each(key.statements.filter(({ sid }) => sid === USES_COPIES).flatMap(placesOf))

/** Of S3's encryption context: `arn:aws:s3:::bucket/prefix*`. */
function placesOf({ conditions }: AdoptedStatement): SeenPlace[] {
  const seen = (conditions["kms:EncryptionContext:aws:s3:arn"] ?? []).flatMap((arn) => {
    const resource = tryParseArn(arn)?.resource ?? ""
    const slash = resource.indexOf("/")
    return slash < 0 ? [] : [{ bucket: resource.slice(0, slash), prefix: resource.slice(slash + 1).replace(/\*$/, "") }]
  })
  return each(seen)
}

/** By bucket: a policy stands in every Region of its key, and names each bucket twice. */
const each = (places: readonly SeenPlace[]): SeenPlace[] => [
  ...new Map(places.map((place) => [place.bucket, place])).values(),
]

/** Who uses a key by a policy that is not dr's: roles that may encrypt with it. */
export function usersIn(key: AdoptedKey): string[] {
  const users = key.statements
    .filter(({ sid = "", effect, actions }) => effect === "Allow" && !OURS.test(sid) && actions.some(isUse))
    .flatMap(({ principals }) => principals)
  return [...new Set(users)].filter((arn) => tryParseArn(arn)?.resource.startsWith("role/") === true)
}

const OURS = /ThroughItsBucket$|^(DrillRole|Recovery|BreakGlass|Operator|Restore|WorkloadRestore|UsersGrant|UsersLook)/

const isUse = (action: string): boolean => /^kms:(\*|Encrypt|GenerateDataKey)/.test(action)
