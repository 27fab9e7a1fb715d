import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { runCases } from "../../src/access/cases.ts"

interface Case {
  readonly id: string
  readonly title: string
  readonly expected: string
  /** The page or section that gives the verdict. */
  readonly source: string
}

const table = JSON.parse(readFileSync(new URL("../cases/access-more.json", import.meta.url), "utf8")) as Case[]
const results = new Map(runCases(table).map((result) => [result.id, result]))

describe("the second access table, written from documentation before it was run", () => {
  it("has every verdict, and a source for every row", () => {
    expect(new Set(table.map(({ id }) => id)).size).toBe(table.length)
    expect(table.filter(({ source }) => source === "")).toEqual([])
    for (const verdict of ["Allowed", "ImplicitlyDenied", "ExplicitlyDenied", "Depends", "ERROR"])
      expect(table.filter(({ expected }) => expected === verdict).length, verdict).toBeGreaterThan(5)
  })
  it.each(table.map((each) => [each.id, each.title, each.expected]))("%s %s: %s", (id, _title, expected) => {
    const result = results.get(id)
    expect({ verdict: result?.verdict, error: result?.error }).toMatchObject({ verdict: expected })
    expect(result?.error ?? "").not.toContain("fault of dr itself")
  })
})
