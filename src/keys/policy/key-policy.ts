import { accountPrincipalArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName, RoleArn } from "../../kernel/brands.ts"
import { DESTROY_KEY, IMPORT_MATERIAL, MANAGE_KEY, READ_KEY, REPLICATE_KEY, USE_KEY } from "./actions.ts"
import type { Place } from "./resources.ts"
import {
  datasetsOf,
  DRILL_CONTEXT,
  ESCROW_CONTEXT,
  grantsOf,
  readersOf,
  roleOf,
  s3Context,
  s3In,
  WITH_A_PLAN,
  type Key,
} from "./scene.ts"
import { allow, deny, policyOf, sidOf, type Policy, type PolicyStatement } from "./statement.ts"

/** The policy document's own template, word for word: what it leaves open `dr policy lint` tells. */
export function seedDefault(environment: ResolvedEnvironment, key: Key, region: RegionName): Policy {
  const use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
  const grants = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
  const roles = [...new Set([...key.users, ...datasetsOf(environment, key).flatMap((dataset) => dataset.users)])]
  const root = accountPrincipalArn(environment.workload.id, partitionOf(region))
  return policyOf([
    allow("Enable IAM User Permissions", { principal: root, action: "kms:*", resource: "*" }),
    roles.length === 0
      ? undefined
      : allow("Allow use of the key for observability services", { principal: roles, action: use, resource: "*" }),
    roles.length === 0
      ? undefined
      : allow("Allow attachment of persistent resources", {
          principal: roles,
          action: grants,
          resource: "*",
          when: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        }),
  ])
}

/**
 * Ours for the workload key: whoever manages cannot use, whoever uses is bound to its own bucket through S3, and only
 * break-glass, with an approved plan, disables, deletes or re-policies. A quarantine appends one Deny to it.
 */
export function workloadKeyPolicy(environment: ResolvedEnvironment, key: Key, region: RegionName): Policy {
  const { workload, recovery } = environment
  const primary = region === environment.primaryRegion
  return policyOf([
    ...guards(workload, [workload, recovery], region, { primary, external: key.origin === "EXTERNAL" }),
    ...standingGrants(workload, key),
    ...users(environment, key, region),
    ...restores(workload, datasetsOf(environment, key), region),
    ...drills(environment),
    ...(key.origin === "EXTERNAL" ? [opensCanaries(workload)] : []),
    ...recoveryReads(environment, key, region),
  ])
}

/** Ours for the recovery key: nothing but the recovery role uses it, and nobody outside its account touches it. */
export function recoveryKeyPolicy(environment: ResolvedEnvironment, key: Key, region: RegionName): Policy {
  const { workload, recovery, scratch } = environment
  const copies = datasetsOf(environment, key).map((dataset) => ({
    bucket: dataset.recoveryBucket,
    prefix: dataset.recoveryPrefix,
  }))
  const places = [...copies, scratch]
  const guest = workload.roles.restore
  const primary = region === key.recovery.regions[0]
  return policyOf([
    ...guards(recovery, [recovery], region, { primary, external: false, ...(guest === undefined ? {} : { guest }) }),
    allow("RecoveryRolesUseCopiesThroughS3", {
      principal: readersOf(environment),
      action: ["kms:Decrypt", "kms:GenerateDataKey"],
      resource: "*",
      when: {
        StringEquals: { "kms:ViaService": s3In(region) },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": s3Context(places, region) },
      },
    }),
    allow("RecoveryRoleRewrapsDataKeysOfDrills", {
      principal: roleOf(recovery, "drill"),
      action: ["kms:Decrypt", "kms:ReEncryptTo"],
      resource: "*",
      when: { StringLike: DRILL_CONTEXT },
    }),
    ...restores(recovery, copies, region),
    ...pullsBack(environment, copies, region),
  ])
}

/** Of the throw-away key of an escrow drill: who acts on it acts on a key with imported material in the same way. */
export const escrowDrillKeyPolicy = (environment: ResolvedEnvironment, region: RegionName): Policy =>
  policyOf([
    ...guards(environment.workload, [environment.workload], region, { primary: true, external: true }),
    ...drills(environment),
    opensCanaries(environment.workload),
  ])

