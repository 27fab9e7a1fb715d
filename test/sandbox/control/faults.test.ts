import { mkdtempSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { advanceClock, addFault, clearFaults, listFaults, parseFault } from "../../../src/sandbox/control-client.ts"
import { faultScript } from "../../../src/sandbox/faults/script.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { kmsClient, plainCall, signedCall, type Answer, type Kms } from "../support/signed-client.ts"

const ACCOUNT = "111111111111"
let sandbox: Sandbox
let kms: Kms
beforeEach(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }] })
  kms = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT))
})
afterEach(() => sandbox.close())
const s3 = (method: string, path: string, body = ""): Promise<Answer> =>
  signedCall({
    port: sandbox.port,
    credentials: sandbox.credentialsFor(ACCOUNT),
    service: "s3",
    region: "us-east-1",
    method,
    path,
    body,
    headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
  })

describe("faults", () => {
  it.each([
    ["deny:kms:ListKeys", 400, "AccessDeniedException"],
    ["throttle:kms", 400, "ThrottlingException"],
    ["expired-token", 400, "ExpiredTokenException"],
    ['{"kind":"error","status":503,"code":"KMSInternalException"}', 503, "KMSInternalException"],
  ])("%s strikes once when told once", async (text, status, code) => {
    sandbox.faults.add({ ...parseFault(text), count: 1 })
    const struck = await kms("ListKeys")
    expect([struck.status, struck.json["__type"]]).toEqual([status, code])
    expect((await kms("ListKeys")).status).toBe(200)
    expect(sandbox.audit.at(-2)).toMatchObject({ fault: "fault-1", error: code })
  })
  it.each([
    ["throttle:s3control", 503, "SlowDown"],
    ["deny:s3control:ListJobs", 403, "AccessDenied"],
    ["expired-token:s3control", 400, "ExpiredToken"],
  ])("%s speaks like S3, in S3 Control's own XML", async (text, status, code) => {
    sandbox.faults.add(parseFault(text))
    const struck = await signedCall({
      port: sandbox.port,
      credentials: sandbox.credentialsFor(ACCOUNT),
      service: "s3",
      method: "GET",
      path: "/v20180820/jobs",
      headers: { "x-amz-account-id": ACCOUNT },
    })
    expect([struck.status, struck.headers["content-type"]]).toEqual([status, "application/xml"])
    expect(struck.text).toContain(`<Error><Code>${code}</Code>`)
  })
  it("spares what does not match", async () => {
    sandbox.faults.add(parseFault("deny:kms:DescribeKey:some-key"))
    expect((await kms("DescribeKey", { KeyId: "other" })).json["__type"]).toBe("NotFoundException")
    expect((await kms("DescribeKey", { KeyId: "some-key" })).json["__type"]).toBe("AccessDeniedException")
  })
  it("cuts before the commit: nothing is stored; after it: all is", async () => {
    await s3("PUT", "/cuts")
    sandbox.faults.add({ kind: "cut-before-commit", operation: "PutObject", match: "before" })
    sandbox.faults.add({ kind: "cut-after-commit", operation: "PutObject", match: "after" })
    await expect(s3("PUT", "/cuts/before", "x")).rejects.toThrow()
    await expect(s3("PUT", "/cuts/after", "x")).rejects.toThrow()
    expect((await s3("GET", "/cuts/before")).status).toBe(404)
    expect((await s3("GET", "/cuts/after")).text).toBe("x")
  })
  it("flips one bit of a body", async () => {
    await s3("PUT", "/flips")
    await s3("PUT", "/flips/key", "aaaa")
    sandbox.faults.add({ kind: "corrupt-body", operation: "GetObject" })
    expect((await s3("GET", "/flips/key")).text).toBe("aa`a")
  })
  it.each(["error", "trailing-newline", "html", "wrong-root", "empty"] as const)(
    "answers 200 with %s and does nothing",
    async (variant) => {
      await s3("PUT", "/lies")
      sandbox.faults.add({ kind: "error-in-200", operation: "PutObject", variant })
      expect((await s3("PUT", "/lies/key", "x")).status).toBe(200)
      expect((await s3("GET", "/lies/key")).status).toBe(404)
    },
  )
  it("draws the same calls again from the same seed", () => {
    const draw = (seed: string): boolean[] => {
      const script = faultScript(seed)
      script.add({ kind: "throttle", probability: 0.3 })
      const facts = { service: "s3", operation: "GetObject", region: "r", account: "a", text: () => "" }
      return Array.from({ length: 200 }, () => script.strike(facts) !== undefined)
    }
    expect(draw("one")).toEqual(draw("one"))
    expect(draw("one")).not.toEqual(draw("two"))
    expect(draw("one").filter(Boolean).length).toBeGreaterThan(30)
    expect(draw("one").filter(Boolean).length).toBeLessThan(90)
  })
})

