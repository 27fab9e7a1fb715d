import type { KeyArn } from "../../../src/kernel/brands.ts"
import type { CopyRequest, DataPlane, ObjectHead } from "../../../src/restore/data-plane.ts"
import { OWNER, SOURCE, TARGET } from "./wire-world.ts"

export const KEY_ARN = "arn:aws:kms:eu-central-1:111111111111:key/5ec7d6bd-b096-2af3-692e-4d769b561182" as KeyArn

export const copyOf = (key: string, more: Partial<CopyRequest> = {}): CopyRequest => ({
  source: { bucket: SOURCE, key, owner: OWNER, versionId: "v 1/+" },
  sourceEtag: '"source"',
  destination: { bucket: TARGET, key, owner: OWNER },
  expect: "absent",
  keyArn: KEY_ARN,
  bucketKey: true,
  storageClass: "STANDARD_IA",
  ...more,
})

const HEAD: ObjectHead = {
  etag: '"source"',
  sizeBytes: 10,
  modifiedAt: 0,
  bucketKey: false,
  storageClass: "STANDARD",
  headers: { "content-type": "text/plain", "content-language": "de", expires: "Thu, 01 Jan 2026 00:00:00 GMT" },
  metadata: new Map([
    ["note", "a b+c"],
    ["empty", "x"],
  ]),
  checksum: { algorithm: "CRC32C", value: "AAAA", type: "FULL_OBJECT" },
  tagCount: 1,
  websiteRedirect: "/else where",
  archived: false,
}

/** Every operation of the data plane once, with all that it can say, about one key. */
export function requestsOfAll(plane: DataPlane, key: string): readonly (() => Promise<unknown>)[] {
  const ref = { bucket: SOURCE, key, owner: OWNER, requestPayer: true as const }
  const destination = { bucket: TARGET, key, owner: OWNER }
  const complete = { destination, uploadId: "up /+", sizeBytes: 10, keyArn: KEY_ARN }
  const list = { bucket: SOURCE, owner: OWNER, prefix: key }
  return [
    () => plane.listPage({ ...list, after: key, limit: 7 }),
    () => plane.listVersionsPage({ ...list, after: key, afterVersion: "v+" }),
    () => plane.head({ ...ref, versionId: "v+" }),
    () => plane.head(ref),
    () => plane.copy(copyOf(key)),
    () =>
      plane.copy(
        copyOf(key, {
          expect: { etag: '"old"' },
          bucketKey: false,
          source: ref,
          lock: { mode: "COMPLIANCE", until: "2027-01-01T00:00:00.500Z", legalHold: false },
        }),
      ),
    () => plane.rekey({ object: { ...ref, versionId: "v+" }, keyArn: KEY_ARN, bucketKey: true }),
    () =>
      plane.createUpload({
        destination,
        keyArn: KEY_ARN,
        bucketKey: false,
        storageClass: "GLACIER_IR",
        like: HEAD,
        tags: { "t 1": "é&=", ["__proto__"]: "/" },
        lock: { legalHold: true },
      }),
    () =>
      plane.copyPart({
        source: ref,
        sourceEtag: '"source"',
        destination,
        uploadId: "up /+",
        part: 12,
        fromByte: 5,
        toByte: 9,
      }),
    () =>
      plane.completeUpload({
        ...complete,
        expect: "absent",
        parts: [
          { etag: '"1&<"', checksum: { algorithm: "SHA256", value: "q+/=", type: "FULL_OBJECT" } },
          { etag: '"2"' },
        ],
      }),
    () => plane.completeUpload({ ...complete, expect: { etag: '"old"' }, parts: [{ etag: '"1"' }] }),
    () => plane.abortUpload(destination, "up /+"),
    () => plane.tags({ ...ref, versionId: "v+" }),
    () => plane.putMarker(destination, undefined),
    () => plane.putMarker(destination, '"old"'),
    () => plane.hash(ref),
  ]
}
