import { beforeEach, describe, expect, it } from "vitest"
import { RECOVERY, recordingWorld, REGION, root, user, WEST, WORKLOAD, type RecordingWorld } from "./recording-world.ts"

const MINUTE = 60_000
const RESTORER = user(RECOVERY, "restorer")
const BREAKER = user(RECOVERY, "breaker")
const x = Buffer.from("x").toString("base64")

let rig: RecordingWorld
let kms: RecordingWorld["kms"]
let KeyId: string

/** The owner's account may do all; a stranger only what a grant on the key lists for him. */
async function start(settings: object = {}): Promise<void> {
  rig = recordingWorld(settings, ({ caller, resourceAccount, action, grants = [] }) =>
    caller.account === resourceAccount
      ? true
      : grants.some((grant) => grant.grantee === caller.arn && grant.operations.includes(action.slice("kms:".length))),
  )
  kms = rig.kms
  KeyId = (await kms("CreateKey"))["KeyMetadata"].Arn
}
beforeEach(() => start())

const grant = (more: object = {}): object => ({
  KeyId,
  GranteePrincipal: RESTORER.arn,
  Operations: ["Decrypt", "DescribeKey"],
  ...more,
})
const describeAs = async (by = RESTORER): Promise<unknown> => (await kms("DescribeKey", { KeyId }, { by }))["error"]
const listed = async (input: object = {}): Promise<string[]> =>
  (await kms("ListGrants", { KeyId, ...input }))["Grants"].map((each: { GrantId: string }) => each.GrantId)

describe("a grant", () => {
  it("lets a stranger do what it lists, and nothing else", async () => {
    expect(await describeAs()).toBe("AccessDeniedException")
    const made = await kms("CreateGrant", grant())
    expect(made["GrantId"]).toMatch(/^[0-9a-f]{64}$/)
    expect(await describeAs()).toBeUndefined()
    const { CiphertextBlob } = await kms("Encrypt", { KeyId, Plaintext: x })
    expect((await kms("Decrypt", { CiphertextBlob }, { by: RESTORER }))["Plaintext"]).toBe(x)
    const wrote = await kms("Encrypt", { KeyId, Plaintext: x }, { by: RESTORER })
    expect(wrote["error"]).toBe("AccessDeniedException")
    expect(await describeAs(BREAKER)).toBe("AccessDeniedException")
  })
  it("belongs to one Region", async () => {
    const id = (await kms("CreateKey", { MultiRegion: true }))["KeyMetadata"].KeyId
    await kms("ReplicateKey", { KeyId: id, ReplicaRegion: WEST })
    await kms("CreateGrant", grant({ KeyId: id }))
    expect((await kms("ListGrants", { KeyId: id }))["Grants"]).toHaveLength(1)
    expect((await kms("ListGrants", { KeyId: id }, { region: WEST }))["Grants"]).toEqual([])
  })
  it("under a name is made once, however often it is asked for", async () => {
    const constraints = { EncryptionContextSubset: { a: "1", b: "2" } }
    const first = await kms("CreateGrant", grant({ Name: "drill", Constraints: constraints }))
    const again = await kms(
      "CreateGrant",
      grant({
        Name: "drill",
        Operations: ["DescribeKey", "Decrypt"],
        Constraints: { EncryptionContextSubset: { b: "2", a: "1" } },
      }),
    )
    expect(again["GrantId"]).toBe(first["GrantId"])
    expect(again["GrantToken"]).not.toBe(first["GrantToken"])
    const other = await kms("CreateGrant", grant({ Name: "drill" }))
    expect(other["GrantId"]).not.toBe(first["GrantId"])
    const unnamed = [await kms("CreateGrant", grant()), await kms("CreateGrant", grant())]
    expect(new Set(unnamed.map((each) => each["GrantId"])).size).toBe(2)
  })
  it("needs an enabled key, but ends in any state", async () => {
    const { GrantId } = await kms("CreateGrant", grant())
    await kms("DisableKey", { KeyId })
    expect((await kms("CreateGrant", grant()))["error"]).toBe("DisabledException")
    expect(await listed()).toEqual([GrantId])
    await kms("ScheduleKeyDeletion", { KeyId })
    expect((await kms("CreateGrant", grant()))["error"]).toBe("KMSInvalidStateException")
    expect(await kms("RevokeGrant", { KeyId, GrantId })).toEqual({})
    expect(await listed()).toEqual([])
  })
  it("is not made for aliases or by a dry run", async () => {
    await kms("CreateAlias", { AliasName: "alias/a", TargetKeyId: KeyId })
    expect((await kms("CreateGrant", grant({ KeyId: "alias/a" })))["error"]).toBe("NotFoundException")
    expect((await kms("CreateGrant", grant({ DryRun: true })))["error"]).toBe("DryRunOperationException")
    expect(await listed()).toEqual([])
  })
})