describe("the control calls", () => {
  it("add, list and clear faults and move time", async () => {
    await addFault(sandbox.port, parseFault("deny:s3:CopyObject:loki/"))
    expect((await listFaults(sandbox.port)).faults[0]?.rule).toEqual({
      id: "fault-1",
      kind: "deny",
      service: "s3",
      operation: "CopyObject",
      match: "loki/",
    })
    expect(await clearFaults(sandbox.port)).toEqual({ cleared: 1 })
    expect((await advanceClock(sandbox.port, 86_400_000)).aheadMs).toBe(86_400_000)
  })
  it("refuse web pages and foreign hosts", async () => {
    expect((await plainCall(sandbox.port, "GET", "/_dr/status", { origin: "http://evil.example" })).status).toBe(403)
    expect((await plainCall(sandbox.port, "GET", "/_dr/status", { host: "evil.example" })).status).toBe(403)
    expect((await plainCall(sandbox.port, "GET", "/_dr/status")).json["simulated"]).toBe(true)
  })
  it.each([
    [{ kind: "throttle", service: "s3", operation: "GetObjct" }, 'no s3 operation "GetObjct": did you mean GetObject?'],
    [{ kind: "deny", service: "kms", operation: "GetObject" }, 'no kms operation "GetObject"'],
    [{ kind: "deny", operation: "Decrpt" }, 'no operation "Decrpt": did you mean Decrypt?'],
    [{ kind: "deny", service: "iam", operation: "Xyzzy" }, "nothing would ever be struck"],
  ] as const)("refuse %j, which would never strike", async (fault, why) => {
    await expect(addFault(sandbox.port, fault)).rejects.toThrow(why)
    expect(await listFaults(sandbox.port)).toEqual({ faults: [] })
  })
  it("take every operation that a service has, without its service too", async () => {
    for (const fault of [
      { kind: "deny", operation: "GetObject" },
      { kind: "deny", service: "s3control", operation: "CreateJob" },
    ] as const)
      await addFault(sandbox.port, fault)
    expect(await clearFaults(sandbox.port)).toEqual({ cleared: 2 })
  })
  it.each(["nonsense", "{", '{"kind":"deny","colour":"red"}', '{"kind":"deny","count":-1}', "deny:dynamodb:GetItem"])(
    "refuse the rule %s",
    (text) => expect(() => parseFault(text)).toThrow("is no fault"),
  )
})

describe("a sandbox that cannot begin", () => {
  it("says that its port is taken", () =>
    expect(startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }], port: sandbox.port })).rejects.toMatchObject({
      code: "E_SANDBOX_PORT",
      hints: [expect.stringContaining("--port 0")],
    }))

  it("says before it listens that its state cannot be kept", () => {
    const file = join(mkdtempSync(join(tmpdir(), "dr-state-")), "file")
    writeFileSync(file, "")
    return expect(
      startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }], stateDir: file }),
    ).rejects.toMatchObject({ code: "E_SANDBOX_STATE", message: expect.stringContaining(file) as unknown })
  })
})

describe("a snapshot", () => {
  it("takes keys, ciphertext, objects and time over a restart, readable by its owner only", async () => {
    const stateDir = join(mkdtempSync(join(tmpdir(), "dr-state-")), "state")
    const options = { accounts: [{ id: ACCOUNT, name: "workload" }], stateDir }
    const first = await startSandbox(options)
    const before = kmsClient(first.port, first.credentialsFor(ACCOUNT))
    const KeyId = (await before("CreateKey")).json["KeyMetadata"].KeyId
    const CiphertextBlob = (await before("Encrypt", { KeyId, Plaintext: "aGk=" })).json["CiphertextBlob"]
    await before("ScheduleKeyDeletion", {
      KeyId: (await before("CreateKey")).json["KeyMetadata"].KeyId,
      PendingWindowInDays: 7,
    })
    first.clock.advance(3 * 86_400_000)
    await first.close()
    expect(statSync(join(stateDir, "sandbox-world.json")).mode & 0o777).toBe(0o600)
    const second = await startSandbox(options)
    const after = kmsClient(second.port, second.credentialsFor(ACCOUNT))
    expect((await after("Decrypt", { CiphertextBlob })).json["Plaintext"]).toBe("aGk=")
    second.clock.advance(4 * 86_400_000)
    expect((await after("ListKeys")).json["Keys"]).toHaveLength(1)
    await second.close()
  })
})
