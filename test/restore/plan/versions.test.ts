import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ListedObject, VersionMode } from "../../../src/restore/objects.ts"
import { hotTest, type HotSet } from "../../../src/restore/plan/hot-set.ts"
import { selectVersions, VersionGroups } from "../../../src/restore/plan/versions.ts"
import { object } from "./plan-world.ts"

/** `3 x1 2` = version 3 on top, then a delete marker at 1 … as [version id, time]. */
const history = (text: string): ListedObject[] =>
  text.split(" ").map((each) => {
    const modifiedAt = Number(each.replace("x", ""))
    return object("k", { versionId: each, modifiedAt, ...(each.startsWith("x") ? { deleteMarker: true } : {}) })
  })
const ids = (group: readonly ListedObject[]): string => group.map(({ versionId }) => versionId).join(" ")
const at = (time: number): VersionMode => ({ kind: "as-of", at: time })

describe("what a mode takes of a key", () => {
  it.each<[string, VersionMode, "copy" | "rekey", string]>([
    ["5 3 1", { kind: "current" }, "copy", "5"],
    ["x5 3 1", { kind: "current" }, "copy", ""],
    ["5 3 1", at(5), "copy", "5"],
    ["5 3 1", at(4), "copy", "3"],
    ["5 3 1", at(3), "copy", "3"],
    ["5 3 1", at(0), "copy", ""],
    ["5 x3 1", at(4), "copy", ""],
    ["x5 3 1", at(4), "copy", "3"],
    ["5 x3 1", at(4), "rekey", ""],
    ["5 x3 1", { kind: "all" }, "copy", "1 x3 5"],
    ["x5 x3 1", { kind: "all" }, "copy", "1 x3 x5"],
    ["x5 3 1", { kind: "all" }, "rekey", "1 3"],
    ["x5", { kind: "all" }, "rekey", ""],
  ])("of %s by %o to %s: %s", (versions, mode, operation, taken) => {
    expect(ids(selectVersions(history(versions), mode, operation))).toBe(taken)
  })

  it("is what a reader got at that moment", () => {
    const times = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.boolean()), { selector: ([t]) => t })
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 50 }), (writes, when) => {
        let seen: string | undefined
        for (const [time, marker] of writes.toSorted(([a], [b]) => a - b))
          if (time <= when) seen = marker ? undefined : String(time)
        const newestFirst = writes
          .toSorted(([a], [b]) => b - a)
          .map(([time, marker]) =>
            object("k", { versionId: String(time), modifiedAt: time, ...(marker ? { deleteMarker: true } : {}) }),
          )
        expect(selectVersions(newestFirst, at(when), "copy")[0]?.versionId).toBe(seen)
      }),
    )
  })
})

it("gathers the versions of each key, whatever lies between pages", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string(), { maxLength: 6 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
      (keys, counts) => {
        const groups = new VersionGroups()
        const wanted = keys.map((key) =>
          Array.from({ length: counts.next().value ?? 1 }, (_, at_) => object(key, { modifiedAt: at_ })),
        )
        const got = wanted.flat().map((each) => groups.push(each))
        expect([...got, groups.end()].filter((group) => group !== undefined)).toEqual(wanted)
        expect(groups.end()).toBeUndefined()
      },
    ),
  )
})

describe("the hot set", () => {
  const hours = 3_600_000
  it.each<[string, HotSet, VersionMode, ListedObject, boolean]>([
    ["just inside", { newest: 2 * hours }, { kind: "current" }, object("p/k", { modifiedAt: 8 * hours }), true],
    ["just outside", { newest: 2 * hours }, { kind: "current" }, object("p/k", { modifiedAt: 8 * hours - 1 }), false],
    [
      "counted from the moment asked for",
      { newest: 2 * hours },
      at(4 * hours),
      object("p/k", { modifiedAt: 2 * hours }),
      true,
    ],
    ["behind the dataset's prefix", { prefixes: ["index/", "x"] }, { kind: "all" }, object("p/index/1"), true],
    ["the second prefix", { prefixes: ["index/", "x"] }, { kind: "all" }, object("p/xy"), true],
    ["not the prefix alone", { prefixes: ["index/"] }, { kind: "all" }, object("index/1"), false],
  ])("%s", (_name, hotSet, mode, newest, hot) => {
    expect(hotTest(hotSet, "p/", mode, 10 * hours)?.(newest)).toBe(hot)
  })
  it("splits nothing when all is hot", () => expect(hotTest("all", "", { kind: "current" }, 0)).toBeUndefined())
})
