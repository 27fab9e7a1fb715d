import type { KeyArn } from "../../kernel/brands.ts"
import { display } from "../../kernel/display.ts"
import type { Checksum, ObjectHead, ObjectLock } from "../data-plane.ts"

/** What the plan wants of a copy, besides being like its source. */
export interface Wanted {
  readonly keyArn: KeyArn
  readonly bucketKey: boolean
  readonly storageClass: string
  /** The copy's lock may be stronger, never weaker. */
  readonly lock?: ObjectLock
}

/** In what a copy differs from what the plan wants, in words; empty = in nothing. */
export function differencesFromWanted(copy: ObjectHead, wanted: Wanted): string[] {
  const found: string[] = []
  if (copy.encryption !== "aws:kms") found.push(`it is encrypted with ${copy.encryption ?? "nothing"}, not aws:kms`)
  else if (copy.keyArn !== wanted.keyArn)
    found.push(`it is under key ${copy.keyArn ?? "(not named)"}, not ${wanted.keyArn}`)
  if (copy.bucketKey !== wanted.bucketKey) found.push(`its bucket key is ${copy.bucketKey ? "on" : "off"}`)
  if (copy.storageClass !== wanted.storageClass)
    found.push(`its class is ${copy.storageClass}, not ${wanted.storageClass}`)
  if (wanted.lock !== undefined && isWeaker(copy.lock, wanted.lock)) found.push("its lock is weaker than the source's")
  return found
}

/** In what a copy differs from its source, as far as two HEADs tell it. */
export function differencesFromSource(copy: ObjectHead, source: ObjectHead): string[] {
  const found: string[] = []
  if (copy.sizeBytes !== source.sizeBytes) found.push(`it has ${copy.sizeBytes} bytes, the source ${source.sizeBytes}`)
  const headers = differingNames(asMap(copy.headers), asMap(source.headers))
  found.push(...headers.map((name) => `header ${name} differs`))
  const metadata = differingNames(copy.metadata, source.metadata)
  found.push(...metadata.map((name) => `metadata ${display(name)} differs`))
  if (copy.missingMetadata !== source.missingMetadata) found.push("metadata that no header can carry differs in number")
  if (copy.tagCount !== source.tagCount) found.push(`it has ${copy.tagCount} tags, the source ${source.tagCount}`)
  if (bytesByChecksum(copy.checksum, source.checksum) === "different")
    found.push(`its ${copy.checksum?.algorithm ?? ""} checksum differs`)
  return found
}

/** Whether two sides hold the same bytes. ETags tell nothing across keys; checksums only of one algorithm and type. */
export function bytesByChecksum(
  copy: Checksum | undefined,
  source: Checksum | undefined,
): "same" | "different" | "untold" {
  if (copy === undefined || source === undefined) return "untold"
  if (copy.algorithm !== source.algorithm || copy.type !== source.type) return "untold"
  return copy.value === source.value ? "same" : "different"
}

/** Names that one side lacks or that have another value there. */
export function differingNames(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  const names = new Set([...a.keys(), ...b.keys()])
  return [...names].filter((name) => a.get(name) !== b.get(name)).toSorted()
}

/** A name may be `__proto__`: never an object as a dictionary. */
export const asMap = (record: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(record))

/** Compliance is stronger than governance, a later end stronger than an earlier one. */
export function isWeaker(lock: ObjectLock | undefined, than: ObjectLock): boolean {
  if (than.legalHold === true && lock?.legalHold !== true) return true
  if (than.mode === undefined) return false
  if (lock?.mode === undefined || lock.until === undefined) return true
  if (than.mode === "COMPLIANCE" && lock.mode !== "COMPLIANCE") return true
  return than.until !== undefined && Date.parse(lock.until) < Date.parse(than.until)
}
