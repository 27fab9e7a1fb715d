import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { setTimeout as after } from "node:timers/promises"
import { ListObjectsV2Command } from "@aws-sdk/client-s3"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import type { NewFault } from "../../../src/sandbox/faults/rules.ts"
import type { Outcome } from "../../support/run-command.ts"
import type { SpawnOptions } from "../../support/run-dr.ts"
import { restoreEstate, TARGET, type RestoreEstate } from "./restore-estate.ts"

/** The built program against the demo's AWS: plan, run, look, break, go on. */
const LOKI = 40
const OBJECTS = LOKI + 3
let demo: RestoreEstate
let made = 0

beforeAll(async () => {
  demo = await restoreEstate(LOKI, { enforcement: "off" })
}, 120_000)
afterAll(() => demo.close())
afterEach(() => void demo.sandbox.faults.clear())

interface Planned {
  readonly file: string
  readonly prefix: string
}

async function freshPlan(...more: string[]): Promise<Planned> {
  const name = `p${++made}`
  const planned = await demo.plan(`${name}.json`, `${name}/`, ...more)
  expect(planned.exit, planned.stderr).toBe(0)
  return { file: `${name}.json`, prefix: `${name}/` }
}
const run = (file: string, ...more: string[]) => demo.dr(["restore", "run", file, "--yes", "-q", ...more])
const fault = (rule: NewFault) => demo.sandbox.faults.add({ service: "s3", operation: "CopyObject", ...rule })
const copiesSent = () => demo.sandbox.faults.list()[0]?.seen ?? 0
const restoreFolder = () => join(demo.folder, ".dr", "restore")
const runs = (): string[] => (existsSync(restoreFolder()) ? readdirSync(restoreFolder()).toSorted() : [])
const newest = (): string => runs().at(-1) ?? "none"
const inRun = (...path: string[]): string => join(restoreFolder(), newest(), ...path)

async function keysBelow(prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await demo.recovery.send(new ListObjectsV2Command({ Bucket: TARGET, Prefix: prefix }))
  return Contents.map(({ Key = "" }) => Key)
}

/** Runs slowly, and does something to the process once some copies were sent. */
async function during(
  file: string,
  act: (child: Parameters<NonNullable<SpawnOptions["during"]>>[0]) => unknown,
): Promise<Outcome> {
  fault({ kind: "delay", ms: 200 })
  const watching = new AbortController()
  const outcome = await demo.dr(["restore", "run", file, "--yes", "-q", "--max-inflight", "4"], {
    during: (child) => void whenCopying(child),
  })
  watching.abort()
  return outcome

  async function whenCopying(child: Parameters<NonNullable<SpawnOptions["during"]>>[0]): Promise<void> {
    while (copiesSent() < 9 && !watching.signal.aborted) await after(5)
    await act(child)
  }
}

