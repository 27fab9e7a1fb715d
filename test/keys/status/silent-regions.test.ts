import { describe, expect, it } from "vitest"
import type { AccountId, RegionName } from "../../../src/kernel/brands.ts"
import { DrError } from "../../../src/kernel/errors.ts"
import { silentRegions } from "../../../src/keys/status/silent-regions.ts"

const [ONE, OTHER] = ["111111111111", "222222222222"] as AccountId[] as [AccountId, AccountId]
const [WEST, NORTH] = ["eu-west-1", "eu-north-1"] as RegionName[] as [RegionName, RegionName]

const failing = (code: string, status?: number) => async (): Promise<never> => {
  const aws = { service: "kms", operation: "DescribeKey", ...(status === undefined ? {} : { status }) }
  throw new DrError({ code, message: "kms:DescribeKey failed", aws })
}
const silence = failing("E_AWS_UNREACHABLE")

describe("a Region that gives no answer", () => {
  it("is not asked again, in the account where it was silent", async () => {
    const regions = silentRegions()
    let asked = 0
    const count = async (): Promise<number> => ++asked
    await expect(regions.ask(ONE, WEST, silence)).rejects.toMatchObject({ code: "E_AWS_UNREACHABLE" })
    await expect(regions.ask(ONE, WEST, count)).rejects.toMatchObject({
      code: "E_REGION_SILENT",
      message: "eu-west-1 does not answer: kms:DescribeKey failed",
    })
    expect(asked).toBe(0)
    expect([await regions.ask(OTHER, WEST, count), await regions.ask(ONE, NORTH, count)]).toEqual([1, 2])
  })

  it("ends what is under way there", async () => {
    const regions = silentRegions()
    const waiting = regions.ask(ONE, WEST, () => new Promise<never>(() => undefined))
    await expect(regions.ask(ONE, WEST, silence)).rejects.toMatchObject({ code: "E_AWS_UNREACHABLE" })
    await expect(waiting).rejects.toMatchObject({ code: "E_REGION_SILENT" })
  })

  it.each([
    ["a refusal", failing("E_AWS_ACCESS_DENIED", 400)],
    ["a failure of the service", failing("E_AWS_UNREACHABLE", 503)],
    ["throttling", failing("E_AWS_THROTTLED", 400)],
    ["a bug of ours", () => Promise.reject(new TypeError("x is undefined"))],
  ])("is not one that answers with %s", async (_what, call) => {
    const regions = silentRegions()
    await expect(regions.ask(ONE, WEST, call)).rejects.toThrow()
    expect(await regions.ask(ONE, WEST, async () => "an answer")).toBe("an answer")
  })
})
