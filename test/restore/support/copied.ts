import type { KeyArn } from "../../../src/kernel/brands.ts"
import type { FakeVersion } from "./fake-s3.ts"

/** Everything in which a copy is not what a reader of the source must find: bytes, size, headers, metadata, tags, key. */
export function faultsOfCopy(
  copy: FakeVersion | undefined,
  source: FakeVersion,
  keyArn: KeyArn,
  storageClass: string = source.storageClass,
): string[] {
  if (copy === undefined) return ["nothing is there"]
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  const sorted = (record: Iterable<readonly [string, string]>) => [...record].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const checks: Readonly<Record<string, boolean>> = {
    marker: copy.deleteMarker === source.deleteMarker,
    bytes: copy.bytes.equals(source.bytes),
    headers: same(sorted(Object.entries(copy.headers)), sorted(Object.entries(source.headers))),
    missing: copy.missingMetadata === source.missingMetadata,
    metadata: same(sorted(copy.metadata), sorted(source.metadata)),
    tags: same(sorted(Object.entries(copy.tags)), sorted(Object.entries(source.tags))),
    encryption: copy.encryption === "aws:kms",
    key: copy.keyArn === keyArn,
    class: copy.storageClass === storageClass,
  }
  return Object.entries(checks)
    .filter(([, good]) => !good)
    .map(([name]) => name)
}
