import { CreateKeyCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms"
import { afterEach, describe, expect, it } from "vitest"
import { AwsSession } from "../../../src/aws/sessions.ts"
import { openRewrapKms } from "../../../src/aws/wire/open-data-plane.ts"
import type { KeyArn } from "../../../src/kernel/brands.ts"
import type { RewrapKms } from "../../../src/restore/rewrap/ports.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox } from "../../../src/sandbox/index.ts"
import { recordingServer } from "./recording-server.ts"
import { OWNER, REGION } from "./wire-world.ts"

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const CREDENTIALS = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" }
const KEYS = ["old", "new"].map((name) => `arn:aws:kms:${REGION}:${OWNER}:key/${name}` as KeyArn)
const [from, to] = KEYS as [KeyArn, KeyArn]
let dropped = 0

function kmsOn(endpoint: string, credentials = CREDENTIALS): RewrapKms {
  const session = new AwsSession(
    { account: OWNER, principal: `arn:aws:iam::${OWNER}:root` },
    () => Promise.resolve(credentials),
    () => dropped++,
  )
  const opened = openRewrapKms({ clock: systemClock, session, region: REGION, endpoint, maxInFlight: 4 })
  ends.push(() => opened.close())
  return opened.kms
}

describe("KMS over our own wire", () => {
  it("wraps a key anew on the sandbox and opens it on both sides", async () => {
    const sandbox = await startSandbox({ accounts: [{ id: OWNER, name: "prod" }] })
    ends.push(() => sandbox.close())
    const client = new KMSClient({
      endpoint: sandbox.endpoint,
      region: REGION,
      credentials: sandbox.credentialsFor(OWNER),
    })
    const newKey = async () => (await client.send(new CreateKeyCommand({}))).KeyMetadata?.Arn as KeyArn
    const [old, next] = [await newKey(), await newKey()]
    const context = { purpose: 'a "quoted" ü' }
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: old, Plaintext: Buffer.from("data key"), EncryptionContext: context }),
    )
    client.destroy()
    const ciphertext = Buffer.from(CiphertextBlob ?? []).toString("base64")
    const kms = kmsOn(sandbox.endpoint, sandbox.credentialsFor(OWNER))
    const made = await kms.reEncrypt({ ciphertext, from: old, to: next, context })
    expect(made).toMatchObject({ kind: "ok", value: { sourceKeyArn: old, keyArn: next } })
    const anew = made.kind === "ok" ? made.value.ciphertext : ""
    for (const side of [
      { ciphertext, keyArn: old },
      { ciphertext: anew, keyArn: next },
    ])
      expect(await kms.decrypt({ ...side, context })).toEqual({ kind: "ok", value: Buffer.from("data key") })
    expect(await kms.decrypt({ ciphertext: anew, keyArn: next, context: {} })).toMatchObject({
      kind: "error",
      error: { class: "refused", code: "InvalidCiphertextException" },
    })
  })

  it.each([
    [400, "ThrottlingException", "kms-throttled"],
    [400, "com.amazonaws.kms#DisabledException", "key-state"],
    [400, "NotFoundException", "not-found"],
    [400, "AccessDeniedException", "access-denied"],
    [500, "KMSInternalException", "transient"],
    [400, "ExpiredTokenException", "expired-token"],
  ])("tells %i %s as %s", async (status, type, kind) => {
    const server = await recordingServer(() => ({ status, headers: {}, body: JSON.stringify({ __type: type }) }))
    ends.push(() => server.close())
    const before = dropped
    expect(await kmsOn(server.endpoint).reEncrypt({ ciphertext: "YQ==", from, to, context: {} })).toMatchObject({
      kind: "error",
      error: { class: kind, code: type.replace(/^.*#/, ""), ambiguous: false, facts: { service: "kms", status } },
    })
    expect(dropped - before).toBe(kind === "expired-token" ? 1 : 0)
  })

  it.each(["", "{}", '{"CiphertextBlob":"YQ=="', "<html>", '{"CiphertextBlob":1,"KeyId":"k","SourceKeyId":"k"}'])(
    "takes no success from %j",
    async (body) => {
      const server = await recordingServer(() => ({ status: 200, headers: {}, body }))
      ends.push(() => server.close())
      expect(await kmsOn(server.endpoint).reEncrypt({ ciphertext: "YQ==", from, to, context: {} })).toMatchObject({
        kind: "error",
        error: { class: "broken" },
      })
    },
  )
})
