import fc from "fast-check"
import { expect, it } from "vitest"
import { mustBeFresh, openRestorePlan, sealed } from "../../../src/restore/plan/plan-file.ts"
import { PLAN } from "./plan-world.ts"

const plan = sealed(PLAN)
const text = JSON.stringify(plan)

it("opens what was written, to the same plan", () => {
  expect(openRestorePlan("p.json", JSON.parse(text))).toEqual(plan)
  expect(plan.hash).toMatch(/^[0-9a-f]{64}$/)
})

/** Every place in the JSON where a value stands. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]]
  return Object.entries(value).flatMap(([name, each]) => leaves(each, [...path, name]))
}

function changedAt(path: readonly string[], change: (value: unknown) => unknown): unknown {
  const copy = JSON.parse(text) as Record<string, unknown>
  let at = copy
  for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>
  const last = path.at(-1) ?? ""
  const value = change(at[last])
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}

const codeOf = (open: () => unknown): unknown => {
  try {
    open()
  } catch (thrown) {
    return (thrown as { code?: string }).code
  }
  return undefined
}

it("refuses it with any value changed, left out or replaced", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...leaves(plan)),
      fc.constantFrom<(value: unknown) => unknown>(
        () => undefined,
        () => null,
        () => [],
        (value) => (typeof value === "string" ? `${value} ` : typeof value === "boolean" ? !value : Number(value) + 1),
        (value) => (typeof value === "string" ? `x${value.slice(1)}` : "0"),
        () => "\u202e".repeat(40_000),
      ),
      (path, change) => {
        expect(["E_PLAN", "E_PLAN_EDITED"]).toContain(codeOf(() => openRestorePlan("p.json", changedAt(path, change))))
      },
    ),
    { numRuns: 400 },
  )
})

it.each<[string, unknown]>([
  ["null", null],
  ["a list", [plan]],
  ["another kind", { ...plan, kind: "KeyPlan" }],
  ["another format", { ...plan, version: 2 }],
  ["an inherited name", JSON.parse(`{"__proto__":${text}}`)],
  ["a manifest in another folder", changedAt(["parts", "0", "manifest", "file"], () => "../loki.manifest")],
  ["a hidden manifest", changedAt(["parts", "0", "manifest", "file"], () => ".manifest")],
])("refuses %s", (_name, value) => {
  expect(codeOf(() => openRestorePlan("p.json", value))).toBe("E_PLAN")
})

it("is fresh until the moment it says", () => {
  const at = Date.parse(plan.expiresAt)
  expect(codeOf(() => mustBeFresh(plan, at - 1))).toBeUndefined()
  expect(codeOf(() => mustBeFresh(plan, at))).toBe("E_PLAN_EXPIRED")
})
