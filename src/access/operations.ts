import { bucketArn, formatArn, keyIdOf, tryParseArn } from "./arn.ts"
import type { Facts, FactValue } from "./context.ts"
import { PolicyError } from "./policy-error.ts"

/** What one API call acts on, in ARNs. */
export interface OperationTarget {
  /** Object, key, alias or role; of a copy and of ReEncrypt the destination; `*` for CreateKey. */
  readonly on: string
  /** Source object of a copy, source key of ReEncrypt, the key that an alias leaves. */
  readonly from?: string | undefined
  /** Key of the object at `on`, key of an alias. Undefined = the object is not under a KMS key. */
  readonly key?: string | undefined
  /** Key of the object at `from`, the old key of UpdateObjectEncryption. */
  readonly fromKey?: string | undefined
  /** S3 bucket keys are on: the encryption context names the bucket. Undefined = nobody knows. */
  readonly bucketKey?: boolean | undefined
  /** A multipart upload. */
  readonly multipart?: boolean | undefined
  /** Condition keys of the call: tags, version, source identity and Regions ask for steps of their own. */
  readonly facts?: Facts | undefined
}

/** One authorisation that AWS makes for a call. */
export interface Step {
  readonly action: string
  readonly resource: string
  /** What the call puts into this request. */
  readonly facts: Facts
  readonly unknown: readonly string[]
  /** The forms that the unknown may take, where they can be told: one verdict under all of them is the verdict. */
  readonly alternatives?: readonly Facts[]
  /** What was taken for granted, for people. */
  readonly assumes: readonly string[]
}

/**
 * The authorisations behind one API call (`s3:CopyObject`, `kms:ReEncrypt`), in the order in which AWS makes them. An
 * action that needs nothing else is its own single step. Sources: S3 user guide (SSE-KMS, required permissions), KMS API
 * reference (required permissions), STS API reference.
 * @throws PolicyError when the target leaves out what the call needs
 */
export function expand(operation: string, target: OperationTarget): readonly Step[] {
  const steps = OPERATIONS.get(operation.toLowerCase())
  return steps === undefined ? [step(operation, target.on)] : steps(target)
}

const NAMES = [
  "s3:GetObject",
  "s3:PutObject",
  "s3:CopyObject",
  "s3:UpdateObjectEncryption",
  "kms:ReEncrypt",
  "kms:ReplicateKey",
  "kms:UpdatePrimaryRegion",
  "kms:CreateAlias",
  "kms:UpdateAlias",
  "kms:DeleteAlias",
  "kms:CreateKey",
  "sts:AssumeRole",
] as const

const STEPS: Readonly<Record<(typeof NAMES)[number], (target: OperationTarget) => Step[]>> = {
  "s3:GetObject": (target) => readSteps(target.on, target.key, target),
  "s3:PutObject": (target) => writeSteps(target),
  "s3:CopyObject": (target) => [
    ...readSteps(needed(target.from, "the source object"), target.fromKey, target, true),
    ...writeSteps(target),
  ],
  "s3:UpdateObjectEncryption": rekeySteps,
  "kms:ReEncrypt": reEncryptSteps,
  "kms:ReplicateKey": replicateSteps,
  "kms:UpdatePrimaryRegion": primarySteps,
  "kms:CreateAlias": (target) => aliasSteps("kms:CreateAlias", target),
  "kms:UpdateAlias": (target) => aliasSteps("kms:UpdateAlias", target),
  "kms:DeleteAlias": (target) => aliasSteps("kms:DeleteAlias", target),
  "kms:CreateKey": ({ facts }) => [step("kms:CreateKey", "*"), ...tagStep(facts)],
  "sts:AssumeRole": assumeSteps,
}

const OPERATIONS: ReadonlyMap<string, (target: OperationTarget) => Step[]> = new Map(
  NAMES.map((name) => [name.toLowerCase(), STEPS[name]]),
)

const step = (
  action: string,
  resource: string,
  facts: Facts = {},
  unknown: readonly string[] = [],
  assumes: readonly string[] = [],
): Step => ({ action, resource, facts, unknown, assumes })

function needed(value: string | undefined, what: string): string {
  if (value !== undefined) return value
  throw new PolicyError(`this call needs ${what}`, ["name it with --from", "for an alias name its key with --key"])
}

function readSteps(object: string, key: string | undefined, target: OperationTarget, copied = false): Step[] {
  const version = fact(target.facts, "s3:versionid") === undefined ? "" : "Version"
  const tagged = copied && hasPrefix(target.facts, ["s3:existingobjecttag/", "s3:requestobjecttag/"])
  return [
    step(`s3:GetObject${version}`, object, {}, [], key === undefined ? NO_KEY : []),
    ...(tagged ? [step(`s3:GetObject${version}Tagging`, object)] : []),
    ...(key === undefined ? [] : [viaS3("kms:Decrypt", key, object, target, copied)]),
  ]
}

function writeSteps(target: OperationTarget): Step[] {
  const { on, key, bucketKey, multipart, facts } = target
  const header = key === undefined || fact(facts, KEY_HEADER) !== undefined ? {} : { [KEY_HEADER]: key }
  const alsoReads = bucketKey !== false || multipart === true
  const maybe = bucketKey === undefined && multipart !== true
  return [
    step("s3:PutObject", on, header, [], key === undefined ? NO_KEY : []),
    ...(hasPrefix(facts, ["s3:requestobjecttag/"]) ? [step("s3:PutObjectTagging", on)] : []),
    ...(key === undefined ? [] : [viaS3("kms:GenerateDataKey", key, on, target)]),
    ...(key === undefined || !alsoReads ? [] : [withAssumption(viaS3("kms:Decrypt", key, on, target), maybe)]),
  ]
}