describe("what a grant may ask for", () => {
  it.each([
    ["no operation", { Operations: [] }, "ValidationException"],
    ["an unknown operation", { Operations: ["DisableKey"] }, "ValidationException"],
    ["an operation of another kind of key", { Operations: ["Sign"] }, "ValidationException"],
    ["no grantee", { GranteePrincipal: undefined }, "ValidationException"],
    ["a grantee that is no principal", { GranteePrincipal: "arn:aws:s3:::bucket" }, "InvalidArnException"],
    ["a grantee of no account here", { GranteePrincipal: "arn:aws:iam::999999999999:root" }, "InvalidArnException"],
    ["two grantees", { GranteeServicePrincipal: "rds.amazonaws.com" }, "ValidationException"],
    [
      "two retiring principals",
      { RetiringPrincipal: BREAKER.arn, RetiringServicePrincipal: "rds.amazonaws.com" },
      "ValidationException",
    ],
    ["a source that is no ARN", { Constraints: { SourceArn: "table" } }, "InvalidArnException"],
    [
      "nine pairs",
      {
        Constraints: { EncryptionContextEquals: Object.fromEntries("abcdefghi".split("").map((each) => [each, "1"])) },
      },
      "ValidationException",
    ],
    [
      "a value of 385 characters",
      { Constraints: { EncryptionContextSubset: { a: "v".repeat(385) } } },
      "ValidationException",
    ],
    ["a name with a blank", { Name: "a b" }, "ValidationException"],
  ])("%s is refused", async (_what, more, error) => {
    expect((await kms("CreateGrant", grant(more)))["error"]).toBe(error)
    expect(await listed()).toEqual([])
  })
  it("a service principal needs a source and somebody to retire the grant", async () => {
    const service = { KeyId, GranteeServicePrincipal: "rds.amazonaws.com", Operations: ["Decrypt"] }
    const Constraints = { SourceArn: `arn:aws:rds:${REGION}:${WORKLOAD}:db:main` }
    const retiring = { RetiringServicePrincipal: "rds.amazonaws.com" }
    expect((await kms("CreateGrant", { ...service, ...retiring }))["error"]).toBe("ValidationException")
    expect((await kms("CreateGrant", { ...service, Constraints }))["error"]).toBe("ValidationException")
    const { GrantId } = await kms("CreateGrant", { ...service, Constraints, ...retiring })
    expect((await kms("ListGrants", { KeyId }))["Grants"]).toEqual([
      {
        KeyId,
        GrantId,
        Name: "",
        CreationDate: rig.world.clock.now() / 1000,
        GranteeServicePrincipal: "rds.amazonaws.com",
        RetiringServicePrincipal: "rds.amazonaws.com",
        IssuingAccount: `arn:aws:iam::${WORKLOAD}:root`,
        Operations: ["Decrypt"],
        Constraints,
      },
    ])
  })
  it("HMAC keys take MAC operations and no encryption context", async () => {
    const key = { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }
    const hmac = (await kms("CreateKey", key))["KeyMetadata"].Arn
    const mac = (more: object): Promise<Record<string, unknown>> => kms("CreateGrant", grant({ KeyId: hmac, ...more }))
    expect((await mac({}))["error"]).toBe("ValidationException")
    expect(await mac({ Operations: ["GenerateMac", "VerifyMac"] })).toHaveProperty("GrantId")
    const Constraints = { EncryptionContextEquals: { a: "1" } }
    expect((await mac({ Operations: ["GenerateMac"], Constraints }))["error"]).toBe("ValidationException")
  })
})

