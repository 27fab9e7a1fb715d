import { existsSync, readFileSync, watch } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { runDr, type SpawnOptions } from "../../support/run-dr.ts"
import { CODES, emptyDemoEstate, PERSON, type DemoEstate } from "./demo-estate.ts"

/** The built program, stopped for real in the middle of its work, three times, and once left in peace. */
let demo: DemoEstate
beforeAll(async () => {
  demo = await emptyDemoEstate(undefined, { replicaDelayMs: 300 })
})
afterAll(() => demo.close())

const dr = (args: readonly string[], during: SpawnOptions["during"] = () => undefined) =>
  runDr(args, { cwd: demo.folder, env: demo.env, stdin: CODES, during })

/** Applies, and sends the signal when `step` has begun. */
function stoppedAt(step: string, signal: NodeJS.Signals) {
  const events = `${signal}-${step.replaceAll("/", "_")}.ndjson`
  const path = join(demo.folder, events)
  return dr(["keys", "apply", "p.json", ...PERSON, "--yes", "-q", "--events", events], (child) => {
    const watcher = watch(demo.folder, () => {
      const begun = existsSync(path) && readFileSync(path, "utf8").includes(`"step":"${step}"`)
      if (!begun) return
      watcher.close()
      child.kill(signal)
    })
    child.on("close", () => watcher.close())
  })
}

it("is killed, interrupted and killed again, and ends with the same two keys", async () => {
  expect((await dr(["keys", "plan", "-e", "demo", "--profile", "workload", "--out", "p.json"])).exit).toBe(2)
  expect((await stoppedAt("workload/observability@eu-west-1/replicate-key", "SIGKILL")).exit).toBe(-2)
  const stopped = await stoppedAt("workload/observability@eu-west-1/replicate-key", "SIGINT")
  expect([stopped.exit, stopped.stderr]).toEqual([130, expect.stringContaining("interrupted by SIGINT")])
  expect(stopped.stderr).toContain("resume: dr keys apply p.json")
  expect((await stoppedAt("recovery/observability@eu-central-1/replicate-key", "SIGKILL")).exit).toBe(-2)
  const last = await dr(["keys", "apply", "p.json", ...PERSON, "--yes", "-q", "--json"])
  expect(last.exit, last.stdout).toBe(0)
  expect((JSON.parse(last.stdout) as { data: { resumed: boolean } }).data.resumed).toBe(true)
  const left = await dr(["keys", "plan", "-e", "demo", "--profile", "workload", "--detailed-exitcode"])
  expect(left.exit, left.stdout).toBe(0)
  const made = demo.sandbox.audit.filter(({ operation, status }) => operation === "CreateKey" && status === 200)
  expect(made).toHaveLength(2)
})
