import fc from "fast-check"
import { XMLParser } from "fast-xml-parser"
import { describe, expect, it } from "vitest"
import { parseObjectsPage, parseVersionsPage } from "../../../src/aws/wire/page-parser.ts"
import { decodeListedKey } from "../../../src/aws/s3-key-encoding.ts"
import { DrError } from "../../../src/kernel/errors.ts"
import { objectsPage, versionsPage, type PageStyle, type Row } from "./pages.ts"
import { someRows, someVersions } from "./rows.ts"

const EXPECTED = { bucket: "loki-chunks", prefix: "" }
const row = (key: string, over: Partial<Row> = {}): Row => ({
  key,
  sizeBytes: 7,
  modifiedAt: 1_763_258_400_000,
  etag: '"9b2cf535f27731c974343645a3985328"',
  storageClass: "STANDARD",
  ...over,
})
const THREE = [row("a"), row("b/1"), row("b/2")]
const GOOD = objectsPage(THREE)
const VERSIONS = [
  row("a", { versionId: "v3", current: true, deleteMarker: true, sizeBytes: 0, etag: "", storageClass: "" }),
  row("a", { versionId: "v2" }),
  row("b", { versionId: "null", current: true }),
]

const objects = (text: string, over: object = {}) => parseObjectsPage(Buffer.from(text), { ...EXPECTED, ...over })
const versions = (text: string, over: object = {}) => parseVersionsPage(Buffer.from(text), { ...EXPECTED, ...over })

const style: fc.Arbitrary<PageStyle> = fc.record({
  blank: fc.constantFrom("+" as const, "%20" as const),
  owner: fc.boolean(),
  checksums: fc.boolean(),
  indent: fc.boolean(),
  turn: fc.nat(8),
})