describe("a grant made through a grant", () => {
  const child = (more: object): Promise<Record<string, unknown>> =>
    kms("CreateGrant", grant({ GranteePrincipal: BREAKER.arn, Operations: ["Decrypt"], ...more }), { by: RESTORER })
  const parent = (Constraints?: object): Promise<unknown> =>
    kms("CreateGrant", grant({ Operations: ["CreateGrant", "Decrypt"], Constraints }))

  it("gives no operation that the other does not give", async () => {
    await parent()
    expect(await child({})).toHaveProperty("GrantId")
    expect((await child({ Operations: ["Decrypt", "Encrypt"] }))["error"]).toBe("AccessDeniedException")
  })
  it.each([
    [{ EncryptionContextSubset: { a: "1" } }, undefined, false],
    [{ EncryptionContextSubset: { a: "1" } }, { EncryptionContextSubset: { b: "2" } }, false],
    [{ EncryptionContextSubset: { a: "1" } }, { EncryptionContextSubset: { a: "1", b: "2" } }, true],
    [{ EncryptionContextSubset: { a: "1" } }, { EncryptionContextEquals: { a: "1", b: "2" } }, true],
    [{ EncryptionContextEquals: { a: "1" } }, { EncryptionContextSubset: { a: "1" } }, false],
    [{ EncryptionContextEquals: { a: "1" } }, { EncryptionContextEquals: { a: "1", b: "2" } }, false],
    [{ EncryptionContextEquals: { a: "1" } }, { EncryptionContextEquals: { a: "1" } }, true],
    [{ SourceArn: "arn:aws:s3:::one" }, { SourceArn: "arn:aws:s3:::two" }, false],
    [{ SourceArn: "arn:aws:s3:::one" }, { SourceArn: "arn:aws:s3:::one" }, true],
  ])("under %j, one under %j is made: %s", async (above, below, made) => {
    await parent(above)
    const answer = await child({ Constraints: below })
    expect(answer["error"]).toBe(made ? undefined : "AccessDeniedException")
  })
  it("binds nobody whom the key policy lets in", async () => {
    await parent({ EncryptionContextSubset: { a: "1" } })
    expect(await kms("CreateGrant", grant({ Operations: ["Encrypt"] }))).toHaveProperty("GrantId")
  })
})

describe("the end of a grant", () => {
  it("RetireGrant is for the retiring principal, by token or by key and id", async () => {
    const first = await kms("CreateGrant", grant({ RetiringPrincipal: BREAKER.arn }))
    const second = await kms("CreateGrant", grant({ RetiringPrincipal: BREAKER.arn }))
    const byToken = { GrantToken: first["GrantToken"] }
    expect((await kms("RetireGrant", byToken, { by: RESTORER }))["error"]).toBe("AccessDeniedException")
    expect((await kms("RetireGrant", { ...byToken, DryRun: true }, { by: BREAKER }))["error"]).toBe(
      "DryRunOperationException",
    )
    expect(await kms("RetireGrant", byToken, { by: BREAKER })).toEqual({})
    expect(await listed()).toEqual([second["GrantId"]])
    expect(await kms("RetireGrant", { KeyId, GrantId: second["GrantId"] }, { by: BREAKER })).toEqual({})
    expect(await describeAs()).toBe("AccessDeniedException")
  })
  it("RetireGrant is for the grantee where the grant says so", async () => {
    const { GrantToken } = await kms("CreateGrant", grant({ Operations: ["Decrypt", "RetireGrant"] }))
    expect(await kms("RetireGrant", { GrantToken }, { by: RESTORER })).toEqual({})
    expect(await listed()).toEqual([])
  })
  it.each([
    ["RetireGrant", { GrantToken: "no-token" }, "InvalidGrantTokenException"],
    ["RetireGrant", {}, "ValidationException"],
    ["RetireGrant", { GrantId: "0".repeat(64) }, "NotFoundException"],
    ["RevokeGrant", { GrantId: "0".repeat(64) }, "NotFoundException"],
    ["RevokeGrant", { GrantId: "zero" }, "InvalidGrantIdException"],
  ])("%s of %j answers %s", async (operation, input, error) => {
    const named = "GrantId" in input ? { KeyId, ...input } : input
    expect((await kms(operation, named))["error"]).toBe(error)
  })
  it("RevokeGrant under DryRun revokes nothing", async () => {
    const { GrantId } = await kms("CreateGrant", grant())
    expect((await kms("RevokeGrant", { KeyId, GrantId, DryRun: true }))["error"]).toBe("DryRunOperationException")
    expect(await listed()).toEqual([GrantId])
  })
})