describe("a restore from plan to proof", () => {
  it("plans, runs, is looked at, and run again finds everything there", async () => {
    const { file, prefix } = await freshPlan()
    const first = await run(file)
    expect([first.exit, first.stdout], first.stderr).toEqual([
      0,
      expect.stringContaining(`${OBJECTS} listed = ${OBJECTS} done + 0 failed + 0 skipped + 0 unknown`),
    ])
    expect(first.stdout).toContain(`${OBJECTS} matched, 0 missing, 0 different`)
    expect(await keysBelow(prefix)).toHaveLength(OBJECTS)
    const status = await demo.dr(["restore", "status", newest()])
    expect(status.stdout).toContain(`restored · demo (simulated) · ${OBJECTS} of ${OBJECTS} (100 %)`)
    const before = demo.sandbox.audit.filter(copied).length
    const again = await run(file, "--json")
    expect(again.exit, again.stdout).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({
      apiVersion: "dr/v1",
      kind: "RestoreRun",
      ok: true,
      exit: 0,
      env: "demo",
      simulated: true,
      data: { verdict: "restored", parts: [{ part: "loki", accounts: { listed: OBJECTS, done: OBJECTS } }] },
    })
    expect(demo.sandbox.audit.filter(copied)).toHaveLength(before)
    expect(again.stderr).toBe("")
    expect(JSON.parse((await demo.dr(["restore", "status", "--json"])).stdout)).toMatchObject({
      kind: "RestoreStatus",
      data: { runs: [{ state: "finished", verdict: "restored" }, { state: "finished" }], damaged: [] },
    })
  })

  it("has nothing to resume when all is done", async () => {
    const { exit, stderr } = await demo.dr(["resume"])
    expect([exit, stderr]).toEqual([64, expect.stringContaining("no restore can go on")])
    const ended = await demo.dr(["resume", newest()])
    expect([ended.exit, ended.stderr]).toEqual([
      64,
      expect.stringContaining("is finished: there is nothing to go on with"),
    ])
    const empty = join(restoreFolder(), "dr-20250101T000000Z-0001") // as a process leaves it that was killed at its first step
    mkdirSync(empty)
    const damaged = await demo.dr(["resume"])
    expect([damaged.exit, damaged.stderr]).toEqual([64, expect.stringContaining("dr-20250101T000000Z-0001")])
    expect(damaged.stderr).toContain("there is no run.json")
    rmdirSync(empty)
    const stranger = await demo.dr(["resume", "dr-20250101T000000Z-0000"])
    expect([stranger.exit, stranger.stderr]).toEqual([64, expect.stringContaining("dr-20250101T000000Z-0000")])
  })
})

const copied = ({ operation, status }: { operation: string; status: number }): boolean =>
  operation === "CopyObject" && status === 200

describe("a restore refuses, and writes nothing", () => {
  let plan: Planned
  beforeAll(async () => {
    plan = await freshPlan()
  })
  const read = (): { parts: { manifest: { file: string } }[] } =>
    JSON.parse(readFileSync(join(demo.folder, plan.file), "utf8")) as ReturnType<typeof read>
  const manifest = (): string => join(demo.folder, read().parts[0]?.manifest.file ?? "none")

  /** @returns exit and what was said */
  async function refused(...args: string[]): Promise<[number, string]> {
    const before = runs()
    const { exit, stdout, stderr } = await demo.dr(["restore", "run", ...args])
    expect(stdout).toBe("")
    expect(runs()).toEqual(before)
    expect(await keysBelow(plan.prefix)).toEqual([])
    return [exit, stderr]
  }

  it("unconfirmed without a terminal", async () => {
    expect(await refused(plan.file)).toEqual([64, expect.stringContaining("pass --yes, or answer at a terminal")])
  })
  it("under another environment than that of the plan", async () => {
    expect(await refused(plan.file, "--yes", "-e", "prod")).toEqual([
      64,
      expect.stringContaining("the plan is for environment demo, -e says prod"),
    ])
  })
  it("with an edited plan", async () => {
    const text = readFileSync(join(demo.folder, plan.file), "utf8")
    writeFileSync(join(demo.folder, "edited.json"), text.replaceAll(`"${plan.prefix}"`, '"elsewhere/"'))
    expect(await refused("edited.json", "--yes")).toEqual([78, expect.stringMatching(/edit|chang/)])
    writeFileSync(join(demo.folder, "none.json"), "{}")
    expect((await refused("none.json", "--yes"))[0]).toBe(78)
  })
  it("with an expired plan", async () => {
    const soon = await freshPlan("--expires", "1s")
    await after(1_100)
    const [exit, stderr] = await refused(soon.file, "--yes")
    expect([exit, stderr]).toEqual([3, expect.stringContaining("dr restore plan")])
  })
  it("with an edited manifest, and without one", async () => {
    const path = manifest()
    const whole = readFileSync(path)
    copyFileSync(path, `${path}.kept`)
    for (const at of [whole.length >> 1, whole.length - 2]) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 1
      writeFileSync(path, bytes)
      expect(await refused(plan.file, "--yes"), `byte ${at}`).toEqual([78, expect.stringContaining("manifest")])
    }
    rmSync(path)
    expect(await refused(plan.file, "--yes")).toEqual([78, expect.stringContaining("manifest")])
    copyFileSync(`${path}.kept`, path)
  })
})

