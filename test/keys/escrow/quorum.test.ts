import { armor, generateHybridIdentity, identityToRecipient } from "age-encryption"
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import type { KeyArn } from "../../../src/kernel/brands.ts"
import { DrError } from "../../../src/kernel/errors.ts"
import { readIdentities, sealTo, type AgeIdentity } from "../../../src/keys/escrow/age.ts"
import { newSet, type NewSet } from "../../../src/keys/escrow/new-set.ts"
import { openShare, type ProvenShare, type ShareFile } from "../../../src/keys/escrow/open-share.ts"
import { materialOf, quorumOf } from "../../../src/keys/escrow/quorum.ts"
import type { EscrowRecord, EscrowSet } from "../../../src/keys/escrow/set.ts"
import { shareText } from "../../../src/keys/escrow/share-text.ts"
import { verifyShares, withProofs } from "../../../src/keys/escrow/verify.ts"
import { seededRandom } from "../../support/seeded-random.ts"
import { codeOf, makeCustodians, recipientsOf, type Custodian } from "./custodians.ts"

const ARN = "arn:aws:kms:eu-central-1:111111111111:key/mrk-1" as KeyArn
const NAME = { env: "prod", key: "cards" }
let custodians: Custodian[]
let identities: AgeIdentity[]
let one: NewSet
let other: NewSet
let files: ShareFile[]
let otherFiles: ShareFile[]

const make = (seed: string): Promise<NewSet> =>
  newSet(
    { ...NAME, keyArn: ARN, threshold: 3, custodians: recipientsOf(custodians) },
    seededRandom(seed),
    1_764_000_000_000,
  )

/** A share file, in which anything may be otherwise. */
async function fileOf(of: NewSet, at: number, more: { set?: EscrowSet; share?: number; custodian?: string } = {}) {
  const custodian = more.custodian ?? custodians[at]?.name ?? ""
  const share = of.shares[more.share ?? at] ?? new Uint8Array()
  const text = shareText({ set: more.set ?? of.set, index: at + 1, custodian, share })
  return { from: `${custodian}.age`, text: await sealTo(custodians[at]?.recipient ?? "", text) }
}

beforeAll(async () => {
  custodians = await makeCustodians()
  identities = custodians.map(({ identity }) => identity)
  one = await make("one")
  other = await make("other")
  files = await Promise.all(custodians.map((_, at) => fileOf(one, at)))
  otherFiles = await Promise.all(custodians.map((_, at) => fileOf(other, at)))
})

const record = (): EscrowRecord => ({ set: one.set, stage: "complete", proofs: [], quorums: [] })

async function recovered(given: readonly ShareFile[], records: readonly EscrowRecord[] = []): Promise<Uint8Array> {
  const shares: ProvenShare[] = []
  for (const file of given) shares.push(await openShare(file, identities, records))
  return materialOf(shares, quorumOf(shares, NAME))
}
async function refusal(given: readonly ShareFile[], records: readonly EscrowRecord[] = []): Promise<string> {
  return recovered(given, records).then(
    () => "recovered",
    (thrown: unknown) => {
      if (thrown instanceof DrError) return `${thrown.code}: ${thrown.message}`
      throw thrown
    },
  )
}
const pick = (...at: number[]): ShareFile[] => at.map((index) => files[index] as ShareFile)