/** What every key of ours has: delegated reading, operators without use, break-glass, and Denies that no other policy undoes. */
function guards(
  account: ResolvedAccount,
  insiders: readonly ResolvedAccount[],
  region: RegionName,
  { primary, external, guest }: Guarded,
): PolicyStatement[] {
  const breakGlass = roleOf(account, "breakGlass")
  const operator = roleOf(account, "operator")
  return [
    allow("AccountReadsTheKey", {
      principal: accountPrincipalArn(account.id, partitionOf(region)),
      action: READ_KEY,
      resource: "*",
    }),
    allow("OperatorKeepsTheKeyInOrder", {
      principal: operator,
      action: MANAGE_KEY,
      resource: "*",
    }),
    allow("BreakGlassWithAnApprovedPlan", {
      principal: breakGlass,
      action: [
        ...DESTROY_KEY,
        "kms:CancelKeyDeletion",
        "kms:EnableKey",
        "kms:RevokeGrant",
        // AWS demands of whoever sets a policy that it can set the next one: keys and replicas are made by break-glass.
        ...(primary ? REPLICATE_KEY : []),
        // Whoever brings material back ends the loss of a key; whoever brings it first says what the key is.
        ...(external ? IMPORT_MATERIAL : []),
      ],
      resource: "*",
      when: WITH_A_PLAN,
    }),
    deny("OnlyBreakGlassDestroys", {
      principal: "*",
      action: DESTROY_KEY,
      resource: "*",
      when: { ArnNotEquals: { "aws:PrincipalArn": breakGlass } },
    }),
    deny("NoShortDeletionWindow", {
      principal: "*",
      action: "kms:ScheduleKeyDeletion",
      resource: "*",
      when: { NumericLessThan: { "kms:ScheduleKeyDeletionPendingWindowInDays": "30" } },
    }),
    deny("NoBypassOfTheLockoutCheck", {
      principal: "*",
      action: "kms:PutKeyPolicy",
      resource: "*",
      when: { Bool: { "kms:BypassPolicyLockoutSafetyCheck": "true" } },
    }),
    deny("NobodyFromOutside", {
      principal: "*",
      action: "kms:*",
      resource: "*",
      when: {
        StringNotEquals: { "aws:PrincipalAccount": insiders.map(({ id }) => id) },
        Bool: { "aws:PrincipalIsAWSService": "false" },
        ...(guest === undefined ? {} : { ArnNotEquals: { "aws:PrincipalArn": guest } }),
      },
    }),
  ]
}

interface Guarded {
  readonly primary: boolean
  readonly external: boolean
  /** The one role of another account that the key knows. */
  readonly guest?: RoleArn
}

/** Writes under the key and re-keys from it, through S3 and in the estate's buckets. */
function restores({ roles }: ResolvedAccount, places: readonly Place[], region: RegionName): PolicyStatement[] {
  if (roles.restore === undefined) return []
  return [
    allow("RestoreRoleUsesTheKeyThroughS3", {
      principal: roles.restore,
      action: USE_KEY,
      resource: "*",
      when: {
        StringEquals: { "kms:ViaService": s3In(region) },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": s3Context(places, region) },
      },
    }),
  ]
}

/** The way back: the workload account's restore role reads the copies, and nothing else there does. */
function pullsBack(environment: ResolvedEnvironment, copies: readonly Place[], region: RegionName): PolicyStatement[] {
  const { restore } = environment.workload.roles
  if (restore === undefined) return []
  return [
    allow("WorkloadRestoreRoleLooksAtTheKey", { principal: restore, action: "kms:DescribeKey", resource: "*" }),
    allow("WorkloadRestoreRoleReadsCopiesThroughS3", {
      principal: restore,
      action: "kms:Decrypt",
      resource: "*",
      when: {
        StringEquals: {
          "kms:ViaService": s3In(region),
          ...(environment.organizationId === undefined ? {} : { "aws:PrincipalOrgID": environment.organizationId }),
        },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": s3Context(copies, region) },
      },
    }),
  ]
}

