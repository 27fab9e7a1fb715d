import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { inventoryObjects, openInventory, type InventoryObject } from "../../../src/restore/batch/inventory.ts"

const md5 = (bytes: Buffer | string): string => createHash("md5").update(bytes).digest("hex")
const SCHEMA =
  "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, EncryptionStatus"
const ROWS = `"data","a%2Cb+c%2B%C3%BC/x","v2","true","false","12","2026-11-01T00:00:00.000Z","abc","STANDARD_IA","SSE-KMS"
"data","gone","v9","true","true","","2026-11-02T00:00:00.000Z","","",""
"data","old","null","false","false","0","2026-10-01T00:00:00.000Z","d41d","","SSE-C"
`

interface Change {
  readonly schema?: string
  readonly rows?: string
  readonly manifest?: object
  readonly files?: (key: string, bytes: Buffer) => Buffer | undefined
}

function bucketWith({ schema = SCHEMA, rows = ROWS, manifest = {}, files = (_key, bytes) => bytes }: Change = {}) {
  const data = gzipSync(rows)
  const text = JSON.stringify({
    sourceBucket: "data",
    destinationBucket: "arn:aws:s3:::lists",
    version: "2016-11-30",
    creationTimestamp: "1793500000000",
    fileFormat: "CSV",
    fileSchema: schema,
    files: [{ key: "inv/data/1.csv.gz", size: data.length, MD5checksum: md5(data) }],
    ...manifest,
  })
  const stored: Readonly<Record<string, Buffer>> = {
    "inv/manifest.json": Buffer.from(text),
    "inv/manifest.checksum": Buffer.from(md5(text)),
    "inv/data/1.csv.gz": data,
  }
  return {
    get: async (key: string) => {
      const bytes = stored[key] === undefined ? undefined : files(key, stored[key])
      return bytes === undefined ? undefined : pieces(bytes)
    },
  }
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7)
}

async function listed(change?: Change): Promise<InventoryObject[]> {
  const source = bucketWith(change)
  const objects: InventoryObject[] = []
  for await (const object of inventoryObjects(source, await openInventory(source, "inv/manifest.json", "data")))
    objects.push(object)
  return objects
}

describe("an S3 inventory as a listing", () => {
  it("tells what a listing tells, and how each object is encrypted", async () => {
    expect(await listed()).toEqual([
      {
        key: "a,b c+ü/x",
        versionId: "v2",
        current: true,
        sizeBytes: 12,
        modifiedAt: Date.UTC(2026, 10, 1),
        etag: '"abc"',
        storageClass: "STANDARD_IA",
        encryption: "SSE-KMS",
      },
      {
        key: "gone",
        versionId: "v9",
        current: true,
        deleteMarker: true,
        sizeBytes: 0,
        modifiedAt: Date.UTC(2026, 10, 2),
        etag: "",
        storageClass: "",
      },
      {
        key: "old",
        versionId: "null",
        sizeBytes: 0,
        modifiedAt: Date.UTC(2026, 9, 1),
        etag: '"d41d"',
        storageClass: "STANDARD",
        encryption: "SSE-C",
      },
    ])
  })

  it("takes the columns by their names, in any order", async () => {
    const schema = "StorageClass, ETag, LastModifiedDate, Size, Key, Bucket"
    const rows = '"GLACIER","e","2026-11-01T00:00:00.000Z","3","k","data"\n'
    expect(await listed({ schema, rows })).toEqual([
      { key: "k", sizeBytes: 3, modifiedAt: Date.UTC(2026, 10, 1), etag: '"e"', storageClass: "GLACIER" },
    ])
  })

  it.each<[string, Change]>([
    ["another bucket", { manifest: { sourceBucket: "other" } }],
    ["another format", { manifest: { fileFormat: "Parquet" } }],
    ["a schema without sizes", { schema: "Bucket, Key" }],
    ["no date", { manifest: { creationTimestamp: "soon" } }],
    ["no files", { manifest: { files: "none" } }],
    [
      "a changed manifest",
      { files: (key, bytes) => (key.endsWith("json") ? Buffer.concat([bytes, Buffer.from(" ")]) : bytes) },
    ],
    ["a lost file", { files: (key, bytes) => (key.endsWith("gz") ? undefined : bytes) }],
    ["a file of another MD5", { files: (key, bytes) => (key.endsWith("gz") ? gzipSync("") : bytes) }],
    ["a cut file", { files: (key, bytes) => (key.endsWith("gz") ? bytes.subarray(0, bytes.length - 9) : bytes) }],
    ["a row of another bucket", { rows: ROWS.replace('"data","old"', '"evil","old"') }],
    ["a row that lacks a field", { rows: `${ROWS}"data","x"\n` }],
    ["a key with a bad escape", { rows: ROWS.replace("old", "%zz") }],
    ["a size that is none", { rows: ROWS.replace('"12"', '"1e3"') }],
  ])("takes nothing from one with %s", async (_what, change) => {
    await expect(listed(change)).rejects.toMatchObject({ code: "E_INVENTORY" })
  })
})
