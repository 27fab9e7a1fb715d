import type { AccountId } from "../../kernel/brands.ts"
import { KeyIndex } from "./key-index.ts"
import type { PublicAccessBlock } from "./public-access.ts"
import type { Bucket, KeyEntry, S3State, Upload } from "./state.ts"

/** JSON with buffers as `{"$bytes": base64}`, maps as pairs. */
interface Dumped {
  readonly masterKey: unknown
  readonly accountBlocks?: ReadonlyArray<[AccountId, PublicAccessBlock]>
  readonly buckets: ReadonlyArray<
    Omit<Bucket, "objects" | "uploads"> & { objects: KeyEntry[]; uploads: DumpedUpload[] }
  >
}

type DumpedUpload = Omit<Upload, "parts"> & { readonly parts: ReadonlyArray<[number, unknown]> }

export function dumpState(state: S3State): unknown {
  const buckets = [...state.buckets.values()].map((bucket) => ({
    ...bucket,
    objects: entriesOf(bucket.objects),
    uploads: [...bucket.uploads.values()].map((upload) => ({ ...upload, parts: [...upload.parts] })),
  }))
  return mapDeep({ masterKey: state.masterKey, accountBlocks: [...state.accountBlocks], buckets }, (value) =>
    value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : undefined,
  )
}

export function loadState(state: S3State, dumped: unknown): void {
  const read = mapDeep(dumped, (value) => {
    const bytes = typeof value === "object" && value !== null && "$bytes" in value ? value.$bytes : undefined
    return typeof bytes === "string" ? Buffer.from(bytes, "base64") : undefined
  }) as Dumped
  state.masterKey = read.masterKey as Buffer
  state.buckets.clear()
  state.accountBlocks.clear()
  for (const [account, block] of read.accountBlocks ?? []) state.accountBlocks.set(account, block)
  for (const { objects, uploads, ...rest } of read.buckets) {
    const index = new KeyIndex<KeyEntry>()
    for (const entry of objects) index.set(entry)
    const open = uploads.map((upload): [string, Upload] => [
      upload.id,
      { ...upload, parts: new Map(upload.parts) } as Upload,
    ])
    state.buckets.set(rest.name, { ...rest, objects: index, uploads: new Map(open) })
  }
}

function entriesOf(index: KeyIndex<KeyEntry>): KeyEntry[] {
  const entries: KeyEntry[] = []
  for (let at = 0; at < index.size; at++) {
    const entry = index.at(at)
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}

/** Rebuilds a JSON-like value; `replace` answers undefined for what it leaves as it is. */
function mapDeep(value: unknown, replace: (value: unknown) => unknown): unknown {
  const replaced = replace(value)
  if (replaced !== undefined) return replaced
  if (Array.isArray(value)) return value.map((each) => mapDeep(each, replace))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapDeep(each, replace)]))
}