describe("a restore that is stopped", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s exits %i, says how to go on, and goes on", async (signal, exit) => {
    const { file, prefix } = await freshPlan()
    const stopped = await during(file, (child) => child.kill(signal))
    expect([stopped.exit, stopped.stderr]).toEqual([exit, expect.stringContaining(`resume: dr resume ${newest()}`)])
    const some = (await keysBelow(prefix)).length
    expect(some).toBeGreaterThan(0)
    expect(some).toBeLessThan(OBJECTS)
    const status = await demo.dr(["restore", "status", newest()])
    expect(status.stdout).toContain(`dr resume ${newest()}`)
    demo.sandbox.faults.clear()
    const resumed = await demo.dr(["resume", "--json"])
    expect(resumed.exit, resumed.stdout).toBe(0)
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      data: { verdict: "restored", parts: [{ accounts: { done: OBJECTS } }] },
    })
    expect(await keysBelow(prefix)).toHaveLength(OBJECTS)
  })

  it("by a right that is taken away names action and ARN, and goes on when it is given back", async () => {
    const { file, prefix } = await freshPlan()
    fault({ kind: "deny", after: 15 })
    const stopped = await run(file, "--max-inflight", "4")
    expect(stopped.exit, stopped.stderr).toBe(77)
    expect(stopped.stderr).toContain("s3:PutObject")
    expect(stopped.stderr).toContain(`arn:aws:s3:::${TARGET}/${prefix}`)
    expect(stopped.stderr).toContain(`dr resume ${newest()}`)
    demo.sandbox.faults.clear()
    expect((await demo.dr(["resume", "-q"])).exit).toBe(0)
    expect(await keysBelow(prefix)).toHaveLength(OBJECTS)
  })
})

describe("a restore at work", () => {
  it("keeps a second one off its target, and keeps itself from being resumed", async () => {
    const { file } = await freshPlan()
    let second: Outcome | undefined
    let resumed: Outcome | undefined
    let name = ""
    let pid = 0
    const first = await during(file, async (child) => {
      name = newest()
      pid = child.pid ?? 0
      second = await run(file)
      resumed = await demo.dr(["resume", name])
      child.kill("SIGTERM")
    })
    expect(first.exit, first.stderr).toBe(143)
    expect(second?.exit, second?.stderr).toBe(75)
    expect(second?.stderr).toContain(name)
    expect(second?.stderr).toContain(String(pid))
    expect(resumed?.exit, resumed?.stderr).toBe(75)
    expect(resumed?.stderr).toContain(`process ${pid} works on ${name}`)
  })
})

describe("a run's folder that was damaged", () => {
  it("is named by status and passed over by resume", async () => {
    const { file } = await freshPlan()
    await during(file, (child) => child.kill("SIGINT"))
    const name = newest()
    const record = readFileSync(inRun("run.json"), "utf8")
    writeFileSync(inRun("run.json"), record.slice(0, 100))
    const status = await demo.dr(["restore", "status"])
    expect(status.stdout).toContain(`✕ ${name} cannot be read: `)
    const resumed = await demo.dr(["resume", name])
    expect([resumed.exit, resumed.stderr]).toEqual([64, expect.stringContaining("run.json is no JSON")])
    writeFileSync(inRun("run.json"), record)
    demo.sandbox.faults.clear()
    const journal = inRun("part-1", "objects-000001.ndjson")
    const lines = readFileSync(journal, "utf8")
    writeFileSync(
      journal,
      lines.replace(/"etag":"."/, '"etag":"x"').replace(/[0-9a-f](?="\}\n)/, (last) => (last === "0" ? "1" : "0")),
    )
    const refused = await demo.dr(["resume", name])
    expect([refused.exit, refused.stderr]).toEqual([78, expect.stringContaining("objects-000001.ndjson")])
    expect(refused.stderr).toContain("--salvage")
    const salvaged = await demo.dr(["resume", name, "--salvage", "-q"])
    expect(salvaged.exit, salvaged.stderr).toBe(0)
  })
})
