import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import PolicySnapshot from "../../commands/policy/snapshot.ts"
import type { Inventory } from "../../src/access/inventory.ts"
import { inventoryFrom, type InventoryContext } from "../../src/runtime/inventory-source.ts"
import { liveWorld, MANAGEMENT, RECOVERY, WORKLOAD, type LiveWorld } from "../aws/live-world.ts"
import { runCommand } from "../support/run-command.ts"
import { tempFolder } from "../support/temp-folder.ts"

let world: LiveWorld
let folder: string
beforeAll(async () => void (world = await liveWorld()))
afterAll(() => world.sandbox.close())
beforeEach(() => {
  folder = tempFolder()
  writeFileSync(join(folder, "dr.yaml"), world.config)
  actAs(WORKLOAD)
})
afterEach(() => void vi.unstubAllEnvs())

function actAs(account: string): void {
  const { accessKeyId, secretAccessKey } = world.sandbox.credentialsFor(account)
  vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId)
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey)
  vi.stubEnv("AWS_SESSION_TOKEN", "")
}
const run = (...args: string[]) => runCommand(PolicySnapshot, ["--config", join(folder, "dr.yaml"), "-q", ...args])
const snapshot = (...args: string[]) => run("-e", "live", ...args)
const unused: InventoryContext = {
  config: () => Promise.reject(new Error("dr.yaml was asked for")),
  deps: () => {
    throw new Error("AWS was asked for")
  },
}
const read = (path: string): Promise<Inventory> => inventoryFrom({ inventory: path }, unused)

interface Written {
  apiVersion: string
  kind: string
  env: string
  tool: string
  takenAt: string
  digest: string
  inventory: { takenAt: string; source: string; keys: Array<{ arn: string; state?: string }>; gaps: unknown[] }
}
const written = (path: string): Written => JSON.parse(readFileSync(path, "utf8")) as Written

describe("dr policy snapshot", () => {
  it("writes what AWS says, mode 0600, and prints what was read and every gap", async () => {
    const out = join(folder, "live.json")
    const { exit, stdout } = await snapshot("--out", out)
    expect(exit).toBe(0)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).sort()).toEqual(["dr.yaml", "live.json"])
    const { digest, inventory, ...head } = written(out)
    expect(head).toMatchObject({
      apiVersion: "dr/v1",
      kind: "InventorySnapshot",
      env: "live",
      takenAt: inventory.takenAt,
    })
    expect(head.tool).toMatch(/^\d+\.\d+\.\d+/)
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(stdout).toMatch(/^live live, as of \S+Z: 3 keys, 3 buckets, \d+ roles, 2 accounts\n/)
    expect(stdout).toMatch(/alias\/live +111111111111 +eu-central-1 +Enabled +primary +365 d +5\n/)
    for (const gap of (inventory as unknown as Inventory).gaps ?? [])
      expect(stdout.split("\n")).toContainEqual(
        expect.stringMatching(new RegExp(`^ {2}${gap.subject} .*${gap.what}.*: `)),
      )
    expect(stdout).toMatch(/alias\/live-recovery +222222222222 +eu-west-1 +Enabled +single +off +\?\n/)
    expect(stdout).toMatch(/role\/gone identity, boundary, trust: iam:GetRole on role gone failed: NoSuchEntity/)
    expect(stdout).toContain(digest)
  })

  it("is read again by --inventory, equal to what was taken", async () => {
    const out = join(folder, "live.json")
    await snapshot("--out", out)
    expect(await read(out)).toEqual(written(out).inventory)
  })

  it("keeps it in the state folder without --out", async () => {
    const { exit, stdout } = await snapshot("--json")
    expect(exit).toBe(0)
    const envelope = JSON.parse(stdout) as {
      kind: string
      simulated: boolean
      data: { file: string; digest: string; keys: number; gaps: unknown[] }
    }
    expect(envelope).toMatchObject({ kind: "InventorySnapshot", simulated: true, env: "live", data: { keys: 3 } })
    expect(envelope.data.file).toMatch(/\.dr\/inventory\/live-\d{8}T\d{6}Z\.json$/)
    expect(written(envelope.data.file).digest).toBe(envelope.data.digest)
    expect(envelope.data.gaps.length).toBeGreaterThan(0)
  })

  it("exits 3 with --strict when anything could not be read", async () => {
    expect((await snapshot("--strict", "--out", join(folder, "live.json"))).exit).toBe(3)
  })

  it("says who has no identity, which environment there is, and writes nothing", async () => {
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wrong")
    expect(await snapshot("--out", join(folder, "live.json"))).toMatchObject({
      exit: 77,
      stderr: expect.stringContaining("no usable AWS credentials") as string,
    })
    expect(await run("-e", "prod")).toMatchObject({
      exit: 64,
      stderr: expect.stringContaining("it has live") as string,
    })
    expect(readdirSync(folder)).toEqual(["dr.yaml"])
  })

  it("finds no key from the wrong account, and says which it asked for", async () => {
    actAs(MANAGEMENT)
    const { exit, stderr } = await snapshot("--out", join(folder, "live.json"))
    expect(exit).toBe(1)
    expect(stderr).toMatch(/not one of the 2 keys of live live could be found/)
  })

  it("leaves the file of before when the new one cannot be written", async () => {
    const { exit, stderr } = await snapshot("--out", join(folder, "none", "live.json"))
    expect([exit, stderr.includes("cannot write")]).toEqual([1, true])
  })
})

describe("a snapshot that was changed", () => {
  const changes: Array<[string, (file: Written) => void]> = [
    [
      "a policy",
      (file) => void (file.inventory.keys[0] = { ...file.inventory.keys[0], arn: "arn:aws:kms:eu-west-1:1:key/x" }),
    ],
    ["a state", (file) => void Object.assign(file.inventory.keys[0] ?? {}, { state: "Disabled" })],
    ["its gaps", (file) => void (file.inventory.gaps = [])],
    ["its time", (file) => void (file.takenAt = "2030-01-01T00:00:00.000Z")],
    ["its environment", (file) => void (file.env = "prod")],
    ["a field more", (file) => void Object.assign(file, { note: "checked" })],
    ["its digest", (file) => void (file.digest = `sha256:${"0".repeat(64)}`)],
    ["no digest", (file) => void Reflect.deleteProperty(file, "digest")],
    ["another kind", (file) => void (file.kind = "DrillRun")],
    ["text that nobody can digest", (file) => void Object.assign(file, { note: "\ud800" })],
  ]
  it.each(changes)("is refused: %s", async (_what, change) => {
    const out = join(folder, "live.json")
    await snapshot("--out", out)
    const file = written(out)
    change(file)
    writeFileSync(out, JSON.stringify(file))
    await expect(read(out)).rejects.toMatchObject({
      code: "E_SNAPSHOT",
      exit: 78,
      message: expect.stringContaining(out) as string,
      hints: [expect.stringContaining("dr policy snapshot") as string],
    })
  })

  it("is not refused for its blanks or the order of its names", async () => {
    const out = join(folder, "live.json")
    await snapshot("--out", out)
    const turned = Object.fromEntries(Object.entries(written(out)).toReversed())
    writeFileSync(out, JSON.stringify(turned))
    expect((await read(out)).accounts.map(({ id }) => id)).toEqual([WORKLOAD, RECOVERY])
  })
})
