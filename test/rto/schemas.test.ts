import { expect, it } from "vitest"
import { z } from "zod"
import { EvidenceFile } from "../../src/evidence/record-file.ts"
import { RunRecord } from "../../src/rto/record.ts"

it.each([
  ["run-record", RunRecord],
  ["evidence-file", EvidenceFile],
])("schemas/%s.schema.json is what the code reads", async (name, schema) => {
  await expect(`${JSON.stringify(z.toJSONSchema(schema), undefined, 2)}\n`).toMatchFileSnapshot(
    `../../schemas/${name}.schema.json`,
  )
})
