import { GetObjectTaggingCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ListedObject } from "../../../src/restore/objects.ts"
import type { Outcome } from "../../../src/restore/data-plane.ts"
import { ODD_KEYS } from "./odd-keys.ts"
import { OWNER, SOURCE, TARGET, wireWorld, type WireWorld } from "./wire-world.ts"

let world: WireWorld
const METADATA = new Map([
  ["note", "a b  c+%d"],
  ["__proto__", "kept"],
])

beforeAll(async () => {
  world = await wireWorld()
  for (const Key of ODD_KEYS) {
    await world.s3.send(
      new PutObjectCommand({
        Bucket: SOURCE,
        Key,
        Body: `bytes of ${Key}`,
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: world.oldKey,
        Metadata: Object.fromEntries(METADATA),
        Tagging: "team=ops%20%2B%20co&__proto__=%C3%A9",
        ContentType: "text/x-odd; charset=utf-8",
      }),
    )
  }
})
afterAll(() => world.close())

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "ok") return outcome.value
  throw new TypeError(JSON.stringify(outcome.error))
}

const list = async (bucket: typeof SOURCE, limit: number): Promise<ListedObject[]> => {
  const found: ListedObject[] = []
  for (let truncated = true; truncated;) {
    const after = found.at(-1)?.key
    const page = valueOf(
      await world.plane.listPage({
        bucket,
        owner: OWNER,
        prefix: "",
        limit,
        ...(after === undefined ? {} : { after }),
      }),
    )
    found.push(...page.objects)
    ;({ truncated } = page)
  }
  return found
}

describe("46 odd keys", () => {
  it("are 46, and the longest has 1,024 bytes", () => {
    expect(new Set(ODD_KEYS).size).toBe(46)
    expect(Math.max(...ODD_KEYS.map((key) => Buffer.byteLength(key)))).toBe(1024)
  })

  it("are listed, headed, copied and listed again byte for byte", async () => {
    const listed = await list(SOURCE, 7)
    expect(listed.map(({ key }) => key)).toEqual(
      ODD_KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    )
    await Promise.all(
      listed.map(async ({ key, etag, sizeBytes }) => {
        const source = { bucket: SOURCE, owner: OWNER, key }
        const head = valueOf(await world.plane.head(source))
        expect(head).toMatchObject({ etag, sizeBytes, keyArn: world.oldKey, encryption: "aws:kms", tagCount: 2 })
        expect(head.metadata.get("note")).toBe("a b  c+%d")
        const destination = { bucket: TARGET, owner: OWNER, key }
        valueOf(
          await world.plane.copy({
            source: { ...source, ...(head.versionId === undefined ? {} : { versionId: head.versionId }) },
            sourceEtag: etag,
            destination,
            expect: "absent",
            keyArn: world.newKey,
            bucketKey: false,
            storageClass: "STANDARD_IA",
          }),
        )
        const hashes = [await world.plane.hash(source), await world.plane.hash(destination)].map(valueOf)
        expect(hashes[0]).toEqual(hashes[1])
        expect(hashes[0]?.sizeBytes).toBe(Buffer.byteLength(`bytes of ${key}`))
      }),
    )
    const copied = await list(TARGET, 1000)
    expect(copied.map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual(
      listed.map(({ key, sizeBytes }) => [key, sizeBytes]),
    )
  })

  it("bring metadata, tags and headers along", async () => {
    for (const Key of ["__proto__", "e\u0301", "/"]) {
      const head = valueOf(await world.plane.head({ bucket: TARGET, owner: OWNER, key: Key }))
      expect(head.metadata).toEqual(METADATA)
      expect([head.headers["content-type"], head.keyArn, head.storageClass]).toEqual([
        "text/x-odd; charset=utf-8",
        world.newKey,
        "STANDARD_IA",
      ])
      const tags = await world.s3.send(new GetObjectTaggingCommand({ Bucket: TARGET, Key }))
      expect(valueOf(await world.plane.tags({ bucket: TARGET, owner: OWNER, key: Key }))).toEqual(
        Object.fromEntries((tags.TagSet ?? []).map((tag) => [tag.Key, tag.Value])),
      )
      expect(tags.TagSet).toHaveLength(2)
    }
  })
})
