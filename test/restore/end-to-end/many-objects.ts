import { PutObjectCommand } from "@aws-sdk/client-s3"
import { forEachBounded } from "../../../src/kernel/concurrency.ts"
import { OWNER, SOURCE, TARGET, wireWorld, type WireWorld } from "../../aws/wire/wire-world.ts"

/** A world whose source holds so many small objects under its old key. */
export async function worldOfMany(count: number): Promise<WireWorld> {
  const world = await wireWorld()
  await forEachBounded(
    Array.from({ length: count }, (_, at) => `k${String(at).padStart(4, "0")}`),
    16,
    async (Key) => {
      await world.s3.send(
        new PutObjectCommand({
          Bucket: SOURCE,
          Key,
          Body: Key,
          ServerSideEncryption: "aws:kms",
          SSEKMSKeyId: world.oldKey,
        }),
      )
    },
    new AbortController().signal,
  )
  return world
}

/** How many versions each key of the target has. */
export async function versionsInTarget(world: WireWorld): Promise<ReadonlyMap<string, number>> {
  const page = await world.plane.listVersionsPage({ bucket: TARGET, owner: OWNER, prefix: "" })
  const counts = new Map<string, number>()
  for (const { key } of page.kind === "ok" ? page.value.objects : []) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** Calls of S3 since this many entries of the audit, with how often. */
export function callsSince(world: WireWorld, entries: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { service, operation } of world.sandbox.audit.slice(entries)) {
    const name = `${service}:${operation}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