describe("lists of grants", () => {
  it("can be filtered and come in pages", async () => {
    const made: string[] = []
    for (const by of [RESTORER, RESTORER, BREAKER, BREAKER, BREAKER])
      made.push((await kms("CreateGrant", grant({ GranteePrincipal: by.arn })))["GrantId"])
    expect((await listed()).toSorted()).toEqual(made.toSorted())
    expect((await listed({ GranteePrincipal: RESTORER.arn })).toSorted()).toEqual(made.slice(0, 2).toSorted())
    expect(await listed({ GrantId: made[3] })).toEqual([made[3]])
    const seen: string[] = []
    let Marker: string | undefined
    do {
      const page = await kms("ListGrants", { KeyId, Limit: 2, Marker })
      expect(page["Grants"].length).toBeLessThanOrEqual(2)
      seen.push(...page["Grants"].map((each: { GrantId: string }) => each.GrantId))
      Marker = page["NextMarker"]
    } while (Marker !== undefined)
    expect(seen.toSorted()).toEqual(made.toSorted())
  })
  it("ListRetirableGrants finds the caller's grants on keys of any account", async () => {
    const own = (await kms("CreateKey", {}, { by: root(RECOVERY) }))["KeyMetadata"].Arn
    const retiring = { RetiringPrincipal: BREAKER.arn }
    const made: string[] = [
      await kms("CreateGrant", grant(retiring)),
      await kms("CreateGrant", grant({ KeyId: own, ...retiring }), { by: root(RECOVERY) }),
    ].map((each) => each["GrantId"])
    await kms("CreateGrant", grant())
    const found = (await kms("ListRetirableGrants", retiring, { by: root(RECOVERY) }))["Grants"]
    expect(found.map((each: { GrantId: string }) => each.GrantId).toSorted()).toEqual(made.toSorted())
    expect((await kms("ListRetirableGrants", retiring))["error"]).toBe("ValidationException")
  })
})

describe("before a grant has spread", () => {
  beforeEach(() => start({ lagMs: 5 * MINUTE }))

  it("only its token lets the grantee in", async () => {
    const { GrantToken, GrantId } = await kms("CreateGrant", grant())
    const withToken = { KeyId, GrantTokens: [GrantToken] }
    expect(await describeAs()).toBe("AccessDeniedException")
    expect(await kms("DescribeKey", withToken, { by: RESTORER })).toHaveProperty("KeyMetadata")
    expect(await listed()).toEqual([])
    expect((await kms("RevokeGrant", { KeyId, GrantId }))["error"]).toBe("NotFoundException")
    rig.world.clock.advance(5 * MINUTE)
    expect(await describeAs()).toBeUndefined()
    expect(await kms("RevokeGrant", { KeyId, GrantId })).toEqual({})
  })
  it("it can be retired by its token", async () => {
    const { GrantToken } = await kms("CreateGrant", grant())
    expect(await kms("RetireGrant", { GrantToken })).toEqual({})
    rig.world.clock.advance(5 * MINUTE)
    expect(await listed()).toEqual([])
  })
  it("a token of another grant does not help, and an invented one is refused", async () => {
    await kms("CreateGrant", grant())
    const other = await kms("CreateGrant", grant({ GranteePrincipal: BREAKER.arn }))
    const describing = (token: unknown): Promise<Record<string, unknown>> =>
      kms("DescribeKey", { KeyId, GrantTokens: [token] }, { by: RESTORER })
    expect((await describing(other["GrantToken"]))["error"]).toBe("AccessDeniedException")
    expect((await describing("invented"))["error"]).toBe("InvalidGrantTokenException")
  })
})
