import { describe, expect, it } from "vitest"
import { DAY, HOUR, MINUTE } from "../../src/kernel/units.ts"
import { expectedSlots, missedSlots } from "../../src/schedule/slots.ts"

const at = (stamp: string): number => Date.parse(stamp)
const slots = (cron: string, zone: string, from: string, to: string): string[] =>
  expectedSlots(cron, zone, at(from), at(to)).map((slot) => new Date(slot).toISOString().slice(0, 16))

describe("expected slots", () => {
  it("include the start of the window and exclude its end", () => {
    expect(slots("0 2 * * *", "UTC", "2026-01-01T02:00:00Z", "2026-01-03T02:00:00Z")).toEqual([
      "2026-01-01T02:00",
      "2026-01-02T02:00",
    ])
    expect(slots("0 2 * * *", "UTC", "2026-01-01T02:00:00.001Z", "2026-01-02T02:00:00Z")).toEqual([])
  })
  it("none in an empty or backward window", () => {
    expect(slots("* * * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")).toEqual([])
    expect(slots("* * * * *", "UTC", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z")).toEqual([])
  })
  it("go on beyond one batch, without gap or repeat", () => {
    const all = expectedSlots("0 * * * *", "UTC", at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"))
    expect(all).toHaveLength(31 * 24)
    expect(all.every((slot, index) => index === 0 || slot - (all[index - 1] ?? 0) === HOUR)).toBe(true)
  })
  it("follow the zone: two in the morning in Berlin moves by an hour in summer", () => {
    expect(slots("17 4 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z")).toEqual([
      "2026-03-28T03:17",
      "2026-03-29T02:17",
    ])
  })
  it("a time inside the spring gap comes due once, right after it", () => {
    expect(slots("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z")).toEqual([
      "2026-03-28T01:30",
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ])
  })
  it("a time that autumn brings twice comes due once", () => {
    expect(slots("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z")).toEqual([
      "2026-10-24T00:30",
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ])
  })
  it("refuse an unknown zone, a bad expression and a window without end", () => {
    expect(() => slots("0 2 * * *", "Europe/Atlantis", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")).toThrow(
      /"Europe\/Atlantis" is no time zone/,
    )
    expect(() => slots("0 2 13 * 5", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")).toThrow(/"0 2 13 \* 5"/)
    expect(() => slots("* * * * *", "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")).toThrow(/more than/)
  })
})

describe("missed slots", () => {
  const from = at("2026-01-05T00:00:00Z")
  const first = at("2026-01-05T02:00:00Z")
  const query = { cron: "0 2 * * *", timezone: "UTC", graceMs: 6 * HOUR, from }
  const missed = (now: number, runs: number[]): number[] =>
    missedSlots({ ...query, now }, runs).map((slot) => (slot - first) / DAY)

  it("a run within the grace fills its slot, its very end included", () => {
    expect(missed(first + DAY - 1, [first])).toEqual([])
    expect(missed(first + DAY - 1, [first + 6 * HOUR])).toEqual([])
    expect(missed(first + DAY - 1, [first + 6 * HOUR + 1])).toEqual([0])
    expect(missed(first + DAY - 1, [first - 1])).toEqual([0])
  })
  it("is not missed while its grace lasts", () => {
    expect(missed(first + 6 * HOUR, [])).toEqual([])
    expect(missed(first + 6 * HOUR + 1, [])).toEqual([0])
  })
  it("two runs on one day do not stand for two days", () => {
    expect(missed(first + 2 * DAY, [first, first + MINUTE])).toEqual([1])
  })
  it("with graces that overlap each run counts once, in any order given", () => {
    const hourly = { cron: "0 * * * *", timezone: "UTC", graceMs: 3 * HOUR, from: first, now: first + 12 * HOUR }
    const runs = [first + 3 * HOUR, first + 2 * HOUR, first + HOUR]
    expect(missedSlots(hourly, runs).map((slot) => (slot - first) / HOUR)).toEqual([3, 4, 5, 6, 7, 8])
  })
  it("a scheduler that is dead leaves every slot", () => expect(missed(first + 3 * DAY, [])).toEqual([0, 1, 2]))
})
