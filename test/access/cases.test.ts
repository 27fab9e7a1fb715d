import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { runCases } from "../../src/access/cases.ts"

interface Case {
  readonly id: string
  readonly title: string
  readonly expected: string
  readonly status?: string
}

const table = JSON.parse(readFileSync(new URL("../cases/access.json", import.meta.url), "utf8")) as Case[]
const verdicts = new Map(runCases(table).map(({ id, verdict }) => [id, verdict]))

describe("the access table", () => {
  it.each(table.filter((each) => each.status !== "disputed").map((each) => [each.id, each.title, each.expected]))(
    "%s %s: %s",
    (id, _title, expected) => expect(verdicts.get(id)).toBe(expected),
  )
  it("tells which disputed rows differ", () => {
    for (const { id, expected } of table.filter((each) => each.status === "disputed")) {
      if (verdicts.get(id) !== expected) console.log(`disputed ${id}: table ${expected}, engine ${verdicts.get(id)}`)
    }
  })
})