/** KMS replicates no grant, so each Region's is made by itself: those of dr.yaml and no others. */
function standingGrants(account: ResolvedAccount, { grants }: Key): PolicyStatement[] {
  if (grants.length === 0) return []
  return [
    allow("BreakGlassMakesTheGrantsOfThePlan", {
      principal: roleOf(account, "breakGlass"),
      action: "kms:CreateGrant",
      resource: "*",
      when: { ...WITH_A_PLAN, ...grantsOf(grants) },
    }),
  ]
}

/** Each service through S3 and with its own bucket in the encryption context; the others' data stays closed to it. */
function users(environment: ResolvedEnvironment, key: Key, region: RegionName): PolicyStatement[] {
  const own = datasetsOf(environment, key).filter((dataset) => dataset.users.length > 0)
  const bound = new Set(own.flatMap((dataset) => dataset.users))
  const others = key.users.filter((user) => !bound.has(user))
  const all = [...bound, ...others]
  const through = { StringEquals: { "kms:ViaService": s3In(region) } }
  return [
    ...own.map((dataset) =>
      allow(sidOf(dataset.name, "ThroughItsBucket"), {
        principal: dataset.users,
        action: USE_KEY,
        resource: "*",
        when: { ...through, StringLike: { "kms:EncryptionContext:aws:s3:arn": s3Context([dataset], region) } },
      }),
    ),
    ...(others.length === 0
      ? []
      : [allow("OtherUsersThroughS3", { principal: others, action: USE_KEY, resource: "*", when: through })]),
    ...(all.length === 0
      ? []
      : [
          allow("UsersLookAtTheKey", { principal: all, action: "kms:DescribeKey", resource: "*" }),
          allow("UsersGrantToAwsResources", {
            principal: all,
            action: ["kms:CreateGrant"],
            resource: "*",
            when: { Bool: { "kms:GrantIsForAWSResource": "true" } },
          }),
        ]),
  ]
}

/** The drill role makes data keys of its own to rewrap; it cannot open any. */
function drills({ workload }: ResolvedEnvironment): PolicyStatement[] {
  return [
    allow("DrillRoleMakesDataKeysOfDrills", {
      principal: roleOf(workload, "drill"),
      action: "kms:GenerateDataKey",
      resource: "*",
      when: { StringLike: DRILL_CONTEXT },
    }),
  ]
}

/** What a drill of the escrow and a recovery prove themselves with: a ciphertext that holds nothing but its own proof. */
const opensCanaries = (workload: ResolvedAccount): PolicyStatement =>
  allow("DrillRoleOpensCanariesOfTheEscrow", {
    principal: roleOf(workload, "drill"),
    action: "kms:Decrypt",
    resource: "*",
    when: { StringLike: { ...DRILL_CONTEXT, ...ESCROW_CONTEXT } },
  })

/** The other account's one door: reading through S3, from the buckets of the estate, and rewrapping data keys of drills. */
function recoveryReads(environment: ResolvedEnvironment, key: Key, region: RegionName): PolicyStatement[] {
  const organization: Record<string, string> =
    environment.organizationId === undefined ? {} : { "aws:PrincipalOrgID": environment.organizationId }
  return [
    allow("RecoveryRolesLookAtTheKey", {
      principal: readersOf(environment),
      action: "kms:DescribeKey",
      resource: "*",
      ...(environment.organizationId === undefined ? {} : { when: { StringEquals: organization } }),
    }),
    allow("RecoveryRolesReadThroughS3", {
      principal: readersOf(environment),
      action: "kms:Decrypt",
      resource: "*",
      when: {
        StringEquals: { "kms:ViaService": s3In(region), ...organization },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": s3Context(datasetsOf(environment, key), region) },
      },
    }),
    allow("RecoveryRoleRewrapsDataKeysOfDrills", {
      principal: roleOf(environment.recovery, "drill"),
      action: "kms:ReEncryptFrom",
      resource: "*",
      when: {
        ...(environment.organizationId === undefined ? {} : { StringEquals: organization }),
        StringLike: DRILL_CONTEXT,
      },
    }),
  ]
}
