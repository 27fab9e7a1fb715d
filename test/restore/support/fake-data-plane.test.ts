import { beforeEach, describe, expect, it } from "vitest"
import type { AccountId, BucketName, KeyArn } from "../../../src/kernel/brands.ts"
import type { CopyRequest, Outcome } from "../../../src/restore/data-plane.ts"
import { FakeDataPlane } from "./fake-data-plane.ts"
import { either, everyCall, firstCalls } from "./fake-faults.ts"
import { FakeS3 } from "./fake-s3.ts"

const OWNER = "111111111111" as AccountId
const KEY = "arn:aws:kms:eu-central-1:111111111111:key/22222222-2222-4222-8222-222222222222" as KeyArn

/** What the fake promises: the parts of S3's behaviour that the engine leans on. */
describe("the fake data plane", () => {
  let s3: FakeS3
  let plane: FakeDataPlane

  beforeEach(() => {
    s3 = new FakeS3()
    s3.createBucket("from", { versioned: true })
    s3.createBucket("to", { versioned: true })
    plane = new FakeDataPlane(s3)
  })

  const ref = (bucket: string, key: string, versionId?: string) => ({
    bucket: bucket as BucketName,
    key,
    owner: OWNER,
    ...(versionId === undefined ? {} : { versionId }),
  })
  const copyOf = (key: string, etag: string, change: Partial<CopyRequest> = {}): CopyRequest => ({
    source: ref("from", key),
    sourceEtag: etag,
    destination: ref("to", key),
    expect: "absent",
    keyArn: KEY,
    bucketKey: false,
    storageClass: "STANDARD",
    ...change,
  })
  const refusal = (outcome: Outcome<unknown>) =>
    outcome.kind === "ok"
      ? "ok"
      : `${outcome.error.class} ${outcome.error.code}${outcome.error.ambiguous ? " ambiguous" : ""}`

  it("copies bytes, headers, metadata and tags under the key that was asked for, with another ETag", async () => {
    const source = s3.put("from", "a", { bytes: "x", metadata: new Map([["m", "1"]]), tags: { t: "1" } })
    expect((await plane.copy(copyOf("a", source.etag))).kind).toBe("ok")
    const copy = s3.current("to", "a")
    expect(copy).toMatchObject({
      keyArn: KEY,
      tags: { t: "1" },
      metadata: new Map([["m", "1"]]),
      checksum: source.checksum,
    })
    expect(copy?.bytes.toString()).toBe("x")
    expect(copy?.etag).not.toBe(source.etag)
  })

  it("honours both conditions", async () => {
    const source = s3.put("from", "a")
    expect(refusal(await plane.copy(copyOf("a", '"old"')))).toBe("precondition PreconditionFailed")
    expect(refusal(await plane.copy(copyOf("a", source.etag, { expect: { etag: '"x"' } })))).toBe("not-found NoSuchKey")
    expect(refusal(await plane.copy(copyOf("a", source.etag)))).toBe("ok")
    expect(refusal(await plane.copy(copyOf("a", source.etag)))).toBe("precondition PreconditionFailed")
    const etag = s3.current("to", "a")?.etag ?? ""
    expect(refusal(await plane.copy(copyOf("a", source.etag, { expect: { etag } })))).toBe("ok")
    expect(s3.versions("to", "a")).toHaveLength(2)
  })

  it("takes a delete marker on top for nothing there", async () => {
    const source = s3.put("from", "a")
    s3.putMarker("to", "a")
    expect(refusal(await plane.copy(copyOf("a", source.etag)))).toBe("ok")
  })

  it("refuses archives, customer keys, wrong owners, disabled keys and large sources by name", async () => {
    const archived = s3.put("from", "archived", { storageClass: "GLACIER", archived: true })
    const secret = s3.put("from", "secret", { customerKey: true })
    const plain = s3.put("from", "plain", { bytes: "12345" })
    expect(refusal(await plane.copy(copyOf("archived", archived.etag)))).toBe("refused InvalidObjectState")
    expect(refusal(await plane.copy(copyOf("secret", secret.etag)))).toBe("refused InvalidRequest")
    expect(refusal(await plane.head(ref("from", "secret")))).toBe("expired-token HTTP 400")
    const foreign = { ...ref("from", "plain"), owner: "999999999999" as AccountId }
    expect(refusal(await plane.copy(copyOf("plain", plain.etag, { source: foreign })))).toBe(
      "access-denied AccessDenied",
    )
    s3.copyLimitBytes = 4
    expect(refusal(await plane.copy(copyOf("plain", plain.etag)))).toBe("refused InvalidRequest")
    s3.copyLimitBytes = 5
    s3.badKeys.set(KEY, "KMS.DisabledException")
    expect(refusal(await plane.copy(copyOf("plain", plain.etag)))).toBe("key-state KMS.DisabledException")
  })

  it("asks the requester to pay", async () => {
    s3.createBucket("paid", { requesterPays: true })
    s3.put("paid", "a")
    expect(refusal(await plane.head(ref("paid", "a")))).toBe("access-denied AccessDenied")
    expect(refusal(await plane.head({ ...ref("paid", "a"), requestPayer: true }))).toBe("ok")
  })

  it("loses an answer before or after the work is done, and tells both alike", async () => {
    const source = s3.put("from", "a")
    plane.faults = either(
      firstCalls("CopyObject", { class: "transient" }, { class: "transient", committed: true }),
      everyCall("HeadObject", { class: "throttled" }),
    )
    expect(refusal(await plane.copy(copyOf("a", source.etag)))).toBe("transient ECONNRESET ambiguous")
    expect(s3.current("to", "a")).toBeUndefined()
    expect(refusal(await plane.copy(copyOf("a", source.etag)))).toBe("transient ECONNRESET ambiguous")
    expect(s3.current("to", "a")).toBeDefined()
    expect(refusal(await plane.copy(copyOf("a", source.etag)))).toBe("precondition PreconditionFailed")
    expect(refusal(await plane.head(ref("to", "a")))).toBe("throttled SlowDown")
  })

  it("puts parts together, and shows nothing before the upload is completed", async () => {
    const source = s3.put("from", "a", { bytes: "0123456789" })
    const like = await plane.head(ref("from", "a"))
    if (like.kind === "error") throw new Error("no head")
    const at = { destination: ref("to", "a"), keyArn: KEY }
    const opened = await plane.createUpload({
      ...at,
      bucketKey: true,
      storageClass: "STANDARD_IA",
      like: like.value,
      tags: { t: "1" },
    })
    const uploadId = opened.kind === "ok" ? opened.value.uploadId : ""
    const part = (number: number, fromByte: number, toByte: number) =>
      plane.copyPart({
        ...at,
        source: ref("from", "a"),
        sourceEtag: source.etag,
        uploadId,
        part: number,
        fromByte,
        toByte,
      })
    const second = await part(2, 5, 9)
    const first = await part(1, 0, 4)
    expect(refusal(await part(3, 10, 14))).toBe("refused InvalidArgument")
    expect(s3.current("to", "a")).toBeUndefined()
    const parts = [first, second].flatMap((one) => (one.kind === "ok" ? [one.value] : []))
    const completion = { ...at, uploadId, parts, sizeBytes: 10, expect: "absent" as const }
    expect(refusal(await plane.completeUpload({ ...completion, sizeBytes: 9 }))).toBe("refused InvalidRequest")
    expect(refusal(await plane.completeUpload(completion))).toBe("ok")
    expect(s3.current("to", "a")).toMatchObject({
      storageClass: "STANDARD_IA",
      bucketKey: true,
      tags: { t: "1" },
      parts: 2,
    })
    expect(s3.current("to", "a")?.bytes.toString()).toBe("0123456789")
    expect(refusal(await plane.abortUpload(ref("to", "a"), uploadId))).toBe("not-found NoSuchUpload")
  })

  it("changes nothing but the key in place", async () => {
    const before = { ...s3.put("from", "a", { storageClass: "GLACIER", archived: true }) }
    const outcome = await plane.rekey({ object: ref("from", "a", before.versionId), keyArn: KEY, bucketKey: true })
    expect(refusal(outcome)).toBe("ok")
    expect(s3.current("from", "a")).toEqual({ ...before, keyArn: KEY, bucketKey: true })
  })

  it("lists in byte order, versions newest first, pages by key and version", async () => {
    for (const key of ["p/😀", "p/ｆ", "p/a"]) s3.put("from", key)
    s3.put("from", "p/a")
    s3.putMarker("from", "p/a")
    const all = { bucket: "from" as BucketName, owner: OWNER, prefix: "p/" }
    const page = await plane.listPage({ ...all, limit: 1 })
    expect(page).toMatchObject({ kind: "ok", value: { truncated: true, objects: [{ key: "p/ｆ" }] } })
    const rest = await plane.listPage({ ...all, after: "p/ｆ" })
    expect(rest).toMatchObject({ kind: "ok", value: { truncated: false, objects: [{ key: "p/😀" }] } })
    const versions = await plane.listVersionsPage({ ...all, limit: 2 })
    const [marker, newer] = versions.kind === "ok" ? versions.value.objects : []
    expect(marker).toMatchObject({ key: "p/a", deleteMarker: true, current: true })
    expect(newer).toMatchObject({ key: "p/a" })
    const more = await plane.listVersionsPage({ ...all, after: "p/a", afterVersion: newer?.versionId ?? "" })
    expect(more.kind === "ok" && more.value.objects.map((object) => object.key)).toEqual(["p/a", "p/ｆ", "p/😀"])
  })

  it("puts a marker on top, with If-Match only over that version", async () => {
    const one = s3.put("to", "a")
    expect(refusal(await plane.putMarker(ref("to", "a"), '"x"'))).toBe("precondition PreconditionFailed")
    expect(refusal(await plane.putMarker(ref("to", "a"), one.etag))).toBe("ok")
    expect(refusal(await plane.head(ref("to", "a")))).toBe("not-found NoSuchKey")
    expect(refusal(await plane.head(ref("to", "a", one.versionId)))).toBe("ok")
  })
})
