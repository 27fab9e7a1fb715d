import { describe, expect, it } from "vitest"
import { decodeAwsChunked } from "../../../src/sandbox/http/aws-chunked.ts"
import { signingKey } from "../../../src/sandbox/auth/sigv4.ts"

/** AWS's published example: "Signature calculations for the Authorization header: transferring payload in multiple chunks". */
const scope = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", date: "20130524", region: "us-east-1", service: "s3" }
const signer = {
  key: signingKey(scope, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
  scope,
  time: "20130524T000000Z",
  seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
}
const SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
const chunk = (size: string, data: string, signature: string): string =>
  `${size};chunk-signature=${signature}\r\n${data}\r\n`
const published = [
  chunk("10000", "a".repeat(65_536), "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
  chunk("400", "a".repeat(1024), "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
  chunk("0", "", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
].join("")

describe("signed chunks", () => {
  it("come out as AWS's example went in", () =>
    expect(
      decodeAwsChunked(Buffer.from(published), SIGNED, "66560", signer).body.equals(Buffer.alloc(66_560, "a")),
    ).toBe(true))
  it("are refused when one byte was changed", () =>
    expect(() => decodeAwsChunked(Buffer.from(published.replace("aaa", "aba")), SIGNED, "66560", signer)).toThrow(
      /signature/,
    ))
  it.each([1, 10, 90, 1_000, 60_000])("are refused when %i bytes are missing at the end", (missing) =>
    expect(() => decodeAwsChunked(Buffer.from(published.slice(0, -missing)), SIGNED, "66560", signer)).toThrow(),
  )
})

describe("unsigned chunks with a trailer", () => {
  const UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
  const decode = (text: string, length: string) => decodeAwsChunked(Buffer.from(text), UNSIGNED, length, signer)
  it("give body and trailer", () =>
    expect(decode("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", "5")).toEqual({
      body: Buffer.from("hello"),
      trailers: { "x-amz-checksum-crc32": "NhCmhg==" },
    }))
  it("carry an empty body", () => expect(decode("0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "0").body.length).toBe(0))
  it.each([
    ["no last chunk", "5\r\nhello\r\n", "5"],
    ["a chunk cut short", "5\r\nhel", "5"],
    ["another length than declared", "5\r\nhello\r\n0\r\n\r\n", "6"],
    ["a size that is none", "x\r\nhello\r\n0\r\n\r\n", "5"],
  ])("are refused for %s", (_name, text, length) =>
    expect(() => decode(text, length)).toThrow("terminated unexpectedly"),
  )
})
