import { describe, expect, it } from "vitest"
import { createAuthorizer } from "../../../src/sandbox/authorize/authorizer.ts"
import type { Authorizer, VirtualClock } from "../../../src/sandbox/core/world.ts"
import { RECOVERY, recordingWorld, REGION, root, user, WORKLOAD, type RecordingWorld } from "./recording-world.ts"

const RESTORER = user(RECOVERY, "restorer")
const BREAKER = user(RECOVERY, "breaker")
const ADMIN = user(WORKLOAD, "admin")
const x = Buffer.from("x").toString("base64")

const policyOf = (...Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement })
const allow = (Action: string | string[], more: object = {}): object => ({
  Effect: "Allow",
  Action,
  Resource: "*",
  ...more,
})
const delegation = allow("kms:*", { Principal: { AWS: `arn:aws:iam::${WORKLOAD}:root` } })

/** KMS under the access engine; only ADMIN has an identity policy, which allows all of KMS. */
function engineWorld(): RecordingWorld {
  let engine: Authorizer | undefined
  const engineAt = (clock: VirtualClock): Authorizer =>
    (engine ??= createAuthorizer({
      clock,
      identities: {
        principal: (arn) =>
          arn === ADMIN.arn ? { policies: [{ name: "all", text: policyOf(allow("kms:*")) }], tags: {} } : undefined,
      },
      organization: () => undefined,
      enforcement: "on",
      wouldDeny: () => undefined,
    }))
  return recordingWorld({}, (question, clock) => engineAt(clock).allows(question))
}

async function world(input: object = {}): Promise<{ rig: RecordingWorld; KeyId: string }> {
  const rig = engineWorld()
  const { KeyMetadata } = await rig.kms("CreateKey", { Policy: policyOf(delegation), ...input }, { by: ADMIN })
  return { rig, KeyId: KeyMetadata.Arn }
}