describe("a page of objects", () => {
  it("reads every field", () => expect(objects(GOOD)).toEqual({ objects: THREE, truncated: false }))

  it("is the page that was written, whatever the keys and however it is laid out", () => {
    fc.assert(
      fc.property(someRows, style, fc.boolean(), (rows, layout, cut) => {
        const truncated = cut && rows.length > 0
        expect(objects(objectsPage(rows, { truncated }, layout))).toEqual({ objects: rows, truncated })
      }),
      { numRuns: 300 },
    )
  })

  it("says the same as a parser that builds the whole tree", () => {
    const tree = new XMLParser({ parseTagValue: false, trimValues: false, isArray: (name) => name === "Contents" })
    fc.assert(
      fc.property(someRows, style, (rows, layout) => {
        const text = objectsPage(rows, {}, { ...layout, indent: false })
        const parsed = tree.parse(text) as { ListBucketResult: { Contents?: Record<string, string>[] } }
        const expected = (parsed.ListBucketResult.Contents ?? []).map((entry) => ({
          key: decodeListedKey(entry["Key"] ?? ""),
          sizeBytes: Number(entry["Size"]),
          modifiedAt: Date.parse(entry["LastModified"] ?? ""),
          etag: entry["ETag"],
          storageClass: entry["StorageClass"],
        }))
        expect(objects(text).objects).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  it("takes an ETag with plain quotes, a stamp without milliseconds, and no storage class for S3's default", () => {
    const text = GOOD.replaceAll("&quot;", '"')
      .replaceAll(".000Z", "Z")
      .replaceAll("<StorageClass>STANDARD</StorageClass>", "")
    expect(objects(text).objects).toEqual(THREE)
  })

  it("passes over elements that S3 may add", () => {
    const added = "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus><New/></Contents>"
    expect(objects(GOOD.replaceAll("</Contents>", added)).objects).toEqual(THREE)
  })

  it("begins behind the key that was asked for", () => {
    expect(objects(GOOD, { after: "0" }).objects).toHaveLength(3)
    expect(() => objects(GOOD, { after: "a" })).toThrow("out of order")
  })
})

const broken: Record<string, string> = {
  nothing: "",
  "only blanks": "  \n",
  "an outage page": "<!DOCTYPE html><html><body>Service Unavailable</body></html>",
  "another root": GOOD.replaceAll("ListBucketResult", "ListAllMyBucketsResult"),
  "an error": "<Error><Code>InternalError</Code></Error>",
  "an empty root": '<?xml version="1.0"?><ListBucketResult/>',
  "a document cut in an entry": GOOD.slice(0, GOOD.indexOf("b/1") + 40),
  "a document without its end": GOOD.replace("</ListBucketResult>", ""),
  "a document cut by one byte": GOOD.slice(0, -1),
  "something behind its end": `${GOOD}<Error/>`,
  "a second document": GOOD + GOOD,
  "another bucket": GOOD.replace("loki-chunks", "loki-chunk"),
  "another prefix": GOOD.replace("<Prefix/>", "<Prefix>b/</Prefix>"),
  "another start": GOOD.replace("<MaxKeys>", "<StartAfter>0</StartAfter><MaxKeys>"),
  "no KeyCount": GOOD.replace("<KeyCount>3</KeyCount>", ""),
  "a KeyCount too high": GOOD.replace("<KeyCount>3", "<KeyCount>4"),
  "a KeyCount too low": GOOD.replace("<KeyCount>3", "<KeyCount>2"),
  "an entry missing": GOOD.replace(/<Contents><Key>b\/1.*?<\/Contents>/, ""),
  "an entry without a key": GOOD.replace("<Key>b/1</Key>", ""),
  "an empty key": GOOD.replace("<Key>b/1</Key>", "<Key></Key>"),
  "two keys in an entry": GOOD.replace("<Key>b/1</Key>", "<Key>b/1</Key><Key>b/15</Key>"),
  "keys out of order": objectsPage([row("b"), row("a")]),
  "the same key twice": objectsPage([row("a"), row("a")]),
  "keys in the order of UTF-16": objectsPage([row("😀"), row("～")]),
  "no IsTruncated": GOOD.replace("<IsTruncated>false</IsTruncated>", ""),
  "an odd IsTruncated": GOOD.replace("false", "maybe"),
  "truncation without a token": GOOD.replace("<IsTruncated>false", "<IsTruncated>true"),
  "a token without truncation": objectsPage(THREE, { truncated: true }).replace(
    "<IsTruncated>true",
    "<IsTruncated>false",
  ),
  "truncation of nothing": objectsPage([], { truncated: true }),
  "no EncodingType": GOOD.replace("<EncodingType>url</EncodingType>", ""),
  "a bad escape": GOOD.replace("b/1", "b%zz"),
  "half an escape": GOOD.replace("b/1", "b%2"),
  "bad UTF-8 behind escapes": GOOD.replace("b/1", "b%ff"),
  "half a surrogate behind escapes": GOOD.replace("b/1", "b%ED%A0%80"),
  "a key that is not encoded": GOOD.replace("b/1", "b 1"),
  "a key in raw UTF-8": GOOD.replace("b/1", "bü"),
  "an unknown entity": GOOD.replace("b/1", "b&nbsp;"),
  "a size in words": GOOD.replace("<Size>7", "<Size>seven"),
  "a negative size": GOOD.replace("<Size>7", "<Size>-7"),
  "no size": GOOD.replace("<Size>7</Size>", ""),
  "a day that does not exist": GOOD.replace("2025-11-16", "2025-02-29"),
  "a stamp of another kind": GOOD.replace("2025-11-16T02:00:00.000Z", "Sun, 16 Nov 2025 02:00:00 GMT"),
  "no ETag": GOOD.replace(/<ETag>.*?<\/ETag>/, ""),
  "an element that is not closed": GOOD.replace("</Size>", ""),
  "elements that cross": GOOD.replace("</ETag>", "</Size>"),
  "stray text": GOOD.replace("<Contents>", "oops<Contents>"),
  "a comment": GOOD.replace("<Contents>", "<!-- --><Contents>"),
  CDATA: GOOD.replace("b/1", "<![CDATA[b/1]]>"),
  "common prefixes": GOOD.replace(
    "</ListBucketResult>",
    "<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes></ListBucketResult>",
  ),
}

describe("a page of objects that is not to be trusted", () => {
  it.each(Object.entries(broken))("%s", (_name, text) => {
    expect(text).not.toBe(GOOD)
    expect(() => objects(text)).toThrow(DrError)
    expect(() => objects(text)).toThrow(/cannot be (trusted|decoded)/)
  })

  it("is a key outside the prefix", () => {
    const page = objectsPage(THREE, { prefix: "b/" })
    expect(() => objects(page, { prefix: "b/" })).toThrow('"a" is not below the prefix')
  })

  it("is bytes that are no UTF-8", () => {
    const body = Buffer.from(GOOD.replace("</Contents>", "<Owner>x</Owner></Contents>"))
    body[body.indexOf("<Owner>x") + 7] = 0xff
    expect(() => parseObjectsPage(body, EXPECTED)).toThrow("not UTF-8")
  })

  it("is every cut", () => {
    for (let end = 0; end < GOOD.length; end++) expect(() => objects(GOOD.slice(0, end))).toThrow(DrError)
  })

  it("gives the right page or a refusal, never a crash, for any few bytes changed", () => {
    const change = fc.tuple(fc.nat(GOOD.length - 1), fc.constantFrom(...Buffer.from('<>/&;"%+ \0aK3\xff', "latin1")))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const body = Buffer.from(GOOD)
        for (const [at, byte] of changes) body[at] = byte
        try {
          expect(parseObjectsPage(body, EXPECTED).objects).toHaveLength(3)
        } catch (error) {
          expect(error).toMatchObject({ code: "E_LISTING_INVALID" })
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe("a page of versions", () => {
  it("reads versions and delete markers in their order", () =>
    expect(versions(versionsPage(VERSIONS))).toEqual({ objects: VERSIONS, truncated: false }))

  it("is the page that was written", () => {
    fc.assert(
      fc.property(someVersions, style, fc.boolean(), (rows, layout, cut) => {
        const truncated = cut && rows.length > 0
        expect(versions(versionsPage(rows, { truncated }, layout))).toEqual({ objects: rows, truncated })
      }),
      { numRuns: 200 },
    )
  })

  it("goes on among the versions of a key only when asked to", () => {
    const page = versionsPage(VERSIONS.slice(1), { after: "a" })
    expect(versions(page, { after: "a", afterVersion: "v3" }).objects).toHaveLength(2)
    expect(() => versions(page, { after: "a" })).toThrow("out of order")
    expect(() => versions(page, { after: "a", afterVersion: "v2" })).toThrow("out of order")
  })

  it.each([
    ["keys out of order", versionsPage(VERSIONS.toReversed())],
    [
      "two current versions of a key",
      versionsPage(VERSIONS.map((version) => ({ ...version, current: true as const }))),
    ],
    ["an entry inside another element", versionsPage(VERSIONS).replace(/(<Version>.*<\/Version>)/, "<Page>$1</Page>")],
    ["truncation without a marker", versionsPage(VERSIONS).replace("<IsTruncated>false", "<IsTruncated>true")],
    ["an entry without a version", versionsPage(VERSIONS).replace("<VersionId>v2</VersionId>", "")],
    ["an odd IsLatest", versionsPage(VERSIONS).replace("<IsLatest>false", "<IsLatest>no")],
    ["a page of objects", GOOD],
  ])("refuses %s", (_name, text) => expect(() => versions(text)).toThrow("cannot be trusted"))
})
