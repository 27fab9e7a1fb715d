import { afterEach, describe, expect, it } from "vitest"
import type { WireWorld } from "../../aws/wire/wire-world.ts"
import { callsSince, versionsInTarget, worldOfMany } from "../end-to-end/many-objects.ts"
import { planOn } from "../end-to-end/sandbox-restore.ts"

let world: WireWorld | undefined
afterEach(() => world?.close())

describe("32: a bucket that is elsewhere", () => {
  it.each([
    ["a redirect, which is not followed", { kind: "redirect" } as const, /CopyObject/],
    ["no such bucket", { kind: "error", status: 404, code: "NoSuchBucket" } as const, /NoSuchBucket/],
    [
      "a signature for another Region",
      { kind: "error", status: 400, code: "AuthorizationHeaderMalformed" } as const,
      /AuthorizationHeaderMalformed/,
    ],
  ])("stops the run at once by %s, with nothing written", async (_what, fault, message) => {
    const elsewhere = (world = await worldOfMany(20))
    const part = await planOn(elsewhere)
    elsewhere.sandbox.faults.add({ ...fault, service: "s3", operation: "CopyObject" })
    const begun = elsewhere.sandbox.audit.length
    const { ended, told } = await part.end()
    expect(ended).toMatchObject({ kind: "fatal", why: "wrong-region" })
    expect(ended.kind === "fatal" && ended.message).toMatch(message)
    expect(told).toEqual([])
    // Those that were in flight with the first, once each, and no other host or path.
    const calls = callsSince(elsewhere, begun)
    expect([...calls.keys()]).toEqual(["s3:CopyObject"])
    expect(calls.get("s3:CopyObject")).toBeLessThanOrEqual(16)
    expect((await versionsInTarget(elsewhere)).size).toBe(0)
  })
})
