import { createHash } from "node:crypto"
import { pipeline, Readable } from "node:stream"
import { createGunzip } from "node:zlib"
import type { ListedObject } from "../objects.ts"
import { csvRows } from "./csv-rows.ts"
import { untrue } from "./inventory-error.ts"
import { rowReader } from "./inventory-row.ts"
import type { BatchDesk } from "./ports.ts"

/** An object with what only an inventory tells: how it is encrypted, though not under which key. */
export interface InventoryObject extends ListedObject {
  /** `SSE-S3`, `SSE-C`, `SSE-KMS`, `DSSE-KMS`, `NOT-SSE`; undefined where the inventory has no such field. */
  readonly encryption?: string
}

export interface Inventory {
  readonly sourceBucket: string
  /** Epoch milliseconds. What came later is not in it, and some of what came shortly before neither. */
  readonly createdAt: number
  readonly schema: readonly string[]
  readonly files: ReadonlyArray<{ readonly key: string; readonly size: number; readonly MD5checksum: string }>
}

type Source = Pick<BatchDesk, "get">

/**
 * Reads the manifest.json of an S3 Inventory in CSV, held against the manifest.checksum beside it.
 * @throws DrError E_INVENTORY for one that cannot be trusted or lacks a field
 */
export async function openInventory(source: Source, manifestKey: string, bucket: string): Promise<Inventory> {
  const text = await whole(source, manifestKey)
  const checksum = (await whole(source, manifestKey.replace(/json$/, "checksum"))).toString("latin1").trim()
  if (md5Hex(text) !== checksum.toLowerCase()) throw untrue(manifestKey, "its MD5 is not the one in manifest.checksum")
  const { sourceBucket, creationTimestamp, fileFormat, fileSchema, files } = parsed(text, manifestKey)
  if (fileFormat !== "CSV") throw untrue(manifestKey, `its format is ${String(fileFormat)}, expected CSV`)
  if (sourceBucket !== bucket) throw untrue(manifestKey, `it lists ${String(sourceBucket)}, expected ${bucket}`)
  if (!Array.isArray(files) || typeof fileSchema !== "string")
    throw untrue(manifestKey, "it names no files or no schema")
  const inventory: Inventory = {
    sourceBucket: bucket,
    createdAt: Number(creationTimestamp),
    schema: fileSchema.split(",").map((name) => name.trim()),
    files: files as Inventory["files"],
  }
  if (!Number.isSafeInteger(inventory.createdAt)) throw untrue(manifestKey, "it does not say when it was made")
  rowReader(inventory, manifestKey)
  return inventory
}

/**
 * The objects of an inventory, file by file: in no order that could be relied on. Each file is held against its MD5, so what was
 * read counts only when the iteration has ended without an error.
 * @throws DrError E_INVENTORY
 */
export async function* inventoryObjects(source: Source, inventory: Inventory): AsyncGenerator<InventoryObject> {
  for (const { key, MD5checksum } of inventory.files) {
    const body = await source.get(key)
    if (body === undefined) throw untrue(key, "it is missing")
    const read = rowReader(inventory, key)
    const hash = createHash("md5")
    for await (const row of csvRows(unzipped(body, hash, key))) yield read(row)
    if (hash.digest("hex") !== MD5checksum.toLowerCase()) throw untrue(key, "its MD5 is not the one in the manifest")
  }
}

async function* unzipped(
  chunks: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
  key: string,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  pipeline(Readable.from(hashed(chunks, hash)), gunzip, () => undefined) // an error comes out of the iteration
  try {
    yield* gunzip as AsyncIterable<Buffer>
  } catch (cause) {
    throw untrue(key, "it is no whole gzip file", cause)
  }
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

async function whole(source: Source, key: string): Promise<Buffer> {
  const body = await source.get(key)
  if (body === undefined) throw untrue(key, "it is missing")
  const parts: Buffer[] = []
  for await (const chunk of body) parts.push(chunk)
  return Buffer.concat(parts)
}

function parsed(text: Buffer, key: string): Readonly<Record<string, unknown>> {
  try {
    const manifest: unknown = JSON.parse(text.toString("utf8"))
    if (typeof manifest === "object" && manifest !== null) return manifest as Record<string, unknown>
  } catch {
    // told below
  }
  throw untrue(key, "it is no JSON object")
}

const md5Hex = (bytes: Buffer): string => createHash("md5").update(bytes).digest("hex")
