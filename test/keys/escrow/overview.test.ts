import { describe, expect, it } from "vitest"
import type { KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import { DAY } from "../../../src/kernel/units.ts"
import { overviewOf, type KeyWithEscrow } from "../../../src/keys/escrow/overview.ts"
import type { EscrowPlace } from "../../../src/keys/escrow/places.ts"
import type { EscrowRecord } from "../../../src/keys/escrow/set.ts"

const NOW = Date.parse("2026-11-24T12:00:00.000Z")
const at = (days: number): string => new Date(NOW + days * DAY).toISOString()
const CENTRAL = "eu-central-1" as RegionName
const ARN = "arn:aws:kms:eu-central-1:111111111111:key/mrk-1" as KeyArn
const hex = "0".repeat(64)

function record(createdDaysAgo: number, proofs: Record<string, number> = {}): EscrowRecord {
  return {
    set: {
      format: "dr-escrow",
      version: 1,
      id: "escrow-20261124T020004Z-0a0b0c0d",
      env: "prod",
      key: "cards",
      keyArn: ARN,
      threshold: 2,
      custodians: ["alice", "bob", "carol"].map((name) => ({ name, recipient: `age1${name}`, share: hex })),
      commitment: hex,
      recipient: "age1set",
      material: { sealed: "", sha256: hex, kcv: "000000" },
      keyMaterialId: hex,
      createdAt: at(-createdDaysAgo),
    },
    stage: "complete",
    proofs: Object.entries(proofs).map(([custodian, ago]) => ({ custodian, at: at(-ago) })),
    quorums: [],
  }
}
const custodians = { alice: "age1alice", bob: "age1bob", carol: "age1carol" }

const place = (expiresAt?: string, importState = "IMPORTED"): EscrowPlace => ({
  kind: "found",
  region: CENTRAL,
  arn: ARN,
  state: importState === "IMPORTED" ? "Enabled" : "PendingImport",
  origin: "EXTERNAL",
  primary: true,
  related: [],
  materials: [{ id: hex, state: "CURRENT", importState, ...(expiresAt === undefined ? {} : { expiresAt }) }],
})
const overview = (one: EscrowRecord, more: Partial<KeyWithEscrow> = {}, now = NOW) =>
  overviewOf([{ key: "cards", custodians, places: [place()], ...more }], [one], now)

describe("the countdown of imported material", () => {
  it.each([
    [365, undefined, false],
    [61, undefined, false],
    [60, 60, false],
    [31, 60, false],
    [30, 30, true],
    [15, 30, true],
    [14, 14, true],
    [8, 14, true],
    [7, 7, true],
    [2, 7, true],
    [1, 1, true],
    [0, 1, true],
    [-1, 1, true],
  ])("with %i days left: warning %s, --check says no: %s", (days, warning, no) => {
    const { sets, problems } = overview(record(1), { places: [place(at(days + 0.5))] })
    expect([sets[0]?.places[0]?.daysLeft, sets[0]?.places[0]?.warning]).toEqual([days, warning])
    expect(problems.length > 0).toBe(no)
  })
  it("does not round up: 30 days and an hour are 30", () => {
    expect(overview(record(1), { places: [place(at(30 + 1 / 24))] }).problems).toEqual([
      expect.stringMatching(/eu-central-1 expires .*, in 30 d$/),
    ])
  })
  it("of material that never expires is none", () => {
    expect(overview(record(1)).sets[0]?.places[0]).toEqual({ region: CENTRAL, state: "Enabled", missing: false })
  })
})

describe("what --check says no for", () => {
  it.each<[string, ReturnType<typeof overview>, RegExp | undefined]>([
    ["a fresh set", overview(record(1)), undefined],
    ["a set of 92 days without a proof", overview(record(92)), undefined],
    ["one of 93", overview(record(93)), /no proof in 92 days by alice, bob, carol/],
    ["one custodian overdue", overview(record(300, { alice: 1, bob: 93, carol: 92 })), /by bob$/],
    [
      "missing material",
      overview(record(1), { places: [place(undefined, "PENDING_IMPORT")] }),
      /missing in eu-central-1/,
    ],
    [
      "a Region that is silent",
      overview(record(1), { places: [{ kind: "unread", region: CENTRAL, why: "" }] }),
      /could not be read/,
    ],
    [
      "a replica that is not there",
      overview(record(1), { places: [{ kind: "absent", region: CENTRAL }] }),
      /no key in eu-central-1/,
    ],
    [
      "a custodian with another recipient",
      overview(record(1), { custodians: { ...custodians, bob: "age1new" } }),
      /bob not as dr.yaml/,
    ],
    ["a set that was never imported", overview({ ...record(1), stage: "split" }), /never imported/],
    ["an abandoned set", overview({ ...record(1), stage: "abandoned" }), /cards: imported material, and no set/],
    ["a set of a key that dr.yaml lost", overviewOf([], [record(1)], NOW), /dr.yaml has no such key/],
  ])("%s", (_what, { problems }, expected) => {
    if (expected === undefined) expect(problems).toEqual([])
    else expect(problems).toEqual([expect.stringMatching(expected)])
  })
  it("counts a quorum as a proof of each who took part", () => {
    const proven = { ...record(300), quorums: [{ custodians: ["alice", "bob", "carol"], at: at(-2), by: "drill" }] }
    const { sets, problems } = overview(proven)
    expect(problems).toEqual([])
    expect(sets[0]?.lastQuorumAt).toBe(at(-2))
  })
})
