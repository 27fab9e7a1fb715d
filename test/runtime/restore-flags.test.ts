import { describe, expect, it } from "vitest"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { HOUR } from "../../src/kernel/units.ts"
import { modeOf, roleFlag, storageClassOf, validFor } from "../../src/runtime/restore-flags.ts"

const NOW = Date.parse("2026-11-24T12:00:00Z")
const usage = (message: string): object => expect.objectContaining({ code: "E_USAGE", exit: EXIT.usage, message })

describe("--mode", () => {
  it.each([
    [undefined, undefined],
    ["current", { kind: "current" }],
    ["all", { kind: "all" }],
    ["as-of=2026-11-24T02:00:00Z", { kind: "as-of", at: Date.parse("2026-11-24T02:00:00Z") }],
    ["as-of=2026-11-24T03:00+01:00", { kind: "as-of", at: Date.parse("2026-11-24T02:00:00Z") }],
    ["as-of=2026-11-24T12:00:00.000Z", { kind: "as-of", at: NOW }],
  ])("%s", (text, mode) => expect(modeOf(text, NOW)).toEqual(mode))

  // Without a zone a time would mean another moment on each machine.
  it.each([
    "",
    "newest",
    "as-of",
    "as-of=",
    "as-of=2026-11-24",
    "as-of=2026-11-24T02:00:00",
    "as-of=2026-13-24T02:00:00Z",
  ])("%j is refused", (text) =>
    expect(() => modeOf(text, NOW)).toThrow(
      usage(`--mode ${text}: expected current, all or as-of=TIME with a time zone`),
    ),
  )

  it("does not look into the future", () =>
    expect(() => modeOf("as-of=2026-11-24T12:00:01Z", NOW)).toThrow(
      usage("--mode as-of=2026-11-24T12:00:01Z: that time is still to come"),
    ))
})

it("--role takes the ARN of a role, in any partition, and nothing else", () => {
  for (const arn of ["arn:aws:iam::111111111111:role/r", "arn:aws-us-gov:iam::111111111111:role/path/r"])
    expect(roleFlag(arn)).toBe(arn)
  expect(roleFlag(undefined)).toBeUndefined()
  for (const text of ["", "dr-sync", "arn:aws:iam::111111111111:user/u", "arn:aws:sts::111111111111:assumed-role/r/s"])
    expect(() => roleFlag(text)).toThrow(usage(`--role ${text}: expected a role ARN`))
})

it("--storage-class takes what S3 has, and keep", () => {
  expect(storageClassOf("keep")).toBe("keep")
  expect(storageClassOf("GLACIER_IR")).toBe("GLACIER_IR")
  expect(() => storageClassOf("glacier_ir")).toThrow(/--storage-class glacier_ir: expected one of keep, STANDARD/)
})

it("--expires takes at most a week", () => {
  expect(validFor("24h")).toBe(24 * HOUR)
  expect(validFor("7d")).toBe(168 * HOUR)
  for (const text of ["8d", "0h", "-1h", "soon"])
    expect(() => validFor(text)).toThrow(usage(`--expires ${text}: expected a duration of at most 7d, such as 24h`))
})
