import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterEach, expect, it } from "vitest"
import { closingPass } from "../../../src/restore/reconcile/closing-pass.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { SOURCE, type WireWorld } from "../../aws/wire/wire-world.ts"
import { versionsInTarget, worldOfMany } from "../end-to-end/many-objects.ts"
import { planOn } from "../end-to-end/sandbox-restore.ts"

let world: WireWorld | undefined
afterEach(() => world?.close())

/** Reliability, copy list number 24: the manifest is frozen, and what changed since is counted by a second listing. */
it("24: a list that changes after the plan does not change the run; the closing pass tells what changed", async () => {
  const changing = (world = await worldOfMany(20))
  const part = await planOn(changing)
  const put = (Key: string, Body: string) => changing.s3.send(new PutObjectCommand({ Bucket: SOURCE, Key, Body }))
  await put("appeared/1", "between plan and run")
  const { ended, told } = await part.end()
  await put("appeared/2", "after the run")
  await put("k0003", "changed after its copy")
  await changing.s3.send(new DeleteObjectCommand({ Bucket: SOURCE, Key: "k0007" }))
  expect([ended.kind, told.length]).toEqual(["finished", 20])
  expect([...(await versionsInTarget(changing)).keys()]).toEqual(part.objects.map(({ key }) => key))
  const joined = await closingPass(
    { clock: systemClock, random: Math.random, signal: new AbortController().signal },
    {
      aim: part.aim,
      mode: { kind: "current" },
      operation: "copy",
      source: changing.plane,
      destination: changing.plane,
      parts: [{ name: "part", manifest: part.manifest, isExpected: () => true }],
    },
  )
  expect(joined).toMatchObject({
    matched: 20,
    missing: 0,
    different: 0,
    extra: 0,
    appeared: 2,
    vanished: 1,
    changed: 1,
    examples: { appeared: ["appeared/1", "appeared/2"], vanished: ["k0007"], changed: ["k0003"] },
  })
})
