import { readFileSync } from "node:fs"
import fc from "fast-check"
import { expect, it } from "vitest"
import type { Route } from "../../../src/restore/objects.ts"
import { partBytesOf, partsOf, routeOf, ROUTING } from "../../../src/restore/plan/classify.ts"
import { AIM, object } from "./plan-world.ts"

interface Case {
  readonly name: string
  readonly operation: "copy" | "rekey"
  readonly size: number
  readonly above?: number
  readonly class?: string
  readonly archived?: "try"
  readonly marker?: true
  readonly keyBytes?: number
  readonly route: Route
}

const table = JSON.parse(readFileSync(new URL("../../cases/restore/routes.json", import.meta.url), "utf8")) as Case[]

it.each(table.map((each) => [each.name, each] as const))("%s", (_name, given) => {
  // The destination's prefix is 7 bytes longer than the source's; ü has two.
  const filler = (given.keyBytes ?? 20) - "restored/".length
  const key = `a/${"ü".repeat(Math.floor(filler / 2))}${"x".repeat(filler % 2)}`
  const listed = object(key, {
    sizeBytes: given.size,
    storageClass: given.class ?? "STANDARD",
    ...(given.marker === undefined ? {} : { deleteMarker: given.marker }),
  })
  const routing = {
    multipartAboveBytes: given.above ?? ROUTING.multipartAboveBytes,
    archived: given.archived ?? "refuse",
  } as const
  expect(routeOf(listed, { operation: given.operation, aim: AIM, routing })).toEqual(given.route)
})

it("covers every byte in parts that S3 takes, up to 50 TB", () => {
  const size = fc.oneof(
    fc.integer({ min: 1, max: 50_000_000_000_000 }),
    fc.integer({ min: 1, max: 20 * 1024 ** 3 }),
    fc.integer({ min: 0, max: 40 }).map((mib) => mib * 1024 ** 2 + 1),
  )
  fc.assert(
    fc.property(size, fc.integer({ min: 0, max: 6 * 1024 ** 3 }), (sizeBytes, multipartAboveBytes) => {
      const partBytes = partBytesOf(sizeBytes, { ...ROUTING, multipartAboveBytes })
      const parts = partsOf(sizeBytes, partBytes)
      expect(partBytes % 1024 ** 2).toBe(0)
      expect(partBytes).toBeGreaterThanOrEqual(5 * 1024 ** 2)
      expect(partBytes).toBeLessThanOrEqual(5 * 1024 ** 3)
      expect(parts).toBeLessThanOrEqual(10_000)
      expect((parts - 1) * partBytes).toBeLessThan(sizeBytes)
      expect(parts * partBytes).toBeGreaterThanOrEqual(sizeBytes)
    }),
    { numRuns: 1_000 },
  )
})
