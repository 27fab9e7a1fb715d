import { afterEach, describe, expect, it } from "vitest"
import type { WireWorld } from "../../aws/wire/wire-world.ts"
import { versionsInTarget, worldOfMany } from "../end-to-end/many-objects.ts"
import { planOn } from "../end-to-end/sandbox-restore.ts"

let world: WireWorld | undefined
afterEach(() => world?.close())

describe("33: the same run twice at once, past every lock", () => {
  it("writes each object once: the slower one finds it and takes it for its own", async () => {
    const twice = (world = await worldOfMany(20))
    const parts = [await planOn(twice), await planOn(twice)]
    const runs = await Promise.all(parts.map((part) => part.end()))
    for (const { ended, told } of runs) {
      expect(ended).toEqual({ kind: "finished" })
      expect(told.filter(({ settled }) => settled.kind !== "done")).toEqual([])
      expect(told).toHaveLength(20)
    }
    const counts = await versionsInTarget(twice)
    expect([counts.size, new Set(counts.values())]).toEqual([20, new Set([1])])
    const written = runs
      .flatMap(({ told }) => told)
      .filter(({ settled }) => settled.kind === "done" && settled.proof.adopted !== true)
    expect(written).toHaveLength(20)
  })
})