describe("share files", () => {
  it("of any three of five recover the same material", async () => {
    for (const at of [
      [0, 1, 2],
      [4, 3, 2],
      [0, 2, 4],
      [3, 0, 1],
      [0, 1, 2, 3, 4],
    ])
      expect(await recovered(pick(...at), [record()])).toEqual(one.material)
  })
  it("hold nothing that could be read without an identity", () => {
    for (const { text } of files) expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+-----END/)
  })

  it.each<[string, () => Promise<ShareFile[]> | ShareFile[], RegExp]>([
    ["too few", () => pick(0, 1), /^E_ESCROW_QUORUM: 2 of the 3 shares .*alice.age.*bob.age/],
    ["none", () => [], /^E_ESCROW_QUORUM/],
    [
      "one twice",
      () => pick(0, 1, 0),
      /^E_ESCROW_DUPLICATE: alice.age \(share 1, alice\) is the same share as alice.age/,
    ],
    [
      "one of another set",
      () => [...pick(0, 1), otherFiles[2] as ShareFile],
      /^E_ESCROW_SET: shares of two sets: carol.age/,
    ],
    [
      "the share of another custodian",
      async () => [...pick(0, 1), await fileOf(one, 2, { share: 3 })],
      /^E_ESCROW_SHARE: carol.age \(share 3, carol\) is altered/,
    ],
    [
      "the name of another custodian",
      async () => [...pick(0, 1), await fileOf(one, 2, { custodian: "dave" })],
      /^E_ESCROW_SHARE: dave.age .* is altered: its set names carol/,
    ],
    [
      "a share of another set under this set's name",
      async () => [...pick(0, 1), await fileOf(other, 2, { set: one.set })],
      /^E_ESCROW_SHARE: carol.age/,
    ],
    [
      "a lower threshold in one share",
      async () => [...pick(0, 1), await fileOf(one, 2, { set: { ...one.set, threshold: 2 } })],
      /^E_ESCROW_SET: .* do not say the same of their set/,
    ],
    [
      "a lower threshold in all of them",
      async () => [
        await fileOf(one, 0, { set: { ...one.set, threshold: 2 } }),
        await fileOf(one, 1, { set: { ...one.set, threshold: 2 } }),
      ],
      /^E_ESCROW_COMMITMENT/,
    ],
    [
      "another key",
      async () => Promise.all([0, 1, 2].map((at) => fileOf(one, at, { set: { ...one.set, key: "other" } }))),
      /^E_ESCROW_SET: alice.age .* key other in prod, and not of cards/,
    ],
    [
      "other sealed material",
      async () =>
        Promise.all([0, 1, 2].map((at) => fileOf(one, at, { set: { ...one.set, material: other.set.material } }))),
      /^E_ESCROW_MATERIAL/,
    ],
    [
      "a file that is no share",
      async () => [
        ...pick(0, 1),
        { from: "x", text: await sealTo(custodians[2]?.recipient ?? "", new Uint8Array(70)) },
      ],
      /^E_ESCROW_SHARE: x opens, and holds no share/,
    ],
    [
      "a file that is not age's",
      () => [...pick(0, 1), { from: "x", text: "AGE-SECRET-KEY-1" }],
      /^E_ESCROW_SHARE: x is damaged: it is no armored age file/,
    ],
  ])("with %s are refused by name", async (_what, given, expected) => {
    const told = await refusal(await given())
    expect(told).toMatch(expected)
  })
  it("are refused where the record says otherwise", async () => {
    const forged = { ...record(), set: { ...one.set, commitment: "0".repeat(64) } }
    expect(await refusal(pick(0, 1, 2), [forged])).toMatch(/^E_ESCROW_SET: alice.age .* other than its record/)
  })
  it("do not open for another's identity, and the refusal names the file", async () => {
    const told = openShare(files[0] as ShareFile, identities.slice(1), []).catch((thrown: Error) => thrown.message)
    expect(await told).toMatch(/^no identity given opens alice.age/)
  })
  it("altered at any byte are refused, and never give other material", async () => {
    const sealed = armor.decode(files[2]?.text ?? "")
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const altered = Uint8Array.from(sealed)
        altered[at] = (altered[at] ?? 0) ^ mask
        const told = await refusal([...pick(0, 1), { from: "carol.age", text: armor.encode(altered) }])
        expect(told).toMatch(/^E_ESCROW_(SHARE|IDENTITY): .*carol\.age/)
      }),
      { numRuns: 60 },
    )
  })
  it("say nothing of what they hold in any refusal", async () => {
    const secrets = [...one.shares, one.material].map((bytes) => Buffer.from(bytes).toString("hex"))
    for (const given of [pick(0, 1), pick(0, 1, 0), [...pick(0, 1), otherFiles[2] as ShareFile]]) {
      const told = await refusal(given)
      for (const secret of secrets) expect(told).not.toContain(secret)
    }
  })
})

