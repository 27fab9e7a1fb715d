import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { canonicalRequest, signText, signingKey, stringToSign } from "../../../src/sandbox/auth/sigv4.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { element, kmsClient, plainCall, queryClient, signedCall } from "../support/signed-client.ts"

const ACCOUNT = "111111111111"

describe("AWS's published example (IAM ListUsers, 20150830T123600Z)", () => {
  const scope = { accessKeyId: "AKIDEXAMPLE", date: "20150830", region: "us-east-1", service: "iam" }
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
  const canonical = canonicalRequest(
    {
      method: "GET",
      rawPath: "/",
      query: [
        ["Version", "2010-05-08"],
        ["Action", "ListUsers"],
      ],
      headers: {
        host: "iam.amazonaws.com",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-amz-date": "20150830T123600Z",
      },
    },
    ["content-type", "host", "x-amz-date"],
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "iam",
  )
  it("derives the key of the documentation", () =>
    expect(signingKey(scope, secret).toString("hex")).toBe(
      "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
    ))
  it("signs as the documentation does", () =>
    expect(signText(signingKey(scope, secret), stringToSign("20150830T123600Z", scope, canonical))).toBe(
      "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    ))
})

describe("AWS's published S3 examples (24 May 2013)", () => {
  const scope = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", date: "20130524", region: "us-east-1", service: "s3" }
  const key = signingKey(scope, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
  const sign = (canonical: string): string => signText(key, stringToSign("20130524T000000Z", scope, canonical))
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  const headers = {
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-content-sha256": empty,
    "x-amz-date": "20130524T000000Z",
  }
  const names = ["host", "x-amz-content-sha256", "x-amz-date"]

  it("GET object with a range", () =>
    expect(
      sign(
        canonicalRequest(
          { method: "GET", rawPath: "/test.txt", query: [], headers: { ...headers, range: "bytes=0-9" } },
          ["host", "range", ...names.slice(1)],
          empty,
          "s3",
        ),
      ),
    ).toBe("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
  it("GET bucket lifecycle", () =>
    expect(
      sign(canonicalRequest({ method: "GET", rawPath: "/", query: [["lifecycle", ""]], headers }, names, empty, "s3")),
    ).toBe("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))
  it("a pre-signed GET", () =>
    expect(
      sign(
        canonicalRequest(
          {
            method: "GET",
            rawPath: "/test.txt",
            query: [
              ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
              ["X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"],
              ["X-Amz-Date", "20130524T000000Z"],
              ["X-Amz-Expires", "86400"],
              ["X-Amz-SignedHeaders", "host"],
            ],
            headers,
          },
          ["host"],
          "UNSIGNED-PAYLOAD",
          "s3",
        ),
      ),
    ).toBe("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
})

describe("the door of the sandbox", () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }] })
  })
  afterAll(() => sandbox.close())
  const credentials = () => sandbox.credentialsFor(ACCOUNT)
  const kms = () => kmsClient(sandbox.port, credentials())

  it("lets a right signature in", async () => expect((await kms()("ListKeys")).status).toBe(200))
  it("answers an unknown operation with 501 and never with another", async () => {
    const answer = await kms()("DeriveSharedSecret")
    expect([answer.status, answer.json["__type"]]).toEqual([501, "NotImplemented"])
  })
  it.each([
    [
      "a wrong secret",
      { credentials: { accessKeyId: `AKIASBX0${ACCOUNT}`, secretAccessKey: "x" } },
      "InvalidSignatureException",
    ],
    [
      "an unknown key id",
      { credentials: { accessKeyId: "AKIANOBODY0000000000", secretAccessKey: "x" } },
      "UnrecognizedClientException",
    ],
    ["a clock 16 minutes off", { signedAt: new Date(Date.now() - 16 * 60_000) }, "InvalidSignatureException"],
    [
      "a body changed on the way",
      { tamper: (sent: { body: string | Buffer }) => (sent.body = '{"Limit":1}') },
      "InvalidSignatureException",
    ],
    [
      "a token that no key of this kind has",
      {
        credentials: {
          accessKeyId: `AKIASBX0${ACCOUNT}`,
          secretAccessKey: `sandbox-only-not-a-secret-${ACCOUNT}`,
          sessionToken: "t",
        },
      },
      "UnrecognizedClientException",
    ],
    ["a scope of another service", { service: "sts" }, "InvalidSignatureException"],
    [
      "an x-amz header added later",
      { tamper: (sent: { headers: Record<string, string> }) => (sent.headers["x-amz-extra"] = "1") },
      "InvalidSignatureException",
    ],
  ])("turns %s away", async (_name, more, code) => {
    const answer = await kms()("ListKeys", {}, more)
    expect([answer.status, answer.json["__type"]]).toEqual([400, code])
  })
  it("asks for credentials in the words of each protocol", async () => {
    const json = await plainCall(sandbox.port, "POST", "/", { "x-amz-target": "TrentService.ListKeys" }, "{}")
    expect([json.status, json.json["__type"]]).toEqual([400, "MissingAuthenticationTokenException"])
    const query = await plainCall(
      sandbox.port,
      "POST",
      "/",
      { "content-type": "application/x-www-form-urlencoded" },
      "Action=GetCallerIdentity",
    )
    expect([query.status, element(query.text, "Code")]).toEqual([403, "MissingAuthenticationToken"])
    const s3 = await plainCall(sandbox.port, "GET", "/bucket/key")
    expect([s3.status, element(s3.text, "Code")]).toEqual([403, "AccessDenied"])
  })
  it("says SignatureDoesNotMatch in query and S3", async () => {
    const bad = { ...credentials(), secretAccessKey: "x" }
    const sts = await queryClient(sandbox.port, bad, "sts")("GetCallerIdentity")
    expect([sts.status, element(sts.text, "Code")]).toEqual([403, "SignatureDoesNotMatch"])
    const s3 = await signedCall({
      port: sandbox.port,
      credentials: bad,
      service: "s3",
      method: "GET",
      path: "/b/k",
      headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    })
    expect([s3.status, element(s3.text, "Code")]).toEqual([403, "SignatureDoesNotMatch"])
  })
  it("finds a body that is not the one that was signed, on S3", async () => {
    const answer = await signedCall({
      port: sandbox.port,
      credentials: credentials(),
      service: "s3",
      method: "PUT",
      path: "/b/k",
      headers: { "x-amz-content-sha256": "a".repeat(64) },
      body: "bytes",
    })
    expect([answer.status, element(answer.text, "Code")]).toEqual([400, "XAmzContentSHA256Mismatch"])
  })
  it("writes every request id into the audit log", async () => {
    const { headers } = await kms()("ListKeys")
    expect(sandbox.audit.at(-1)).toMatchObject({
      requestId: headers["x-amzn-requestid"],
      operation: "ListKeys",
      account: ACCOUNT,
      status: 200,
    })
  })
})
