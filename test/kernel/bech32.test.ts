import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeBech32 } from "../../src/kernel/bech32.ts"

const decode = (text: string) => decodeBech32(Buffer.from(text, "latin1"))

describe("Bech32", () => {
  // BIP 173's own vectors; the last one is longer than its limit, which age does not keep.
  it.each([
    ["A12UEL5L", "a"],
    ["a12uel5l", "a"],
    [
      "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
      "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio",
    ],
    ["abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef"],
    ["split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "split"],
  ])("%s is valid", (text, prefix) => expect(decode(text)?.prefix).toBe(prefix))

  it.each([
    "",
    "1",
    "pzry9x0s0muk",
    "1pzry9x0s0muk",
    "x1b4n0q5v",
    "li1dgmt3",
    "A1G7SGD8",
    "10a06t8",
    "a12UEL5L",
    "\xff1eppzje",
  ])("%s is not", (text) => expect(decode(text)).toBeUndefined())
  it("reads what age writes", async () => {
    for (const [identity, secret, prefix, size] of [
      [await generateX25519Identity(), "age-secret-key-", "age", 32],
      [await generateHybridIdentity(), "age-secret-key-pq-", "age1pq", 1216],
    ] as const) {
      expect(decode(identity)).toMatchObject({ prefix: secret, bytes: { length: 32 } })
      expect(decode(await identityToRecipient(identity))).toMatchObject({ prefix, bytes: { length: size } })
    }
  })
  it("finds every wrong letter", async () => {
    const identity = (await generateX25519Identity()).toLowerCase()
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: identity.length - 1 }),
        fc.constantFrom("q", "p", "z", "r", "y", "9", "x", "8"),
        (at, letter) => {
          fc.pre(identity[at] !== letter)
          expect(decode(identity.slice(0, at) + letter + identity.slice(at + 1))).toBeUndefined()
        },
      ),
      { numRuns: 200 },
    )
  })
})
