import fc from "fast-check"
import { expect, it } from "vitest"
import { demoEnvironment } from "../../../src/demo/world.ts"
import type { KeyPlan } from "../../../src/keys/plan/key-plan.ts"
import { openKeyPlan } from "../../../src/keys/plan/plan-file.ts"
import { keptInventory, planOf } from "./plan-world.ts"

/** A plan with every kind of value in it: nothing is there yet. */
const environment = demoEnvironment()
const empty = keptInventory(environment)
const plan = planOf(environment, {
  ...empty,
  keys: empty.keys.map((key) => ({
    ...key,
    places: key.places.map(({ region }) => ({ kind: "absent", region, wanted: true })),
  })),
})
const text = JSON.stringify(plan)

it("opens what was written, to the same plan", () => {
  expect(plan.steps.length).toBeGreaterThan(5)
  expect(openKeyPlan("p.json", JSON.parse(text))).toEqual(plan)
})

/** Every place in the JSON where a value stands. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]]
  return Object.entries(value).flatMap(([name, each]) => leaves(each, [...path, name]))
}

function withValue(path: readonly string[], value: unknown): unknown {
  const copy = JSON.parse(text) as Record<string, unknown>
  let at = copy
  for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>
  const last = path.at(-1) ?? ""
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}

const at = (path: readonly string[]): unknown =>
  path.reduce((value, name) => (value as Record<string, unknown>)[name], plan as unknown)

it("refuses it with any value changed, left out or replaced, by a code of its own", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...leaves(plan)),
      fc.constantFrom<(value: unknown) => unknown>(
        () => undefined,
        () => null,
        () => [],
        (value) => (typeof value === "string" ? `${value} ` : typeof value === "boolean" ? !value : Number(value) + 1),
        (value) => (typeof value === "string" ? value.slice(1) : "0"),
        () => "\u202e".repeat(40_000),
      ),
      (path, change) => {
        const changed = withValue(path, change(at(path)))
        let code: unknown
        try {
          openKeyPlan("p.json", changed)
        } catch (thrown) {
          code = (thrown as { code?: string }).code
        }
        expect(["E_PLAN", "E_PLAN_EDITED"]).toContain(code)
      },
    ),
    { numRuns: 300 },
  )
})

it.each<[string, unknown]>([
  ["null", null],
  ["a number", 1],
  ["a list", [plan]],
  ["another kind", { ...plan, kind: "InventorySnapshot" } satisfies Omit<KeyPlan, "kind"> & { kind: string }],
  ["an inherited name", JSON.parse(`{"__proto__":${text}}`)],
])("refuses %s", (_name, value) => {
  expect(() => openKeyPlan("p.json", value)).toThrow(expect.objectContaining({ code: "E_PLAN", exit: 78 }) as Error)
})
