import fc from "fast-check"
import { Cron } from "croner"
import { describe, expect, it } from "vitest"
import { DrError } from "../../src/kernel/errors.ts"
import { onCalendar, parseCron, plainCron } from "../../src/schedule/cron-fields.ts"

describe("OnCalendar", () => {
  it.each([
    ["17 2 * * 1", "UTC", "Mon *-*-* 02:17:00 UTC"],
    ["17 2 * * *", "Europe/Berlin", "*-*-* 02:17:00 Europe/Berlin"],
    ["17 2 * * 0", "UTC", "Sun *-*-* 02:17:00 UTC"],
    ["17 2 * * 7", "UTC", "Sun *-*-* 02:17:00 UTC"],
    ["17 2 * * 5-7", "UTC", "Fri..Sun *-*-* 02:17:00 UTC"],
    ["5,35 */6 * * *", "UTC", "*-*-* 00,06,12,18:05,35:00 UTC"],
    ["0 4 1 jan,jul *", "UTC", "*-01,07-01 04:00:00 UTC"],
    ["0 4 1-7 */3 *", "UTC", "*-01,04,07,10-01..07 04:00:00 UTC"],
    ["*/20 0-2 * * MON-FRI", "UTC", "Mon..Fri *-*-* 00..02:00,20,40:00 UTC"],
    ["* * * * *", "UTC", "*-*-* *:*:00 UTC"],
  ])("%s in %s", (cron, zone, expected) => {
    expect(onCalendar(cron, zone)).toBe(expected)
  })
})

describe("the plain form", () => {
  it.each([
    ["17 2 * * 7", "17 2 * * 0"],
    ["17 2 * * mon-fri", "17 2 * * 1-5"],
    ["*/30 */12 1 jan *", "0,30 0,12 1 1 *"],
  ])("%s is %s", (cron, plain) => expect(plainCron(cron)).toBe(plain))

  const field = (low: number, high: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: 1, max: high }).map((step) => `*/${step}`),
      fc
        .uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 4 })
        .map((values) => values.join(",")),
      fc
        .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    )
  const days = fc.oneof(fc.tuple(field(1, 28), fc.constant("*")), fc.tuple(fc.constant("*"), field(0, 7)))
  const expressions = fc
    .tuple(field(0, 59), field(0, 23), days, field(1, 12))
    .map(([m, h, [d, w], month]) => `${m} ${h} ${d} ${month} ${w}`)

  it("comes due exactly when the original does", () => {
    const runs = (cron: string) =>
      new Cron(cron, { timezone: "UTC", mode: "5-part", paused: true }).nextRuns(5, new Date("2026-01-01T00:00:00Z"))
    const property = fc.property(expressions, (cron) => {
      expect(runs(plainCron(cron))).toEqual(runs(cron))
    })
    fc.assert(property, { numRuns: 200 })
  })
})

describe("what cannot be scheduled alike everywhere", () => {
  it.each([
    "",
    "17 2 * *",
    "0 17 2 * * 1",
    "@daily",
    "60 2 * * *",
    "0 24 * * *",
    "0 2 0 * *",
    "0 2 * 13 *",
    "0 2 * * 8",
    "0 2 13 * 5",
    "0 2 L * *",
    "0 2 * * 1#2",
    "5/15 2 * * *",
    "*/0 2 * * *",
    "5-1 2 * * *",
    "0 2 * * fri-mon",
    "0 2 30 2 *",
    "0 2 31 4,6 *",
    "0,,5 2 * * *",
    "x 2 * * *",
    "-1 2 * * *",
    "? 2 * * *",
    "H 2 * * *",
  ])("%j is refused by name", (cron) => {
    let thrown: unknown
    try {
      parseCron(cron)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(DrError)
    expect(thrown).toMatchObject({ code: "E_SCHEDULE", exit: 78 })
    expect((thrown as DrError).message).toContain(JSON.stringify(cron))
  })
  it("29 February is a day", () => expect(onCalendar("0 2 29 2 *", "UTC")).toBe("*-02-29 02:00:00 UTC"))
})
