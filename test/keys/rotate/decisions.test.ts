import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { relatedIn } from "../../../src/access/arn.ts"
import type { KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import { DAY } from "../../../src/kernel/units.ts"
import type { KeyMaterial } from "../../../src/keys/inventory-port.ts"
import { decideOnDemand, MOST_ON_DEMAND, type OnDemandFacts } from "../../../src/keys/rotate/on-demand-decision.ts"
import { nextStep, type KeyAt, type Position } from "../../../src/keys/rotate/position.ts"
import { proofProblems, type DatasetProof } from "../../../src/keys/rotate/proof.ts"
import { retireRefusals, type RetireFacts } from "../../../src/keys/rotate/retire-decision.ts"
import { openState, sealState, type RotationState } from "../../../src/keys/rotate/state.ts"
import { ROOT } from "../../support/stripped-config.ts"

type Table<T> = ReadonlyArray<T & { readonly name: string }>
const table = (name: string): unknown => JSON.parse(readFileSync(`${ROOT}/test/cases/rotation/${name}.json`, "utf8"))

const NOW = Date.parse("2026-11-24T12:00:00.000Z")
const [CENTRAL, WEST] = ["eu-central-1", "eu-west-1"] as RegionName[] as [RegionName, RegionName]
const OLD = "arn:aws:kms:eu-central-1:111111111111:key/mrk-old" as KeyArn
const NEW = "arn:aws:kms:eu-central-1:111111111111:key/mrk-new" as KeyArn
const state: RotationState = {
  apiVersion: "dr/v1",
  kind: "KeyRotation",
  version: 1,
  id: "dr-20261124T100000Z-7f3a",
  env: "prod",
  key: "observability",
  startedAt: "2026-11-24T10:00:00.000Z",
  oldKey: OLD,
}

describe("on demand", () => {
  const onDemand = (count: number): KeyMaterial[] =>
    Array.from({ length: count }, (_, at) => ({
      id: `m${at}`,
      state: "NON_CURRENT",
      rotation: { at: "2026-01-01T00:00:00.000Z", type: "ON_DEMAND" },
    }))
  interface Row {
    readonly used?: number
    readonly automatic?: number
    readonly key?: Partial<OnDemandFacts["key"]>
    readonly rotation?: OnDemandFacts["rotation"]
    readonly waits?: boolean
    readonly intent?: OnDemandFacts["intent"]
    readonly expect: object
  }
  it.each(table("on-demand") as Table<Row>)(
    "$name",
    ({ used = 0, automatic = 0, key = {}, waits, expect: wanted, ...row }) => {
      const materials: KeyMaterial[] = [
        { id: "first", state: "NON_CURRENT" },
        ...Array.from({ length: automatic }, (_, at) => ({
          id: `a${at}`,
          state: "NON_CURRENT",
          rotation: { at: "2026-01-01T00:00:00.000Z", type: "AUTOMATIC" },
        })),
        ...onDemand(used),
        ...(waits === true ? [{ id: "waiting", state: "PENDING_ROTATION" }] : []),
      ]
      const whole = { arn: OLD, state: "Enabled", origin: "AWS_KMS", spec: "SYMMETRIC_DEFAULT", ...key }
      expect(
        decideOnDemand({ key: whole, rotation: row.rotation, materials, intent: row.intent, now: NOW }),
      ).toMatchObject(wanted)
    },
  )
  it("never rotates a key that has none left, whatever else is so", () => {
    fc.assert(
      fc.property(fc.integer({ min: MOST_ON_DEMAND, max: 60 }), fc.boolean(), fc.integer(), (used, enabled, now) => {
        const key = { arn: OLD, state: "Enabled", origin: "AWS_KMS", spec: "SYMMETRIC_DEFAULT" }
        const facts = { key, rotation: { enabled }, materials: onDemand(used), intent: undefined, now }
        expect(decideOnDemand(facts).kind).toBe("refused")
      }),
    )
  })
})

describe("the next step", () => {
  interface Row {
    readonly state: Partial<RotationState>
    readonly newKey?: string
    readonly alias?: readonly ("old" | "new")[]
    readonly expect: number | string
  }
  it.each(table("next-step") as Table<Row>)(
    "$name",
    ({ state: more, newKey = "Enabled", alias = ["old", "old"], ...row }) => {
      const at = (key: KeyArn, keyState: string): KeyAt[] =>
        [CENTRAL, WEST].map((region) => ({ region, arn: relatedIn(region, key), state: keyState }))
      const position: Position = {
        alias: [CENTRAL, WEST].map((region, index) => ({
          region,
          key: relatedIn(region, alias[index] === "new" ? NEW : OLD),
        })),
        oldKey: at(OLD, "Enabled"),
        newKey: more.newKey === undefined ? [] : at(NEW, newKey),
      }
      expect(nextStep({ ...state, ...more }, position)).toBe(row.expect)
    },
  )
})

describe("step 4", () => {
  const proof: DatasetProof = {
    dataset: "loki",
    bucket: "prod-loki",
    written: 2,
    strays: [],
    strayCount: 0,
    defaultKey: { kind: "new" },
    opened: { underNew: 2, underOld: 1 },
    unopened: [],
  }
  it.each(table("proof") as Table<{ proof: Partial<DatasetProof>; expect: readonly string[]; says?: string }>)(
    "$name",
    ({ proof: more, expect: wanted, says }) => {
      const problems = proofProblems([proof, { ...proof, dataset: "mimir", ...more }], NOW)
      expect(problems.map(({ code }) => code)).toEqual(wanted)
      expect(problems.every(({ dataset }) => dataset === "mimir")).toBe(true)
      if (says !== undefined) expect(problems[0]?.message).toContain(says)
    },
  )
})

describe("step 5", () => {
  const quiet: RetireFacts = {
    provenAt: "2026-11-01T00:00:00.000Z",
    aliasElsewhere: [],
    newKeyWhole: true,
    remaining: { looked: 9, count: 0, more: false, examples: [] },
    uses: [
      {
        region: CENTRAL,
        createdAt: "2026-01-01T00:00:00.000Z",
        use: {
          trackedSince: "2026-04-23T00:00:00.000Z",
          last: { operation: "Decrypt", at: "2026-10-31T23:00:00.000Z" },
        },
      },
    ],
    grants: [],
  }
  it.each(
    table("retire") as Table<{
      facts: Partial<RetireFacts>
      unproven?: boolean
      quietDays?: number
      expect: readonly string[]
      says?: string
    }>,
  )("$name", ({ facts, unproven, quietDays = 7, expect: wanted, says }) => {
    const whole = { ...quiet, ...facts, ...(unproven === true ? { provenAt: undefined } : {}) }
    const refusals = retireRefusals(whole, { now: NOW, quietDays })
    expect(refusals.map(({ code }) => code)).toEqual(wanted)
    expect(refusals.every(({ hint }) => hint !== "")).toBe(true)
    if (says !== undefined) expect(refusals.map(({ message }) => message).join("\n")).toContain(says)
  })
  it("is never allowed with a version left, and more days of silence never allow what fewer refuse", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (count, daysAgo, quietDays) => {
          const last = { operation: "Decrypt", at: new Date(NOW - daysAgo * DAY).toISOString() }
          const uses = quiet.uses.map((use) => ({ ...use, use: { trackedSince: "2026-04-23T00:00:00.000Z", last } }))
          const remaining = { looked: 3, count, more: false, examples: [{ object: "s3://b/k", versionId: "v" }] }
          const of = (days: number) => retireRefusals({ ...quiet, uses, remaining }, { now: NOW, quietDays: days })
          if (count > 0) expect(of(quietDays)).not.toEqual([])
          if (of(quietDays).length > 0) expect(of(quietDays + 1)).not.toEqual([])
        },
      ),
    )
  })
})

describe("the file of a rotation", () => {
  const expected = { env: "prod", key: "observability" }
  it("opens as it was sealed", () => {
    expect(openState("f", sealState(state), expected)).toEqual(state)
  })
  it.each([
    ["an edited date", (text: string) => text.replace("T10:00:00.000Z", "T11:00:00.000Z"), /hash does not fit/],
    ["another key", (text: string) => text.replace("mrk-old", "mrk-odd"), /hash does not fit/],
    ["no JSON", () => "{", /no JSON/],
    ["a list", () => "[]", /hash does not fit|no JSON object/],
    ["another format", () => sealState({ ...state, version: 2 as never }), /version/],
  ])("refuses %s", (_name, spoil, why) => {
    expect(() => openState("f", spoil(sealState(state)), expected)).toThrow(why)
  })
  it("refuses the file of another key", () => {
    expect(() => openState("f", sealState(state), { ...expected, key: "billing" })).toThrow(
      /it is about prod\/observability/,
    )
  })
})