const NO_KEY: readonly string[] = ["the object is under no KMS key: S3 alone is asked"]

const KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id"

/** Re-wraps the object's data key: out from under the old key, under the new one. */
function rekeySteps(target: OperationTarget): Step[] {
  const { on } = target
  const next = needed(target.key, "the new key (--key)")
  const old = needed(target.fromKey, "the old key (--from-key)")
  return [
    step("s3:UpdateObjectEncryption", on, { [KEY_HEADER]: next }),
    step("s3:PutObject", on, { [KEY_HEADER]: next }),
    ...["kms:Decrypt", "kms:ReEncryptFrom"].map((action) => viaS3(action, old, on, target)),
    ...["kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptTo"].map((action) => viaS3(action, next, on, target)),
    ...(target.bucketKey === false ? [] : [viaS3("kms:Decrypt", next, on, target)]),
  ]
}

/** S3 calls KMS for the caller, in the key's Region, and names the object, or its bucket where bucket keys are on. */
function viaS3(action: string, key: string, object: string, { bucketKey }: OperationTarget, copied = false): Step {
  const { region = "" } = tryParseArn(key) ?? {}
  const bucket = bucketArn(bucketOf(object), tryParseArn(object)?.partition)
  const named = (arn: string): Facts => ({ [CONTEXT_KEY]: arn })
  const context = bucketKey === undefined ? {} : named(bucketKey ? bucket : object)
  const facts = {
    "kms:ViaService": `s3.${region}.amazonaws.com`,
    "kms:EncryptionContextKeys": ["aws:s3:arn"],
    ...context,
  }
  const assumes = copied ? [`S3 reads the source through KMS of the source's Region (${region})`] : []
  if (bucketKey !== undefined) return step(action, key, facts, [], assumes)
  return { ...step(action, key, facts, [CONTEXT_KEY], assumes), alternatives: [named(bucket), named(object)] }
}

const CONTEXT_KEY = "kms:EncryptionContext:aws:s3:arn"

const withAssumption = (one: Step, maybe: boolean): Step =>
  maybe ? { ...one, assumes: [...one.assumes, "bucket keys may be on: then a write needs kms:Decrypt too"] } : one

const bucketOf = (object: string): string => (tryParseArn(object)?.resource ?? object).split("/", 1)[0] ?? ""

function reEncryptSteps({ on, from }: OperationTarget): Step[] {
  const source = needed(from, "the source key")
  const facts = { "kms:ReEncryptOnSameKey": String(source === on) }
  return [step("kms:ReEncryptFrom", source, facts), step("kms:ReEncryptTo", on, facts)]
}

/** The primary's key policy decides for itself; the replica is a new key of the caller's account. */
function replicateSteps({ on, facts }: OperationTarget): Step[] {
  const region = fact(facts, "kms:replicaregion")
  const where = region === undefined ? {} : { "aws:RequestedRegion": region }
  const unknown = region === undefined ? ["kms:ReplicaRegion", "aws:RequestedRegion"] : []
  return [
    step("kms:ReplicateKey", on, {}, region === undefined ? ["kms:ReplicaRegion"] : []),
    step("kms:CreateKey", "*", { ...where, "kms:MultiRegion": "true", "kms:MultiRegionKeyType": "REPLICA" }, unknown),
    ...tagStep(facts, where, unknown),
  ]
}

function tagStep(facts: Facts | undefined, where: Facts = {}, unknown: readonly string[] = []): Step[] {
  return hasPrefix(facts, ["aws:requesttag/"]) ? [step("kms:TagResource", "*", where, unknown)] : []
}

function primarySteps({ on, facts }: OperationTarget): Step[] {
  const region = fact(facts, "kms:primaryregion")
  const primary = tryParseArn(on)
  if (typeof region !== "string" || primary === undefined)
    throw new PolicyError("UpdatePrimaryRegion needs the new primary Region", ["--with kms:PrimaryRegion=eu-west-1"])
  return [step("kms:UpdatePrimaryRegion", on), step("kms:UpdatePrimaryRegion", formatArn({ ...primary, region }))]
}

/** The alias is nobody's but IAM's; each key that gets or loses it is asked as well. */
function aliasSteps(action: string, { on, key, from }: OperationTarget): Step[] {
  if (keyIdOf(on) !== undefined) throw new PolicyError(`${action} acts on an alias, not on a key: ${on}`)
  const keys = [
    ...new Set(
      action === "kms:UpdateAlias" ? [from, needed(key, "the key (--key)")] : [needed(key, "the key (--key)")],
    ),
  ]
  return [step(action, on), ...keys.flatMap((each) => (each === undefined ? [] : [step(action, each)]))]
}

/** Tags and a source identity are actions of their own, on both sides. */
function assumeSteps({ on, facts }: OperationTarget): Step[] {
  return [
    step("sts:AssumeRole", on, {}, fact(facts, "sts:rolesessionname") === undefined ? ["sts:RoleSessionName"] : []),
    ...(hasPrefix(facts, ["aws:requesttag/"]) ? [step("sts:TagSession", on)] : []),
    ...(fact(facts, "sts:sourceidentity") === undefined ? [] : [step("sts:SetSourceIdentity", on)]),
  ]
}

/** A list without values says that the key is absent. */
function fact(facts: Facts | undefined, lower: string): FactValue | undefined {
  const value = Object.entries(facts ?? {}).find(([name]) => name.toLowerCase() === lower)?.[1]
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

const hasPrefix = (facts: Facts | undefined, prefixes: readonly string[]): boolean =>
  Object.keys(facts ?? {}).some((name) => prefixes.some((prefix) => name.toLowerCase().startsWith(prefix)))
