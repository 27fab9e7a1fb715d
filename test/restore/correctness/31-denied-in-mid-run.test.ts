import { DisableKeyCommand, EnableKeyCommand, KMSClient } from "@aws-sdk/client-kms"
import { afterEach, describe, expect, it } from "vitest"
import { OWNER, REGION, type WireWorld } from "../../aws/wire/wire-world.ts"
import { callsSince, versionsInTarget, worldOfMany } from "../end-to-end/many-objects.ts"
import { planOn } from "../end-to-end/sandbox-restore.ts"
import { simulate } from "../sim/simulate.ts"

let world: WireWorld | undefined
afterEach(() => world?.close())

describe("31: what is denied in mid-run", () => {
  it("stops the run and names the action and the ARN", async () => {
    const denied = (world = await worldOfMany(40))
    const part = await planOn(denied)
    const begun = denied.sandbox.audit.length
    const { ended, told } = await part.end((settled) => {
      if (settled === 10) denied.sandbox.faults.add({ kind: "deny", service: "s3", operation: "CopyObject" })
    })
    expect(ended).toMatchObject({ kind: "fatal", why: "access-denied" })
    expect(ended.kind === "fatal" && ended.message).toMatch(
      /s3:PutObject.* on arn:aws:s3:::wire-target\/k\d{4}, .*kms:GenerateDataKey and kms:Decrypt on arn:aws:kms:/,
    )
    expect(told.every(({ settled }) => settled.kind === "done")).toBe(true)
    expect(told.length).toBeLessThan(40)
    expect(callsSince(denied, begun).get("s3:CopyObject")).toBeLessThan(40)
  })

  it("by a key that was disabled stops it as well, and the rest goes on once the key is back", async () => {
    const disabled = (world = await worldOfMany(40))
    const part = await planOn(disabled)
    const { sandbox, newKey } = disabled
    const kms = new KMSClient({
      endpoint: sandbox.endpoint,
      region: REGION,
      credentials: sandbox.credentialsFor(OWNER),
    })
    const { ended, told } = await part.end(async (settled) => {
      if (settled === 10) await kms.send(new DisableKeyCommand({ KeyId: newKey }))
    })
    expect(ended).toMatchObject({ kind: "fatal", why: "key-state", message: expect.stringContaining(newKey) as string })
    expect(told.filter(({ settled }) => settled.kind !== "done")).toEqual([])
    expect(told.length).toBeLessThan(40)
    await kms.send(new EnableKeyCommand({ KeyId: newKey }))
    kms.destroy()
    const resumed = await part.end()
    expect([resumed.ended.kind, resumed.told.filter(({ settled }) => settled.kind !== "done")]).toEqual([
      "finished",
      [],
    ])
    expect(new Set((await versionsInTarget(disabled)).values())).toEqual(new Set([1]))
  })

  it("stops a run of a thousand in flight within 5 s, by the clock of a simulation", async () => {
    const outages = [{ partition: "*", from: 5_000, to: 3_600_000, as: "denied" as const }]
    const { result, seconds } = await simulate(31, { objects: 8_000, perSecond: 1_000, burst: 50, outages })
    expect(result.ended).toMatchObject({ kind: "fatal", why: "key-state" })
    expect([seconds >= 5, seconds <= 10]).toEqual([true, true])
    expect(result.sums.failed).toBe(0)
  })
})
