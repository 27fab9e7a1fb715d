import { describe, expect, it } from "vitest"
import type { AccountId, KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import type { KeyFacts, KeyInventory, KeyPlace } from "../../../src/keys/status/key-inventory.ts"
import { remember } from "../../../src/keys/status/remember.ts"

const WEST = "eu-west-1" as RegionName

const facts = (state: string, gaps: string[] = [], id = "mrk-1"): KeyFacts => ({
  arn: `arn:aws:kms:eu-west-1:111111111111:key/${id}` as KeyArn,
  region: WEST,
  state,
  related: [],
  origin: "AWS_KMS",
  spec: "SYMMETRIC_DEFAULT",
  usage: "ENCRYPT_DECRYPT",
  description: "",
  gaps: gaps.map((what) => ({ what, why: "refused" })),
})
const found = (state: string, gaps: string[] = [], id?: string): KeyPlace => ({
  kind: "found",
  region: WEST,
  wanted: true,
  facts: facts(state, gaps, id),
})
const unread: KeyPlace = { kind: "unread", region: WEST, wanted: true, why: "silent", unreachable: true }
const absent: KeyPlace = { kind: "absent", region: WEST, wanted: true }

const at = (hour: number): string => `2026-11-24T0${hour}:00:00.000Z`
const inventory = (hour: number, place: KeyPlace, alias = "alias/logs"): KeyInventory => ({
  env: "prod",
  takenAt: at(hour),
  keys: [{ name: "logs", side: "workload", account: "111111111111" as AccountId, alias, places: [place], strays: [] }],
})
/** What stands beside the place after these readings, each remembering the former one. */
const lastAfter = (...places: KeyPlace[]): [state: string, takenAt: string] | undefined => {
  const read = places.reduce<KeyInventory | undefined>(
    (older, place, hour) => remember(inventory(hour, place), older),
    undefined,
  )
  const place = read?.keys[0]?.places[0]
  return place === undefined || place.kind === "absent" || place.last === undefined
    ? undefined
    : [place.last.facts.state, place.last.takenAt]
}

describe("a place that cannot be read", () => {
  it("keeps what the last reading knew, with its time", () =>
    expect(lastAfter(found("Enabled"), unread)).toEqual(["Enabled", at(0)]))
  it("keeps it however often nobody answers", () =>
    expect(lastAfter(found("Enabled"), unread, unread, unread)).toEqual(["Enabled", at(0)]))
  it("keeps the newest of several", () =>
    expect(lastAfter(found("Enabled"), unread, found("Disabled"), unread)).toEqual(["Disabled", at(2)]))
  it("prefers a whole reading to a newer one with gaps", () =>
    expect(lastAfter(found("Enabled"), found("Disabled", ["policy"]), unread)).toEqual(["Enabled", at(0)]))
  it("takes one with gaps where there is none without", () =>
    expect(lastAfter(found("Disabled", ["policy"]), unread)).toEqual(["Disabled", at(0)]))
  it("knows nothing of a key that AWS said is not there", () =>
    expect(lastAfter(found("Enabled"), absent, unread)).toBeUndefined())
})

describe("a place that was read", () => {
  it("needs no memory", () => expect(lastAfter(found("Enabled"), found("Disabled"))).toBeUndefined())
  it("keeps the last whole reading beside one with gaps", () =>
    expect(lastAfter(found("Enabled"), found("Enabled", ["policy"]))).toEqual(["Enabled", at(0)]))
  it("forgets another key that the alias led to", () =>
    expect(lastAfter(found("Enabled"), found("Enabled", ["policy"], "mrk-2"))).toBeUndefined())
})

it("a key under another alias is another key", () => {
  const read = remember(inventory(1, unread, "alias/new"), inventory(0, found("Enabled")))
  expect(read.keys[0]?.places[0]).toEqual(unread)
})
