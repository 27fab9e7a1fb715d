import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterEach, expect, it } from "vitest"
import { compareKeys } from "../../../src/kernel/byte-order.ts"
import type { BucketName } from "../../../src/kernel/brands.ts"
import type { ListedObject } from "../../../src/restore/objects.ts"
import { ODD_KEYS } from "../../aws/wire/odd-keys.ts"
import { OWNER, SOURCE, TARGET, wireWorld, type WireWorld } from "../../aws/wire/wire-world.ts"
import { endsOf, placeIn, planOn } from "../end-to-end/sandbox-restore.ts"

let world: WireWorld | undefined
afterEach(() => world?.close())

async function worldOfOddKeys(versions: ReadonlyArray<"bytes" | "marker">): Promise<WireWorld> {
  world = await wireWorld()
  const { s3, oldKey } = world
  for (const [age, version] of versions.entries())
    await Promise.all(
      ODD_KEYS.map((Key) =>
        version === "marker"
          ? s3.send(new DeleteObjectCommand({ Bucket: SOURCE, Key }))
          : s3.send(
              new PutObjectCommand({
                Bucket: SOURCE,
                Key,
                Body: `version ${age} of ${Key}`,
                ServerSideEncryption: "aws:kms",
                SSEKMSKeyId: oldKey,
              }),
            ),
      ),
    )
  return world
}

const SORTED = ODD_KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** Everything that stands in a bucket, oldest version of each key first: its key and SHA-256, or that it is a marker. */
async function standing({ plane }: WireWorld, bucket: BucketName): Promise<readonly (readonly [string, string])[]> {
  const page = await plane.listVersionsPage(placeIn(bucket, ""))
  if (page.kind === "error" || page.value.truncated) throw new TypeError("not one page")
  const oldestFirst = page.value.objects.toReversed().toSorted((a, b) => compareKeys(a.key, b.key))
  return Promise.all(oldestFirst.map(async (object) => [object.key, await contentOf(object)] as const))

  async function contentOf({ key, versionId, deleteMarker }: ListedObject): Promise<string> {
    if (deleteMarker === true) return "marker"
    const read = await plane.hash({ bucket, owner: OWNER, key, ...(versionId === undefined ? {} : { versionId }) })
    return read.kind === "ok" ? read.value.sha256 : JSON.stringify(read.error)
  }
}

it("46 odd keys go from listing over manifest to copies and back, byte for byte", async () => {
  const odd = await worldOfOddKeys(["bytes"])
  const part = await planOn(odd, { pageSize: 7 })
  expect(part.objects.map(({ key }) => key)).toEqual(SORTED)
  expect(endsOf(await part.run({ verify: "answer" }))).toEqual([])
  expect(await standing(odd, TARGET)).toEqual(await standing(odd, SOURCE))
  const readBack = await part.verify()
  expect([readBack.length, endsOf(readBack)]).toEqual([46, []])
})

it("46 odd keys keep all their versions, delete markers in their place", async () => {
  const odd = await worldOfOddKeys(["bytes", "marker", "bytes"])
  const part = await planOn(odd, { mode: "all", pageSize: 11 })
  expect(part.objects).toHaveLength(3 * 46)
  expect(endsOf(await part.run({ verify: "answer" }))).toEqual([])
  const copies = await standing(odd, TARGET)
  expect(copies).toEqual(await standing(odd, SOURCE))
  expect(copies.filter(([, content]) => content === "marker")).toHaveLength(46)
  expect(endsOf(await part.verify())).toEqual([])
})

it("46 odd keys are re-keyed in place, all versions, and none is touched twice", async () => {
  const odd = await worldOfOddKeys(["bytes", "marker", "bytes"])
  const before = await standing(odd, SOURCE)
  const part = await planOn(odd, { mode: "all", operation: "rekey", pageSize: 11 })
  expect(part.objects).toHaveLength(2 * 46)
  expect(endsOf(await part.run({ verify: "answer" }))).toEqual([])
  expect(await standing(odd, SOURCE)).toEqual(before)
  const told = await part.verify()
  expect([told.length, endsOf(told)]).toEqual([92, []])
  for (const { key, versionId } of part.objects) {
    const ref = { bucket: SOURCE, owner: OWNER, key, ...(versionId === undefined ? {} : { versionId }) }
    expect(await odd.plane.head(ref)).toMatchObject({ kind: "ok", value: { keyArn: odd.newKey } })
  }
})

it.runIf(process.env["DR_TEST_SLOW"] === "1")("46 odd keys get through in parts, too", async () => {
  const odd = await worldOfOddKeys(["bytes"])
  const part = await planOn(odd, { multipartAboveBytes: 1 })
  expect(endsOf(await part.run({ verify: "answer" }))).toEqual([])
  expect(await standing(odd, TARGET)).toEqual(await standing(odd, SOURCE))
  expect(odd.sandbox.audit.filter(({ operation }) => operation === "CompleteMultipartUpload")).toHaveLength(46)
})
