import { readdir, rm, mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readFileSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, expect, it } from "vitest"
import DrillSchedule from "../../commands/drill/schedule.ts"
import { EXAMPLE_CONFIG } from "../../src/estate/example.ts"
import { runCommand } from "../support/run-command.ts"

let folder: string
let common: string[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dr-schedule-"))
  writeFileSync(join(folder, "dr.yaml"), EXAMPLE_CONFIG)
  common = ["--config", join(folder, "dr.yaml"), "--env", "prod"]
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it("writes files, finds them current, and finds a missing one", async () => {
  const units = join(folder, "units")
  const run = (...argv: string[]) => runCommand(DrillSchedule, ["--for", "systemd", ...common, ...argv])
  expect(await run("--out", units)).toMatchObject({ exit: 0, stderr: "" })
  expect(await run("--check", units)).toMatchObject({ exit: 0 })
  const [timer = ""] = (await readdir(units)).filter((path) => path.endsWith(".timer"))
  await rm(join(units, timer))
  const outcome = await run("--check", units)
  expect(outcome.exit).toBe(2)
  expect(outcome.stdout).toContain(`✕ ${timer}: missing`)
})
it("refuses to overwrite what somebody changed, all or nothing, unless forced", async () => {
  const units = join(folder, "changed")
  const run = (...argv: string[]) => runCommand(DrillSchedule, ["--for", "systemd", ...common, "--out", units, ...argv])
  expect(await run()).toMatchObject({ exit: 0 })
  expect(await run()).toMatchObject({ exit: 0 }) // the same bytes are no change
  const [service = ""] = (await readdir(units)).filter((path) => path.endsWith(".service"))
  const timers = (await readdir(units)).filter((path) => path.endsWith(".timer"))
  for (const timer of timers) await rm(join(units, timer))
  writeFileSync(join(units, service), "by hand")
  const refused = await run()
  expect(refused.exit).toBe(64)
  expect(refused.stderr).toContain(service)
  expect((await readdir(units)).filter((path) => path.endsWith(".timer"))).toEqual([])
  expect(await run("--force")).toMatchObject({ exit: 0 })
  expect(readFileSync(join(units, service), "utf8")).toContain("[Service]")
})
it("prints for Kubernetes, and asks for the image", async () => {
  expect(await runCommand(DrillSchedule, ["--for", "kubernetes", ...common])).toMatchObject({ exit: 64, stdout: "" })
  const outcome = await runCommand(DrillSchedule, ["--for", "kubernetes", "--image", "r.example/dr:1", ...common])
  expect(outcome.exit).toBe(0)
  expect(outcome.stdout).toContain("kind: CronJob")
})
