import { generateKeyPairSync, type KeyObject } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { openEnvelope, preAuthenticated, sealEnvelope, signerOf, type Signer } from "../../src/evidence/dsse.ts"

const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString()
const newSigner = (): Signer => signerOf(pemOf(generateKeyPairSync("ed25519").privateKey)) as Signer

const signer = newSigner()
const TYPE = "application/vnd.dr.test+json"
const seal = (payload: string, type = TYPE): string => JSON.stringify(sealEnvelope(type, payload, signer))

describe("the encoding that is signed", () => {
  it("is that of the DSSE protocol, lengths in bytes", () => {
    // Source: the example of the protocol, secure-systems-lab/dsse protocol.md.
    expect(Buffer.from(preAuthenticated("http://example.com/HelloWorld", Buffer.from("hello world"))).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    )
    expect(Buffer.from(preAuthenticated("é", Buffer.from("ü"))).toString()).toBe("DSSEv1 2 é 2 ü")
  })
})

describe("an envelope", () => {
  it("gives back any payload, and says who signed it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (payload) => {
        const text = Buffer.from(payload, "utf8").toString("utf8")
        expect(openEnvelope(seal(text), TYPE, signer)).toEqual({ ok: true, payload: text })
      }),
    )
    expect(JSON.parse(seal("x"))).toMatchObject({ signer: "offline", signatures: [{ keyid: signer.fingerprint }] })
    expect(signer.fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it("never opens to another payload, whatever byte of it is changed", () => {
    const sealed = Buffer.from(seal("the keys of prod: all well"))
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(sealed)
        changed[at] = (changed[at] as number) ^ flip
        const opened = openEnvelope(changed.toString("utf8"), TYPE, signer)
        expect(opened.ok ? opened.payload : "refused").toBe(opened.ok ? "the keys of prod: all well" : "refused")
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ["cut", () => seal("{}").slice(0, -20), "cut or altered"],
    ["of another type", () => seal("{}", "application/json"), "expected application/vnd.dr.test+json"],
    [
      "signed by another machine",
      () => JSON.stringify(sealEnvelope(TYPE, "{}", newSigner())),
      "signed by a foreign key",
    ],
    ["signed by another machine under our name", foreignUnderOurName, "altered: its signature"],
    ["edited", edited, "altered: its signature"],
    ["no envelope", () => "[]", "cut or altered"],
  ])("is refused when it is %s", (_what, make, why) => {
    const opened = openEnvelope(make(), TYPE, signer)
    expect(opened).toMatchObject({ ok: false, why: expect.stringContaining(why) as string })
  })
})

it("a key of another kind signs nothing", () =>
  expect(signerOf(pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey))).toBeUndefined())

function foreignUnderOurName(): string {
  const foreign = sealEnvelope(TYPE, "{}", newSigner())
  return JSON.stringify({ ...foreign, signatures: [{ ...foreign.signatures[0], keyid: signer.fingerprint }] })
}

function edited(): string {
  const envelope = sealEnvelope(TYPE, `{"state":"Disabled"}`, signer)
  return JSON.stringify({ ...envelope, payload: Buffer.from(`{"state":"Enabled"}`).toString("base64") })
}
