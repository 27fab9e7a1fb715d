import { describe, expect, it } from "vitest"
import { partitionOf } from "../../../src/restore/engine/partition.ts"
import type { Place } from "../../../src/restore/objects.ts"

const place = (prefix: string): Place =>
  ({ bucket: "logs", prefix, owner: "111122223333", region: "eu-central-1" }) as unknown as Place

describe("the partition of a key", () => {
  it.each([
    ["", "tenant-a/chunk", "logs/tenant-a/"],
    ["", "tenant-a/deep/er", "logs/tenant-a/"],
    ["", "flat", "logs/"],
    ["", "/leading", "logs//"],
    ["loki/", "loki/tenant-a/chunk", "logs/loki/tenant-a/"],
    ["loki/", "loki/flat", "logs/loki/"],
    ["lo", "loki/chunk", "logs/loki/"],
  ])("behind %j of %j is %s", (prefix, key, name) => expect(partitionOf(place(prefix))(key)).toBe(name))

  it("is the same whatever was asked before", () => {
    const of = partitionOf(place(""))
    expect(["a/1", "b/1", "a/2", "c", "a/3", "\0/1"].map(of)).toEqual([
      "logs/a/",
      "logs/b/",
      "logs/a/",
      "logs/",
      "logs/a/",
      "logs/\0/",
    ])
  })

  it("of the 65th folder on is the bucket's own, and stays so", () => {
    const of = partitionOf(place(""))
    const keys = Array.from({ length: 100 }, (_, at) => `${at}/x`)
    const names = keys.map(of)
    expect(new Set(names).size).toBe(65)
    expect(names.slice(64)).toEqual(Array.from({ length: 36 }, () => "logs/"))
    expect(keys.map(of)).toEqual(names)
  })
})