describe("under the access engine", () => {
  it("a key with tags is made by whom an identity policy lets", async () => {
    const rig = engineWorld()
    const tagged = { Tags: [{ TagKey: "a", TagValue: "1" }] }
    expect(await rig.kms("CreateKey", tagged, { by: ADMIN })).toHaveProperty("KeyMetadata")
    expect((await rig.kms("CreateKey", tagged, { by: user(WORKLOAD, "nobody") }))["error"]).toBe(
      "AccessDeniedException",
    )
  })
  it.each([
    ["for the account's delegation", policyOf(delegation), undefined],
    ["for the author alone", policyOf(allow("kms:PutKeyPolicy", { Principal: { AWS: ADMIN.arn } })), undefined],
    [
      "for a stranger",
      policyOf(allow("kms:*", { Principal: { AWS: `arn:aws:iam::${RECOVERY}:root` } })),
      "MalformedPolicyDocumentException",
    ],
    [
      "that denies what it allows",
      policyOf(delegation, {
        Effect: "Deny",
        Principal: { AWS: ADMIN.arn },
        Action: "kms:PutKeyPolicy",
        Resource: "*",
      }),
      "MalformedPolicyDocumentException",
    ],
  ])("a policy %s passes the lock-out check or not", async (_what, Policy, error) => {
    const { rig, KeyId } = await world()
    expect((await rig.kms("PutKeyPolicy", { KeyId, Policy }, { by: ADMIN }))["error"]).toBe(error)
    expect((await rig.kms("CreateKey", { Policy }, { by: ADMIN }))["error"]).toBe(error)
    const bypassed = { Policy, BypassPolicyLockoutSafetyCheck: true }
    expect(await rig.kms("CreateKey", bypassed, { by: ADMIN })).toHaveProperty("KeyMetadata")
  })
  it("a grant holds for its encryption context only, and a Deny beats it", async () => {
    const { rig, KeyId } = await world()
    const sealed = async (EncryptionContext: object): Promise<string> =>
      (await rig.kms("Encrypt", { KeyId, Plaintext: x, EncryptionContext }, { by: ADMIN }))["CiphertextBlob"]
    const opening = async (EncryptionContext: object): Promise<unknown> => {
      const CiphertextBlob = await sealed(EncryptionContext)
      return (await rig.kms("Decrypt", { CiphertextBlob, EncryptionContext }, { by: RESTORER }))["error"]
    }
    expect(await opening({ team: "loki" })).toBe("AccessDeniedException")
    const Constraints = { EncryptionContextSubset: { team: "loki" } }
    const grant = { KeyId, GranteePrincipal: RESTORER.arn, Operations: ["Decrypt"], Constraints }
    expect(await rig.kms("CreateGrant", grant, { by: ADMIN })).toHaveProperty("GrantId")
    expect(await opening({ team: "loki", object: "chunk" })).toBeUndefined()
    expect(await opening({ team: "mimir" })).toBe("AccessDeniedException")
    const deny = { Effect: "Deny", Principal: { AWS: RESTORER.arn }, Action: "kms:Decrypt", Resource: "*" }
    await rig.kms("PutKeyPolicy", { KeyId, Policy: policyOf(delegation, deny) }, { by: ADMIN })
    expect(await opening({ team: "loki" })).toBe("AccessDeniedException")
  })
  it("a grant is retired by whom it names, and by nobody else without a policy", async () => {
    const { rig, KeyId } = await world()
    const grant = { KeyId, GranteePrincipal: RESTORER.arn, RetiringPrincipal: BREAKER.arn, Operations: ["Decrypt"] }
    const { GrantToken } = await rig.kms("CreateGrant", grant, { by: ADMIN })
    expect((await rig.kms("RetireGrant", { GrantToken }, { by: RESTORER }))["error"]).toBe("AccessDeniedException")
    expect(await rig.kms("RetireGrant", { GrantToken }, { by: BREAKER })).toEqual({})
    const again = await rig.kms("CreateGrant", grant, { by: ADMIN })
    expect(await rig.kms("RetireGrant", { GrantToken: again["GrantToken"] }, { by: ADMIN })).toEqual({})
  })
  it("a grant with CreateGrant gives on no more than it has", async () => {
    const { rig, KeyId } = await world()
    const Constraints = { EncryptionContextSubset: { team: "loki" } }
    const Operations = ["CreateGrant", "Decrypt"]
    await rig.kms("CreateGrant", { KeyId, GranteePrincipal: RESTORER.arn, Operations, Constraints }, { by: ADMIN })
    const child = { KeyId, GranteePrincipal: BREAKER.arn, Operations: ["Decrypt"] }
    expect((await rig.kms("CreateGrant", child, { by: RESTORER }))["error"]).toBe("AccessDeniedException")
    expect(await rig.kms("CreateGrant", { ...child, Constraints }, { by: RESTORER })).toHaveProperty("GrantId")
  })
  it("an alias needs its own right and the key's", async () => {
    const { rig, KeyId } = await world({
      Policy: policyOf(allow("kms:*", { Principal: { AWS: BREAKER.arn } })),
      BypassPolicyLockoutSafetyCheck: true,
    })
    const making = { AliasName: "alias/a", TargetKeyId: KeyId }
    expect((await rig.kms("CreateAlias", making, { by: ADMIN }))["error"]).toBe("AccessDeniedException")
  })
  it("the AWS managed key opens through its service and not otherwise", async () => {
    const rig = engineWorld()
    const arn = rig.world.kms.managedKeyArn(WORKLOAD, REGION, "alias/aws/s3")
    const nobody = user(WORKLOAD, "nobody")
    const by = { caller: nobody, region: REGION, viaService: `s3.${REGION}.amazonaws.com`, requestId: "R" }
    const { wrapped } = rig.world.kms.generateDataKey(by, arn, { a: "1" })
    expect(rig.world.kms.decrypt(by, wrapped, { a: "1" }).keyArn).toBe(arn)
    const CiphertextBlob = wrapped.toString("base64")
    const direct = await rig.kms("Decrypt", { CiphertextBlob, EncryptionContext: { a: "1" } }, { by: nobody })
    expect(direct["error"]).toBe("AccessDeniedException")
    const foreign = { ...by, caller: root(RECOVERY) }
    expect(() => rig.world.kms.decrypt(foreign, wrapped, { a: "1" })).toThrow("no kms:Decrypt")
    expect(await rig.kms("GetKeyPolicy", { KeyId: arn }, { by: ADMIN })).toHaveProperty("Policy")
  })
})
