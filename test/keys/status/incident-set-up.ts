import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  ListKeyRotationsCommand,
  PutKeyPolicyCommand,
  ReplicateKeyCommand,
} from "@aws-sdk/client-kms"
import {
  CopyObjectCommand,
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type BucketLocationConstraint,
} from "@aws-sdk/client-s3"
import { aliasArn, bucketArn, keyIdOf } from "../../../src/access/arn.ts"
import { PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import type { KeyArn } from "../../../src/kernel/brands.ts"
import { DAY } from "../../../src/kernel/units.ts"
import { READ_KEY } from "../../../src/keys/policy/actions.ts"
import { renderPolicies } from "../../../src/keys/policy/render.ts"
import { wrapMaterial } from "../../sandbox/kms/wrap-material.ts"
import type { Actor } from "./incident-actor.ts"
import type { IncidentEstate } from "./incident-estate.ts"
import type { Side } from "./incident-world.ts"

export const OBJECT = "index/chunk-1"
export const BODY = "what the key protects"
export const bypass = { BypassPolicyLockoutSafetyCheck: true }

/** Keys, buckets with their policies, one object with its copy; or a ciphertext, for a key without datasets. */
export async function setUp(estate: IncidentEstate): Promise<void> {
  const { environment, variant, keys } = estate
  const [key] = environment.keys
  if (key === undefined) throw new Error("an estate without a key")
  keys.workload = await makeKey(estate, "workload", key.alias, key.replicas)
  keys.recovery = await makeKey(estate, "recovery", key.recovery.alias, [PRIMARY])
  if (variant.escrowed) await split(estate)
  if (variant.data === "none") {
    const command = new EncryptCommand({ KeyId: keys.workload, Plaintext: Buffer.from(BODY) })
    const { CiphertextBlob } = await (await estate.service()).kms(PRIMARY).send(command)
    estate.ciphertext = CiphertextBlob ?? estate.ciphertext
  } else await writeObject(estate)
  for (const side of ["workload", "recovery"] as const) {
    const { KeyId, region } = estate.home(side)
    if (variant[`${side}Key`] === "Disabled")
      await (await estate.breakGlass(side)).kms(region).send(new DisableKeyCommand({ KeyId }))
  }
}

/** By the administrator with any policy: an estate may be in a worse state than `dr` would leave it in. */
async function makeKey(
  estate: IncidentEstate,
  side: Side,
  alias: string,
  replicas: readonly string[],
): Promise<string> {
  const { region } = estate.home(side)
  const admin = estate.admin(side)
  const Origin = side === "workload" ? (estate.variant.origin ?? "AWS_KMS") : "AWS_KMS"
  const Policy = openPolicy(estate, side)
  const made = await admin.kms(region).send(new CreateKeyCommand({ MultiRegion: true, Policy, Origin }))
  const primary = made.KeyMetadata?.Arn ?? ""
  if (Origin === "EXTERNAL") await bringMaterial(estate, admin, { KeyId: primary, region }, estate.variant.expires)
  for (const ReplicaRegion of replicas) {
    await admin.kms(region).send(new ReplicateKeyCommand({ KeyId: primary, ReplicaRegion, Policy }))
    const replica = { KeyId: primary.replace(`:${region}:`, `:${ReplicaRegion}:`), region: ReplicaRegion }
    if (Origin === "EXTERNAL") await bringMaterial(estate, admin, replica)
  }
  for (const at of [region, ...replicas]) {
    const KeyId = primary.replace(`:${region}:`, `:${at}:`)
    await admin.kms(at).send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyIdOf(KeyId) }))
    const final = policyOf(estate, side, alias, at)
    await admin.kms(at).send(new PutKeyPolicyCommand({ KeyId, Policy: final, ...bypass }))
  }
  return primary
}

/** Everything to everybody of the account; break-glass by name, as nobody may set a policy that shuts him out himself. */
export const openPolicy = (estate: IncidentEstate, side: Side): string =>
  allowing([rootOf(estate, side), estate.environment[side].roles.breakGlass ?? ""], ["kms:*"])

const rootOf = ({ environment }: IncidentEstate, side: Side): string => `arn:aws:iam::${environment[side].id}:root`

const statement = (AWS: string | readonly string[], Action: readonly string[]): object => ({
  Effect: "Allow",
  Principal: { AWS },
  Action,
  Resource: "*",
})
const allowing = (principal: string | readonly string[], actions: readonly string[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [statement(principal, actions)] })

/** Nobody may do more than look. */
export const lockedPolicy = (estate: IncidentEstate, side: Side): string => allowing(rootOf(estate, side), READ_KEY)

