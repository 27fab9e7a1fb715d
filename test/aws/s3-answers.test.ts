import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3"
import { decodeListedKey, encodeCopySource } from "../../src/aws/s3-key-encoding.ts"
import { readPage } from "../../src/aws/s3-listing.ts"

describe("the copy source", () => {
  it.each([
    [" ", "b/%20"],
    ["a+b c.txt", "b/a%2Bb%20c.txt"],
    ["ü", "b/%C3%BC"],
    ["a//b/../c", "b/a//b/../c"],
    ["x?versionId=1", "b/x%3FversionId%3D1"],
  ])("%j is sent as %s", (key, header) => expect(encodeCopySource("b", key)).toBe(header))

  it("appends the version behind the key", () =>
    expect(encodeCopySource("b", "k", "v 1/+")).toBe("b/k?versionId=v%201%2F%2B"))

  it("is read back as the same key by anyone who decodes it, for every key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 200 }), (key) => {
        expect(decodeURIComponent(encodeCopySource("b", key).slice(2))).toBe(key)
      }),
    )
  })
})

describe("a listed key", () => {
  it("takes plus and %20 as blanks", () => expect(decodeListedKey("a+b%20c%2B%F0%9F%98%80")).toBe("a b c+😀"))
  it.each(["%", "%zz", "%ff"])("%j fails the listing", (text) =>
    expect(() => decodeListedKey(text)).toThrow("cannot be decoded"),
  )
})

const object = (key: string) => ({ Key: key, Size: 1, LastModified: new Date(0), ETag: '"e"' })
const page = (over: Partial<ListObjectsV2CommandOutput>): ListObjectsV2CommandOutput => ({
  $metadata: {},
  Name: "b",
  KeyCount: 1,
  IsTruncated: false,
  Contents: [object("k")],
  ...over,
})

describe("a page of a listing", () => {
  it("is read in order, with the storage class S3 leaves out", () => {
    expect(readPage(page({}), "b", {})).toEqual({
      objects: [{ key: "k", sizeBytes: 1, modifiedAt: 0, storageClass: "STANDARD" }],
      next: undefined,
    })
  })
  it.each<[string, ListObjectsV2CommandOutput, object]>([
    ["an empty 200", { $metadata: { httpStatusCode: 200 } }, {}],
    ["another bucket", page({ Name: "c" }), {}],
    ["a count that is off", page({ KeyCount: 2 }), {}],
    ["truncated without a token", page({ IsTruncated: true }), {}],
    ["a token without truncation", page({ NextContinuationToken: "t" }), {}],
    ["the same token again", page({ IsTruncated: true, NextContinuationToken: "t" }), { token: "t" }],
    ["keys out of order", page({ KeyCount: 2, Contents: [object("b"), object("a")] }), {}],
    ["a key twice", page({ KeyCount: 2, Contents: [object("a"), object("a")] }), {}],
    ["a step back between pages", page({}), { lastKey: "z" }],
    ["an entry without a size", page({ Contents: [{ Key: "k", LastModified: new Date(0) }] }), {}],
  ])("%s cannot be trusted", (_why, answer, state) =>
    expect(() => readPage(answer, "b", state)).toThrow("cannot be trusted"),
  )
})
