import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { readCase, runCases } from "../../src/access/cases.ts"
import { compilePolicy } from "../../src/access/compile.ts"
import { evaluate } from "../../src/access/evaluate.ts"
import type { Grant } from "../../src/access/grants.ts"

interface Case {
  readonly id: string
  readonly title: string
  readonly expected: string
  /** The rule of the facts file that the row was written from, before the engine was asked. */
  readonly source: string
  /** What the format of case tables has no field for. */
  readonly beyond?: Beyond
}

interface Beyond {
  readonly grants?: readonly Grant[]
  readonly endpoint?: object
  readonly managementAccount?: string
  readonly awsManagedKey?: boolean
  readonly unknown?: readonly string[]
}

const WORDS = {
  allowed: "Allowed",
  "implicit-deny": "ImplicitlyDenied",
  "explicit-deny": "ExplicitlyDenied",
  depends: "Depends",
}

function verdictOf({ beyond, ...row }: Case): { verdict: string; error?: string | undefined } {
  if (beyond === undefined) {
    const [result] = runCases([row])
    return { verdict: result?.verdict ?? "", error: result?.error }
  }
  const { request, stack } = readCase({ ...row })
  const { endpoint, unknown = [], ...more } = beyond
  const through = endpoint === undefined ? {} : { endpoint: [compilePolicy(endpoint, "endpoint")] }
  return { verdict: WORDS[evaluate({ ...request, unknown }, { ...stack, ...through, ...more }).verdict] }
}

const table = JSON.parse(readFileSync(new URL("../cases/access-third.json", import.meta.url), "utf8")) as Case[]

describe("the third access table, a second opinion on every rule", () => {
  it("has every verdict, and a rule for every row", () => {
    expect(new Set(table.map(({ id }) => id)).size).toBe(table.length)
    expect(table.filter(({ source }) => source === "")).toEqual([])
    for (const verdict of [...Object.values(WORDS), "ERROR"])
      expect(table.filter(({ expected }) => expected === verdict).length, verdict).toBeGreaterThan(5)
  })
  it.each(table)("$id $source: $title", (row) => {
    const result = verdictOf(row)
    expect(result).toMatchObject({ verdict: row.expected })
    expect(result.error ?? "").not.toContain("fault of dr itself")
  })
})