/** What still lets an intruder do harm where nobody is left who could undo it. */
const HARM = ["kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial"]
const KEEPERS = /^(Operator|BreakGlass|OnlyBreakGlass|No|Enable IAM)/

/** As `dr` renders it for the key at home. */
export const renderedPolicy = (estate: IncidentEstate, side: Side): string => {
  const [key] = estate.environment.keys
  return JSON.stringify(
    documentOf(estate, side, (side === "workload" ? key?.alias : key?.recovery.alias) ?? "", estate.home(side).region),
  )
}

function documentOf({ environment }: IncidentEstate, side: Side, alias: string, region: string): object | undefined {
  const subject = aliasArn(region, environment[side].id, alias)
  return renderPolicies(environment).find((each) => each.kind === "key" && each.subject === subject)?.document
}

function policyOf(estate: IncidentEstate, side: Side, alias: string, region: string): string {
  const { environment, variant } = estate
  const document = documentOf(estate, side, alias, region)
  if (variant.keepers?.side !== side) return JSON.stringify(document)
  const { Statement } = document as { Statement: ReadonlyArray<{ Sid: string }> }
  const breakGlass = environment[side].roles.breakGlass ?? ""
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      ...Statement.filter(({ Sid }) => !KEEPERS.test(Sid)),
      statement(rootOf(estate, side), [...READ_KEY, ...HARM]),
      ...(variant.keepers.are === "author" ? [statement(breakGlass, ["kms:PutKeyPolicy"])] : []),
    ],
  })
}

/** Wraps the estate's material for the key in one Region, as its custodians would together. */
export async function bringMaterial(
  { material, sandbox }: IncidentEstate,
  actor: Actor,
  { KeyId, region }: { readonly KeyId: string; readonly region: string },
  expires?: true,
): Promise<void> {
  const kms = actor.kms(region)
  const wrapping = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" } as const
  const { PublicKey, ImportToken } = await kms.send(new GetParametersForImportCommand({ KeyId, ...wrapping }))
  const wrapped = wrapMaterial(Buffer.from(PublicKey ?? []).toString("base64"), material)
  const dated = { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: new Date(sandbox.clock.now() + 30 * DAY) } as const
  await kms.send(
    new ImportKeyMaterialCommand({
      KeyId,
      ImportToken,
      EncryptedKeyMaterial: Buffer.from(wrapped, "base64"),
      ...(expires ? dated : { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }),
    }),
  )
}

/** What is known of a set of shares; the shares themselves are of no account here. */
async function split(estate: IncidentEstate): Promise<void> {
  const keyArn = estate.keys.workload as KeyArn
  const command = new ListKeyRotationsCommand({ KeyId: keyArn, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })
  const { Rotations = [] } = await estate.admin("workload").kms(PRIMARY).send(command)
  const materialIds = Rotations.map(({ KeyMaterialId = "" }) => KeyMaterialId)
  const facts = { set: "set-1", keyArn, materialIds, custodians: 5, threshold: 3 }
  estate.escrow = new Map([["observability", [facts]]])
}

async function writeObject(estate: IncidentEstate): Promise<void> {
  const { environment, keys } = estate
  const [dataset] = environment.datasets
  if (dataset === undefined) return
  const bucketPolicy = (bucket: string): string =>
    JSON.stringify(renderPolicies(environment).find(({ subject }) => subject === bucketArn(bucket))?.document)
  for (const [side, Bucket] of [
    ["workload", dataset.bucket],
    ["recovery", dataset.recoveryBucket],
  ] as const) {
    const { region } = estate.home(side)
    const s3 = estate.admin(side).s3(region)
    const CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint }
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: bucketPolicy(Bucket) }))
  }
  const encrypted = (SSEKMSKeyId: string) => ({ ServerSideEncryption: "aws:kms" as const, SSEKMSKeyId })
  const object = { Bucket: dataset.bucket, Key: OBJECT, Body: BODY, ...encrypted(keys.workload) }
  await (await estate.service()).s3(PRIMARY).send(new PutObjectCommand(object))
  await copy(estate, await estate.sync(), keys.recovery)
}

/** Pulled across accounts and re-encrypted, as every recovery copy is made. */
export async function copy({ environment }: IncidentEstate, actor: Actor, key: string): Promise<void> {
  const [dataset] = environment.datasets
  const CopySource = `${dataset?.bucket}/${OBJECT}`
  const target = {
    Bucket: dataset?.recoveryBucket,
    Key: OBJECT,
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: key,
  } as const
  await actor.s3(RECOVERY).send(new CopyObjectCommand({ CopySource, ...target }))
}
