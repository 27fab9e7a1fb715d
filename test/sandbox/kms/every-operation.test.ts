import * as client from "@aws-sdk/client-kms"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { kmsClient, type Kms } from "../support/signed-client.ts"

/** The minimum of sandbox.md 3.1. */
const OWN = new Set(
  `CreateKey DescribeKey ListKeys UpdateKeyDescription EnableKey DisableKey ScheduleKeyDeletion CancelKeyDeletion
  ReplicateKey UpdatePrimaryRegion
  Encrypt Decrypt ReEncrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateRandom GenerateMac VerifyMac
  GetKeyPolicy PutKeyPolicy ListKeyPolicies
  CreateAlias UpdateAlias DeleteAlias ListAliases
  CreateGrant ListGrants ListRetirableGrants RetireGrant RevokeGrant
  TagResource UntagResource ListResourceTags
  EnableKeyRotation DisableKeyRotation GetKeyRotationStatus RotateKeyOnDemand ListKeyRotations
  GetParametersForImport ImportKeyMaterial DeleteImportedKeyMaterial
  GetKeyLastUsage`.split(/\s+/),
)

const operations = Object.keys(client)
  .filter((name) => name.endsWith("Command") && name !== "$Command")
  .map((name) => name.slice(0, -"Command".length))

let sandbox: Sandbox
let kms: Kms
beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: "111111111111", name: "workload" }] })
  kms = kmsClient(sandbox.port, sandbox.credentialsFor("111111111111"))
})
afterAll(() => sandbox.close())

describe("every operation that the SDK's client has", () => {
  it("is known to this test", () => {
    expect(OWN.size).toBe(42)
    expect(operations.length).toBeGreaterThanOrEqual(56)
    expect([...OWN].filter((name) => !operations.includes(name))).toEqual([])
  })
  it.each(operations)("%s has a handler of its own, or says that it has none", async (operation) => {
    const { status, json } = await kms(operation, {})
    if (OWN.has(operation)) expect([200, 400]).toContain(status)
    else expect([status, json["__type"]]).toEqual([501, "NotImplemented"])
  })
  it("is answered under its own name in the audit log, never under another", () => {
    const logged = new Set(sandbox.audit.map((entry) => entry.operation).filter((name) => name !== "-"))
    expect(logged).toEqual(OWN)
  })
})
