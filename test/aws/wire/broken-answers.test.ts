import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CallError, DataPlane, Outcome } from "../../../src/restore/data-plane.ts"
import { recordingServer, type Canned } from "./recording-server.ts"
import { copyOf, KEY_ARN } from "./requests-of-all.ts"
import { OWNER, planeOn, SOURCE, TARGET } from "./wire-world.ts"

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
const ERROR = `${XML}<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>`
const ENCRYPTED = {
  "x-amz-server-side-encryption": "aws:kms",
  "x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN,
}
const DATE = "<LastModified>2026-11-24T02:17:04.000Z</LastModified>"
const ETAG = "<ETag>&quot;e1&quot;</ETag>"

interface Subject {
  readonly good: string
  /** Without the one field, or with a wrong key, that this operation must have. */
  readonly lacking: readonly [name: string, body: string, headers?: Readonly<Record<string, string>>][]
  ask(plane: DataPlane): Promise<Outcome<unknown>>
}

const withoutKey = { "x-amz-server-side-encryption": "aws:kms" }
const otherKey = { ...ENCRYPTED, "x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN.replace("key/5", "key/6") }
const root = (name: string, ...inner: string[]): string => `${XML}<${name} ${NS}>${inner.join("")}</${name}>`
const copied = root("CopyObjectResult", DATE, ETAG)
const completed = root("CompleteMultipartUploadResult", "<Location>l</Location><Bucket>b</Bucket><Key>k</Key>", ETAG)
const listed = root(
  "ListBucketResult",
  `<Name>${SOURCE}</Name><Prefix></Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType>`,
  `<IsTruncated>false</IsTruncated><Contents><Key>k</Key>${DATE}${ETAG}<Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>`,
)
const part = { source: copyOf("k").source, sourceEtag: '"s"', uploadId: "u", part: 1, fromByte: 0, toByte: 9 }
const destination = { bucket: TARGET, key: "k", owner: OWNER }

const SUBJECTS: Readonly<Record<string, Subject>> = {
  CopyObject: {
    good: copied,
    lacking: [
      ["no ETag", root("CopyObjectResult", DATE)],
      ["no LastModified", root("CopyObjectResult", ETAG)],
      ["another key", copied, otherKey],
      ["no key", copied, withoutKey],
    ],
    ask: (plane) => plane.copy(copyOf("k")),
  },
  UploadPartCopy: {
    good: root("CopyPartResult", DATE, ETAG),
    lacking: [
      ["no ETag", root("CopyPartResult", DATE)],
      ["no LastModified", root("CopyPartResult", ETAG)],
      ["an empty ETag", root("CopyPartResult", DATE, "<ETag></ETag>")],
      ["an entity that is none", root("CopyPartResult", DATE, "<ETag>&etag;</ETag>")],
    ],
    ask: (plane) => plane.copyPart({ ...part, destination }),
  },
  CompleteMultipartUpload: {
    good: completed,
    lacking: [
      ["no ETag", root("CompleteMultipartUploadResult", "<Key>k</Key>")],
      ["an ETag one level too deep", root("CompleteMultipartUploadResult", `<Part>${ETAG}</Part>`)],
      ["another key", completed, otherKey],
      ["no key", completed, withoutKey],
    ],
    ask: (plane) =>
      plane.completeUpload({
        destination,
        uploadId: "u",
        parts: [{ etag: '"1"' }],
        sizeBytes: 1,
        expect: "absent",
        keyArn: KEY_ARN,
      }),
  },
  ListObjectsV2: {
    good: listed,
    lacking: [
      ["no ETag", listed.replace(ETAG, "")],
      ["no LastModified", listed.replace(DATE, "")],
      ["another bucket", listed.replace(SOURCE, "other-bucket")],
      ["a count that does not fit", listed.replace("<KeyCount>1<", "<KeyCount>2<")],
    ],
    ask: (plane) => plane.listPage({ bucket: SOURCE, owner: OWNER, prefix: "" }),
  },
}

const kinds = (
  subject: Subject,
): readonly [name: string, body: string | Buffer, headers?: Readonly<Record<string, string>>][] => [
  ["nothing", ""],
  ["an error", ERROR],
  ["an error and a newline", `${ERROR}\n`],
  ["blanks, an error and a blank", `  \n${ERROR} `],
  ["an HTML page", "<html><body><h1>502 Bad Gateway</h1></body></html>"],
  ["the answer of another operation", root("ListPartsResult", ETAG, DATE)],
  ["half of it", subject.good.slice(0, -12)],
  ["binary junk", Buffer.from([0x1f, 0x8b, 8, 0, 0xff, 0xfe, 0x3c, 0x3e])],
  ...subject.lacking,
]

let said: Canned
let server: Awaited<ReturnType<typeof recordingServer>>
let planes: readonly DataPlane[]
const CREDENTIALS = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" }

beforeAll(async () => {
  server = await recordingServer(() => said)
  planes = (["undici", "raw", "sdk"] as const).map((kind) => planeOn(server.endpoint, CREDENTIALS, { kind }))
})
afterAll(async () => {
  await Promise.all(planes.map((plane) => plane.close()))
  await server.close()
})

describe.each(Object.entries(SUBJECTS))("HTTP 200 to %s", (name, subject) => {
  it("is taken when it is whole, also behind blanks and in a row of elements that are new", async () => {
    for (const body of [subject.good, `  \n ${subject.good}\n`.replace(/^\s+<\?xml[^>]*>/, (head) => head.trim())]) {
      said = { status: 200, headers: ENCRYPTED, body }
      for (const plane of planes) expect(await subject.ask(plane)).toMatchObject({ kind: "ok" })
    }
  })

  it("has 12 broken kinds here", () => expect(kinds(subject)).toHaveLength(12))

  it.each(kinds(subject))("with %s is no success", async (_kind, body, headers = ENCRYPTED) => {
    said = { status: 200, headers, body }
    for (const plane of planes) {
      if (name === "ListObjectsV2") {
        await expect(subject.ask(plane)).rejects.toMatchObject({ code: "E_LISTING_INVALID" })
        continue
      }
      const outcome = await subject.ask(plane)
      expect(outcome.kind).toBe("error")
      const { error } = outcome as { error: CallError }
      expect([error.class, error.ambiguous, error.facts.status]).toEqual(["broken", true, 200])
    }
  })
})
