import { readFileSync, writeFileSync } from "node:fs"
import { expect, it } from "vitest"
import { z } from "zod"
import { AccessRules } from "../../src/access/expect-schema.ts"
import { DrillDefinition } from "../../src/drill/schema.ts"
import { Estate } from "../../src/estate/model.ts"
import { KeyPlan } from "../../src/keys/plan/key-plan.ts"
import { RestorePlanFile } from "../../src/restore/plan/plan-schema.ts"

/** The JSON schemas that editors use are golden files: UPDATE_GOLDEN=1 writes them anew. */
it.each([
  ["dr-yaml", Estate, "dr.yaml"],
  ["access-yaml", AccessRules, "access.yaml"],
  ["key-plan", KeyPlan, "a plan of `dr keys plan --out`"],
  ["restore-plan", RestorePlanFile, "a plan of `dr restore plan`"],
  ["drill", DrillDefinition, "a drill definition in drills/"],
])("schemas/%s.schema.json is up to date", (name, schema, title) => {
  const file = new URL(`../../schemas/${name}.schema.json`, import.meta.url)
  const generated = `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) }, null, 2)}\n`
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, generated)
  expect(readFileSync(file, "utf8")).toBe(generated)
})
