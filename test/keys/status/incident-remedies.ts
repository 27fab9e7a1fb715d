import { IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam"
import { CreateKeyCommand, DecryptCommand } from "@aws-sdk/client-kms"
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { expect } from "vitest"
import { PRIMARY, RECOVERY } from "../../../src/demo/world.ts"
import { callsOf, decrypts, failureOf, nobody, reads, readsAtHome, somebody, type Deed } from "./incident-people.ts"
import { BODY, bringMaterial, copy, OBJECT, renderedPolicy } from "./incident-set-up.ts"

/** What people do, and see work; or try, and see refused. */

export const enables: Deed = async (estate, side) => {
  await somebody(estate, side, callsOf(estate, side).enable)
  await readsAtHome(estate, side)
}

/** Cancelling alone ends no outage. */
export const cancelsAndEnables: Deed = async (estate, side) => {
  await somebody(estate, side, callsOf(estate, side).cancel)
  expect(await failureOf(readsAtHome(estate, side))).toBeDefined()
  await enables(estate, side)
}

export const bringsMaterial: Deed = async (estate, side) => {
  const who = await somebody(estate, side, callsOf(estate, side).bring)
  expect(who.name).toBe(estate.environment[side].roles.breakGlass)
  await readsAtHome(estate, side)
}

/** Break-glass, which may do nothing else, puts back the policy that `dr` renders. */
export const mendsPolicy =
  (then: Deed, missing: "enable" | "cancel" | "bring"): Deed =>
  async (estate, side) => {
    await nobody(estate, side, [missing])
    const who = await somebody(estate, side, callsOf(estate, side).mend)
    expect(who.name).toBe(estate.environment[side].roles.breakGlass)
    await then(estate, side)
  }

export const byTheReplica: Deed = (estate) => decrypts(estate, RECOVERY)

export const byTheCopy: Deed = async (estate) =>
  reads(estate, await estate.recoveryRole(), RECOVERY, estate.environment.datasets[0]?.recoveryBucket)

/** The role trusts the hostile account alone, so the recovery account lets somebody of its own in first. */
export const byTheCopyOnly: Deed = async (estate) => {
  expect(await failureOf(estate.recoveryRole("workload"))).toMatch(/AccessDenied/)
  expect(await failureOf(estate.recoveryRole("recovery"))).toMatch(/AccessDenied/)
  await byTheCopyAfter(estate)
}

async function byTheCopyAfter(estate: Parameters<Deed>[0]): Promise<void> {
  const { id, roles } = estate.environment.recovery
  const iam = new IAMClient(estate.admin("recovery").config("us-east-1"))
  const trust = {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${id}:root` },
    Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
  }
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] })
  const RoleName = roles.drill?.slice(roles.drill.lastIndexOf("/") + 1)
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))
  await reads(estate, await estate.recoveryRole("recovery"), RECOVERY, estate.environment.datasets[0]?.recoveryBucket)
}

/** A new recovery key with the rendered policy, and the copy pulled again from its source. */
export const copiesAgain: Deed = async (estate) => {
  const Policy = renderedPolicy(estate, "recovery")
  const keeper = await estate.breakGlass("recovery")
  const { KeyMetadata } = await keeper.kms(RECOVERY).send(new CreateKeyCommand({ MultiRegion: true, Policy }))
  await copy(estate, await estate.sync(), KeyMetadata?.Arn ?? "")
  await byTheCopy(estate, "recovery")
}

/** Another Region or account takes the new copies; their sources are read by whoever may. */
export const sourcesStand =
  (reader: "service" | "sync"): Deed =>
  async (estate) => {
    const source = await estate[reader]()
    const { Body } = await source
      .s3(PRIMARY)
      .send(new GetObjectCommand({ Bucket: estate.environment.datasets[0]?.bucket, Key: OBJECT }))
    const body = (await Body?.transformToString()) ?? ""
    expect(body).toBe(BODY)
    const side = reader === "sync" ? "recovery" : "workload"
    const admin = estate.admin(side)
    const { KeyMetadata } = await admin.kms("eu-north-1").send(new CreateKeyCommand({}))
    const Bucket = `again-${estate.environment[side].id}`
    const s3 = admin.s3("eu-north-1")
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-north-1" } }))
    const encrypted = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyMetadata?.Arn } as const
    await s3.send(new PutObjectCommand({ Bucket, Key: OBJECT, Body: body, ...encrypted }))
    await reads(estate, admin, "eu-north-1", Bucket)
  }

/** The key is there, and nobody may make the calls that would bring it back. */
export const onlySupport =
  (...calls: Parameters<typeof nobody>[2][number][]): Deed =>
  async (estate, side) => {
    await nobody(estate, side, [...calls, "mend"])
    expect(await failureOf(readsAtHome(estate, side))).toBeDefined()
  }

/** AWS knows the key no more, and a new one under the old alias opens nothing. */
export const nothingLeft: Deed = async (estate, side) => {
  const { KeyId, region } = estate.home(side)
  await nobody(estate, side, ["enable", "cancel", "mend"], /NotFoundException/)
  const { KeyMetadata } = await estate.admin(side).kms(region).send(new CreateKeyCommand({}))
  const CiphertextBlob = estate.ciphertext
  if (CiphertextBlob.length > 0)
    for (const key of [KeyMetadata?.Arn, KeyId])
      expect(
        await failureOf(
          estate
            .admin(side)
            .kms(region)
            .send(new DecryptCommand({ CiphertextBlob, KeyId: key })),
        ),
      ).toMatch(/IncorrectKey|NotFound/)
  expect(await failureOf(readsAtHome(estate, side))).toBeDefined()
}

/** Other material than the lost is refused, and the right one nobody has. */
export const materialGone: Deed = async (estate, side) => {
  const other = Object.assign(Object.create(estate) as typeof estate, { material: Buffer.alloc(32, 7) })
  const { KeyId, region } = estate.home(side)
  const brought = bringMaterial(other, await estate.breakGlass(side), { KeyId, region })
  expect(await failureOf(brought)).toMatch(/IncorrectKeyMaterial/)
  expect(await failureOf(readsAtHome(estate, side))).toBeDefined()
}

/** The Region says nothing, and nobody has another key that opens it. */
export const waits: Deed = async (estate, side) => {
  expect(await failureOf(readsAtHome(estate, side))).toMatch(/Abort|Timeout/)
  await noOtherKey(estate, side)
}

/** Nobody of the account may do anything, and the other account has no key that opens it. */
export const cutOff: Deed = async (estate, side) => {
  for (const actor of [estate.admin(side), estate.root(side)])
    expect(await failureOf(callsOf(estate, side).enable(actor)), actor.name).toMatch(/AccessDenied/)
  expect(await failureOf(readsAtHome(estate, side))).toMatch(/AccessDenied/)
  await noOtherKey(estate, side)
}

const UNUSABLE = /DisabledException|KMS.Disabled|is disabled/i

async function noOtherKey(estate: Parameters<Deed>[0], side: Parameters<Deed>[1]): Promise<void> {
  if (side === "recovery") return expect(await failureOf(readsAtHome(estate, "workload"))).toMatch(UNUSABLE)
  const CiphertextBlob = estate.ciphertext
  // The trust of the recovery role is opened first: what refuses is the key.
  if (CiphertextBlob.length === 0) return expect(await failureOf(byTheCopyAfter(estate))).toMatch(UNUSABLE)
  const command = new DecryptCommand({ CiphertextBlob, KeyId: estate.home("recovery").KeyId })
  for (const actor of [await estate.breakGlass("recovery"), estate.admin("recovery"), estate.root("recovery")])
    expect(await failureOf(actor.kms(RECOVERY).send(command)), actor.name).toMatch(/AccessDenied|IncorrectKey/)
}
