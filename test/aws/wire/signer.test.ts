import { SignatureV4 } from "@smithy/signature-v4"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { encodeKey, encodeQueryValue } from "../../../src/aws/s3-key-encoding.ts"
import { Signer, type Unsigned } from "../../../src/aws/wire/signer.ts"
import type { AwsCredentials } from "../../../src/aws/clients.ts"
import type { RegionName } from "../../../src/kernel/brands.ts"
import { fakeClock } from "../../support/fake-clock.ts"
import { Sha256 } from "../../sandbox/support/signed-client.ts"
import { ODD_KEYS } from "./odd-keys.ts"

const REGION = "eu-central-1" as RegionName
const SESSION: AwsCredentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "s/e+cret", sessionToken: "tok/en+==" }
const LONG_LIVED: AwsCredentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "other" }

const pairsOf = (flat: readonly string[]): Record<string, string> =>
  Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ""]] : [])))

async function ready(credentials: AwsCredentials, service: "s3" | "kms" = "s3") {
  const clock = fakeClock()
  const signer = new Signer({ service, region: REGION, clock, credentials: () => Promise.resolve(credentials) })
  await signer.notReady()
  return { signer, clock }
}

interface Asked {
  readonly credentials: AwsCredentials
  readonly service?: "s3" | "kms"
  readonly request: Unsigned
  readonly query: Readonly<Record<string, string>>
  readonly at: Date
}

/** Signed by the SDK's own signer, told to sign everything that is sent. */
async function bySmithy({ credentials, service = "s3", request, query, at }: Asked): Promise<Record<string, string>> {
  const { host, method, path, body } = request
  const headers = {
    ...pairsOf(request.fixed),
    ...pairsOf(request.varying.flatMap((name, i) => [name, request.values[i] ?? ""])),
  }
  const signer = new SignatureV4({
    credentials,
    region: REGION,
    service,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: service === "s3",
  })
  const signed = await signer.sign(
    {
      method,
      protocol: "https:",
      hostname: host,
      path,
      query,
      headers: { host, ...headers },
      ...(body === undefined ? {} : { body }),
    },
    { signingDate: at, signableHeaders: new Set(Object.keys(headers)) },
  )
  const { host: _, ...sent } = signed.headers
  return sent
}

const request = (key: string, more: Partial<Unsigned> = {}): Unsigned => ({
  operation: "CopyObject",
  method: "PUT",
  host: "bucket.s3.eu-central-1.amazonaws.com",
  path: `/${encodeKey(key)}`,
  query: "",
  fixed: ["x-amz-expected-bucket-owner", "111111111111", "if-none-match", "*"],
  varying: ["x-amz-copy-source", "x-amz-copy-source-if-match"],
  values: [`bucket/${encodeKey(key)}`, '"etag"'],
  ...more,
})

describe("the signer", () => {
  it.each([SESSION, LONG_LIVED])("signs every odd key as the SDK does, as $accessKeyId", async (credentials) => {
    const { signer, clock } = await ready(credentials)
    for (const key of ODD_KEYS) {
      const asked = request(key)
      const ours = pairsOf(signer.sign(asked).list())
      expect(ours).toEqual(await bySmithy({ credentials, request: asked, query: {}, at: new Date(clock.now()) }))
    }
  })

  it("signs any headers, queries and bodies as the SDK does", async () => {
    const token = fc.stringMatching(/^x-[a-z]{1,12}$/)
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
    const given = fc.record({
      fixed: fc.dictionary(token, value, { maxKeys: 5 }),
      varying: fc.dictionary(token, value, { maxKeys: 4 }),
      query: fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9-]{1,8}$/), fc.string({ unit: "grapheme", maxLength: 8 }), {
        maxKeys: 4,
      }),
      key: fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
      body: fc.option(fc.uint8Array({ minLength: 1, maxLength: 50 }), { nil: undefined }),
      kms: fc.boolean(),
    })
    const signers = { s3: await ready(SESSION), kms: await ready(SESSION, "kms") }
    await fc.assert(
      fc.asyncProperty(given, async ({ fixed, varying, query, key, body, kms }) => {
        const service = kms ? "kms" : "s3"
        const { signer, clock } = signers[service]
        const names = Object.keys(varying).filter((name) => !(name in fixed))
        const asked = request(kms ? "" : key, {
          query: Object.keys(query)
            .toSorted()
            .map((name) => `${name}=${encodeQueryValue(query[name] ?? "")}`)
            .join("&"),
          fixed: Object.entries(fixed).flat(),
          varying: names,
          values: names.map((name) => varying[name] ?? ""),
          ...(body === undefined ? {} : { body: Buffer.from(body) }),
        })
        const smithy = await bySmithy({
          credentials: SESSION,
          service,
          request: asked,
          query,
          at: new Date(clock.now()),
        })
        expect(pairsOf(signer.sign(asked).list())).toEqual(smithy)
      }),
      { numRuns: 300 },
    )
  })

  it("asks for credentials once a second, and signs with the new ones and the new time at once", async () => {
    const clock = fakeClock()
    let asked = 0
    const signer = new Signer({
      service: "s3",
      region: REGION,
      clock,
      credentials: () => Promise.resolve({ accessKeyId: `AKIA${++asked}`, secretAccessKey: "x" }),
    })
    await signer.notReady()
    expect(signer.notReady()).toBeUndefined()
    expect(pairsOf(signer.sign(request("k")).list())["authorization"]).toContain("Credential=AKIA1/20261116/")
    clock.advance(1000)
    await Promise.all([signer.notReady(), signer.notReady()])
    const next = pairsOf(signer.sign(request("k")).list())
    expect([asked, next["x-amz-date"]]).toEqual([2, "20261116T020001Z"])
    expect(next["authorization"]).toContain("Credential=AKIA2/")
    signer.forget()
    await signer.notReady()
    expect(asked).toBe(3)
  })

  it("signs with the key of the new day after midnight", async () => {
    const { signer, clock } = await ready(LONG_LIVED)
    clock.advance(22 * 3_600_000)
    await signer.notReady()
    const asked = request("k")
    expect(pairsOf(signer.sign(asked).list())).toEqual(
      await bySmithy({ credentials: LONG_LIVED, request: asked, query: {}, at: new Date(clock.now()) }),
    )
  })

  it("rejects when there are no credentials, and asks again the next time", async () => {
    let asked = 0
    const credentials = (): Promise<AwsCredentials> =>
      asked++ === 0 ? Promise.reject(new TypeError("STS is out")) : Promise.resolve(SESSION)
    const signer = new Signer({ service: "s3", region: REGION, clock: fakeClock(), credentials })
    await expect(signer.notReady()).rejects.toThrow("STS is out")
    await signer.notReady()
    expect(signer.notReady()).toBeUndefined()
  })
})

describe("a key in a path", () => {
  it("is read back as the same key by anyone who decodes it, for every key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 200 }), (key) => {
        expect(encodeKey(key)).toMatch(/^[A-Za-z0-9\-_.~/%]+$/)
        expect(decodeURIComponent(encodeKey(key))).toBe(key)
      }),
    )
  })
  it("is refused when it is half a surrogate pair", () => expect(() => encodeKey("a\ud83d")).toThrow(URIError))
})
