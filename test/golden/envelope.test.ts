import { expect, it } from "vitest"
import { z } from "zod"
import { envelopeSchema } from "../support/envelope-schema.ts"
import { expectGolden } from "../support/golden.ts"
import { Probe } from "../support/probe-command.ts"
import { runCommand } from "../support/run-command.ts"
import { ROOT } from "../support/stripped-config.ts"
import { tempFolder } from "../support/temp-folder.ts"

it("schemas/envelope.schema.json is the contract", () => {
  const schema = z.toJSONSchema(envelopeSchema, { io: "input" })
  expectGolden(`${ROOT}/schemas/envelope.schema.json`, `${JSON.stringify({ title: "What every dr command prints with --json", ...schema }, undefined, 2)}\n`)
})

it.each(["ok", "no", "deny", "bug", "hostile", "exit", "unprintable", "nonsense", "run"])("what --json prints for %s keeps it", async (how) => {
  const { exit, stdout } = await runCommand(Probe, [how, "--json", "-e", "prod", "--state-dir", tempFolder()])
  const told = envelopeSchema.strict().parse(JSON.parse(stdout))
  expect(told.exit).toBe(exit)
  expect(told.ok).toBe(exit === 0)
  expect(told.error === undefined).toBe(how === "ok" || how === "no" || how === "run")
})
