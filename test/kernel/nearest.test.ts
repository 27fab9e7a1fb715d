import { describe, expect, it } from "vitest"
import { nearest } from "../../src/kernel/nearest.ts"

describe("the nearest name", () => {
  it.each([
    ["resotre", "restore"],
    ["Rotate", "rotate"],
    ["ksm", "kms"],
    ["kms", "kms"],
    ["verfy", "verify"],
  ])("%s was meant to be %s", (word, meant) =>
    expect(nearest(word, ["restore", "rotate", "s3", "kms", "verify"])).toBe(meant),
  )
  it.each(["xyzzy", "re", "a".repeat(70)])("%s is near nothing", (word) =>
    expect(nearest(word, ["restore", "rotate", "a".repeat(69)])).toBeUndefined(),
  )
  it("counts two swapped letters as one slip, so a short word may have them", () =>
    expect(nearest("abdc", ["abcd"])).toBe("abcd"))
})