describe("a custodian with a post-quantum identity", () => {
  it("opens a share like the others", async () => {
    const secret = await generateHybridIdentity()
    const [identity] = (await readIdentities(Buffer.from(`# mine\n\n  ${secret}\r\n`))) ?? []
    const recipient = await identityToRecipient(secret)
    expect(identity?.recipient).toBe(recipient)
    const text = shareText({ set: one.set, index: 1, custodian: "alice", share: one.shares[0] ?? new Uint8Array() })
    const share = await openShare({ from: "a", text: await sealTo(recipient, text) }, [identity as AgeIdentity], [])
    expect(share.share).toEqual(one.shares[0])
  })
  it.each(["", "# nothing\n", "age1qqqq", "AGE-SECRET-KEY-1QQQ", "AGE-PLUGIN-YUBIKEY-1QQQQ"])(
    "is not read from %j",
    async (text) => expect((await readIdentities(Buffer.from(text))) ?? []).toEqual([]),
  )
})

describe("a proof of shares", () => {
  it("tells of each by itself, and of the quorum", async () => {
    const foreign = { from: "x.age", text: "nothing" }
    const verified = await verifyShares([...pick(0, 1), foreign], identities, [record()])
    expect(verified.shares).toMatchObject([
      { ok: true, custodian: "alice", index: 1, byAnotherIdentity: false, recorded: true },
      { ok: true, custodian: "bob" },
      { ok: false, code: "E_ESCROW_SHARE" },
    ])
    expect(verified.quorums).toEqual([{ set: one.set.id, custodians: ["alice", "bob"], needed: 3, result: "too-few" }])
    const [kept] = withProofs([record()], verified, { at: "2026-11-24T12:00:00.000Z", by: "run" })
    expect(kept?.proofs.map(({ custodian }) => custodian)).toEqual(["alice", "bob"])
    expect(kept?.quorums).toEqual([])
  })
  it("of enough shares is one of the quorum", async () => {
    const verified = await verifyShares(pick(4, 1, 2), identities, [record()])
    expect(verified.quorums).toMatchObject([{ result: "combines", custodians: ["erin", "bob", "carol"] }])
    const [kept] = withProofs([record()], verified, { at: "2026-11-24T12:00:00.000Z", by: "run" })
    expect(kept?.quorums).toMatchObject([{ custodians: ["erin", "bob", "carol"], by: "run" }])
    expect(JSON.stringify([verified, kept])).not.toContain(Buffer.from(one.shares[4] ?? []).toString("hex"))
  })
  it("by another identity says so: the share was encrypted anew", async () => {
    const text = shareText({ set: one.set, index: 1, custodian: "alice", share: one.shares[0] ?? new Uint8Array() })
    const moved = { from: "alice.age", text: await sealTo(custodians[4]?.recipient ?? "", text) }
    expect((await verifyShares([moved], identities, [])).shares).toMatchObject([
      { ok: true, byAnotherIdentity: true, recorded: false },
    ])
  })
})

describe("a set", () => {
  it("is made from 256 bits of the source for each of material and identity", async () => {
    const again = await make("one")
    expect(again.material).toEqual(one.material)
    expect(again.set.recipient).toBe(one.set.recipient)
    expect(other.material).not.toEqual(one.material)
  })
  it.each([
    [2, 2],
    [5, 6],
    [5, 1],
  ])("of %i custodians does not need %i", async (n, threshold) => {
    const people = recipientsOf(custodians.slice(0, n))
    const made = newSet({ ...NAME, keyArn: ARN, threshold, custodians: people }, seededRandom("x"), 0)
    expect(await codeOf(made)).toBe("E_ESCROW_SPLIT")
  })
})
