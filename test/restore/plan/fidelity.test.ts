import { describe, expect, it } from "vitest"
import { fidelityOf, type FidelityScene } from "../../../src/restore/plan/fidelity.ts"
import { PartTally } from "../../../src/restore/plan/part-tally.ts"
import { ROUTING } from "../../../src/restore/plan/classify.ts"
import { AIM, object } from "./plan-world.ts"

const copy: FidelityScene = {
  operations: new Set(["copy"]),
  modes: new Set(["current"]),
  multipart: false,
  storageClass: "keep",
  keepsLocks: false,
  shares: {},
}
const row = (scene: FidelityScene, property: string) =>
  fidelityOf(scene).find((each) => each.property.startsWith(property))

describe("the fidelity table", () => {
  it.each<[string, Partial<FidelityScene>, string, string]>([
    ["older versions", {}, "older versions", "lost"],
    ["older versions in mode all", { modes: new Set(["all"]) }, "older versions", "preserved"],
    ["the class of each", {}, "storage class", "preserved"],
    ["another class", { storageClass: "STANDARD_IA" }, "storage class", "changed"],
    ["annotations of single copies", {}, "annotations", "preserved"],
    ["annotations of objects in parts", { multipart: true }, "annotations", "lost"],
    ["locks", {}, "retention", "lost"],
    ["locks that are read and set", { keepsLocks: true }, "retention", "preserved"],
    ["redirects", {}, "website redirect", "lost"],
    ["ETags of copies", {}, "ETag", "changed"],
    ["ETags of re-keyed objects", { operations: new Set(["rekey"]) }, "bytes, size, checksums, ETag", "preserved"],
    ["archives in place", { operations: new Set(["rekey"]) }, "storage class", "preserved"],
    ["archives in copies", {}, "archived objects", "refused"],
  ])("%s", (_name, more, property, outcome) => {
    expect(row({ ...copy, ...more }, property)?.outcome).toBe(outcome)
  })

  it("tells the operation where there are two, and how much was met", () => {
    const both = fidelityOf({ ...copy, operations: new Set(["copy", "rekey"]), shares: { "website-redirect": 0.031 } })
    expect(both.find(({ property }) => property === "website redirect (copy)")?.note).toContain("about 3.1 %")
    expect(both.every(({ property }) => /\((?:copy|rekey)\)$/.test(property))).toBe(true)
  })
})

it("tallies classes, versions, parts and refusals of a listing", () => {
  const tally = new PartTally({
    operation: "copy",
    aim: AIM,
    routing: { ...ROUTING, multipartAboveBytes: 6 * 1024 ** 2 },
  })
  tally.add(object("a/1", { sizeBytes: 10, versionId: "v2", current: true }))
  tally.add(object("a/1", { sizeBytes: 5, versionId: "v1", storageClass: "STANDARD_IA" }))
  tally.add(object("a/2", { sizeBytes: 0, versionId: "v3", deleteMarker: true, current: true, etag: "" }))
  tally.add(object("a/3", { sizeBytes: 20 * 1024 ** 2 }))
  for (let at = 0; at < 7; at++) tally.add(object(`a/old${at}`, { sizeBytes: 1, storageClass: "GLACIER" }))
  expect(tally.result()).toEqual({
    counts: {
      objects: 11,
      bytes: 22 + 20 * 1024 ** 2,
      deleteMarkers: 1,
      noncurrent: 1,
      multipart: 1,
      byClass: {
        GLACIER: { objects: 7, bytes: 7 },
        STANDARD: { objects: 2, bytes: 10 + 20 * 1024 ** 2 },
        STANDARD_IA: { objects: 1, bytes: 5 },
      },
    },
    refused: [
      { why: "NEEDS_THAW", objects: 7, estimated: false, examples: ["a/old0", "a/old1", "a/old2", "a/old3", "a/old4"] },
    ],
    parts: 4,
    carried: 4,
    bytesCarried: 15 + 20 * 1024 ** 2,
  })
})
