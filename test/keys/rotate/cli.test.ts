import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import KeysRotate from "../../../commands/keys/rotate.ts"
import { ACCOUNTS, ALIAS, demoConfig } from "../../../src/demo/world.ts"
import type { RotationReport } from "../../../src/keys/rotate/report.ts"
import { runCommand } from "../../support/run-command.ts"
import { runDr } from "../../support/run-dr.ts"
import { rotateWorld, type RotateWorld } from "./rotate-world.ts"

/** The built program, as a person and a pipeline run it. */
let world: RotateWorld
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-rotate-cli-"))
  world = await rotateWorld(["loki"])
  const whole = demoConfig(world.sandbox.endpoint)
  const onlyLoki = whole
    .replace(/ {6}(tfstate|mimir|tempo):\n( {8}.*\n)+/g, "")
    .replace(/ {4}drills:\n( {6}- .*\n)+/, "")
  writeFileSync(join(folder, "dr.yaml"), onlyLoki)
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

const dr = (args: readonly string[], stdin?: string) => {
  const { accessKeyId, secretAccessKey } = world.sandbox.credentialsFor(ACCOUNTS.workload.id)
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, HOME: folder }
  return runDr(["keys", "rotate", ...args], { cwd: folder, env, ...(stdin === undefined ? {} : { stdin }) })
}
/** The same command from its sources, without the cost of a start. */
async function inProcess(args: readonly string[]) {
  const before = { ...process.env }
  const { accessKeyId, secretAccessKey } = world.sandbox.credentialsFor(ACCOUNTS.workload.id)
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
  try {
    return await runCommand(KeysRotate, [...args, "--config", join(folder, "dr.yaml"), "--quiet"])
  } finally {
    process.env = before
  }
}
const KEY = ["observability", "-e", "demo"]
const GLASS = ["--mfa", "workload=arn:aws:iam::111111111111:mfa/ann", "--source-identity", "ann"]
const reportOf = (stdout: string) =>
  JSON.parse(stdout) as { exit: number; ok: boolean; kind: string; data: RotationReport }
const changes = (): string[] =>
  world.sandbox.audit
    .filter(({ operation }) =>
      /^(CreateKey|Replicate|Rotate|UpdateAlias|Schedule|TagResource|Enable|Put)/.test(operation),
    )
    .map(({ operation }) => operation)

describe("dr keys rotate", () => {
  it("without a way shows how the key rotates and what there is to choose", async () => {
    const { exit, stdout } = await dr(KEY)
    expect(exit).toBe(64)
    expect(stdout).toContain("automatic, every 365 d")
    expect(stdout).toContain("on demand: 0 of 25 used")
    expect(stdout).toContain("dr keys rotate observability -e demo --manual")
  })

  it.each([
    [["observabilty", "-e", "demo", "--manual"], /has no key "observabilty".*\n.*dr keys rotate observability -e demo/],
    [[...KEY, "--manual", "--on-demand"], /--(manual|on-demand)/],
    [[...KEY, "--step", "2"], /--step/],
    [[...KEY, "--manual", "--step", "6"], /--step/],
    [[...KEY, "--manual", "--since", "yesterday"], /expected a time in UTC/],
    [[...KEY, "--manual", "--quiet-days", "0"], /quiet-days/],
    [["observability", "--manual"], /name an environment/],
    [[...KEY, "--manual", "--step", "4"], /step 4 of the rotation of demo\/observability has not come/],
    [[...KEY, "--abort"], /no manual rotation of demo\/observability is under way/],
    [[...KEY, "--on-demand"], /not confirmed[\s\S]*--confirm alias\/observability-demo/],
    [[...KEY, "--on-demand", "--yes"], /not confirmed/],
    [[...KEY, "--on-demand", "--confirm", "alias/other"], /expected --confirm alias\/observability-demo/],
    [[...KEY, "--manual", ...GLASS], /not confirmed: step 1: make a new key/],
  ])("refuses %j with 64 and changes nothing", async (args, why) => {
    const before = changes().length
    const { exit, stdout, stderr } = await inProcess(args)
    expect([exit, stdout]).toEqual([64, ""])
    expect(stderr).toMatch(why)
    expect(changes().length).toBe(before)
  })

  it("rotates on demand when the alias is typed again", async () => {
    const { exit, stdout } = await dr([...KEY, "--on-demand", "--confirm", ALIAS])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^✓ rotated at .*: material [0-9a-f]+ is current\n/)
    expect(stdout).toContain("on demand: 1 of 25 used")
    const { data, kind } = JSON.parse((await dr([...KEY, "--on-demand", "--confirm", ALIAS, "--json"])).stdout) as {
      kind: string
      data: object
    }
    expect([kind, data]).toMatchObject(["KeyRotationOnDemand", { done: "now", onDemand: { used: 2, most: 25 } }])
  })

  it("makes the key behind the glass, prints the edits and stops with 75", async () => {
    const refused = await dr([...KEY, "--manual", "--yes"])
    expect([refused.exit, refused.stderr]).toEqual([77, expect.stringContaining("--mfa workload=DEVICE_ARN")])
    const { exit, stdout } = await dr([...KEY, "--manual", "--yes", ...GLASS], "123456\n")
    expect(exit).toBe(75)
    expect(stdout).toContain("waiting for your edits")
    expect(stdout).toContain("kms_key_id: arn:aws:kms:eu-central-1:111111111111:key/mrk-")
    expect(stdout).toContain("aws s3api put-bucket-encryption --region eu-central-1 --bucket demo-loki")
    expect(stdout).toMatch(/next, when every edit is made: dr keys rotate observability -e demo --manual/)
    expect(changes().filter((name) => name === "CreateKey")).toHaveLength(3)
    expect(readdirSync(join(folder, ".dr/rotations"))).toEqual(["demo.observability.json"])
  })

  it("tells programs the same, and says no with 3 while nobody has written", async () => {
    const shown = reportOf((await dr([...KEY, "--manual", "--step", "3", "--json"])).stdout)
    expect(shown).toMatchObject({ kind: "KeyRotation", ok: false, exit: 75, data: { outcome: "waiting", next: 4 } })
    expect(shown.data.edits?.every(({ step }) => step === 3)).toBe(true)
    const { exit, stdout } = await dr([...KEY, "--manual", "--yes"])
    expect(exit).toBe(3)
    expect(stdout).toMatch(/step 4 does not pass[\s\S]*✕ nothing was written to loki since/)
    const retire = reportOf((await dr([...KEY, "--manual", "--step", "5", "--confirm", ALIAS, "--json"])).stdout)
    expect(retire).toMatchObject({ exit: 3, data: { outcome: "refused", step: 5, remaining: { count: 4 } } })
    expect(changes()).not.toContain("ScheduleKeyDeletion")
    expect(changes()).not.toContain("UpdateAlias")
  })

  it("moves the alias when step 4 passes, and not without consent", async () => {
    const { data } = reportOf((await dr([...KEY, "--status", "--json"])).stdout)
    const newKey = data.position?.newKey[0]?.arn
    if (newKey === undefined) throw new Error("the new key is there")
    await world.setDefault("loki", newKey)
    await world.write("loki", "after/the-edits", newKey)
    const unasked = await dr([...KEY, "--manual"])
    expect([unasked.exit, unasked.stdout]).toEqual([64, ""])
    expect(unasked.stderr).toContain("step 4 passed: move alias/observability-demo")
    expect(changes()).not.toContain("UpdateAlias")
    const { exit, stdout } = await dr([...KEY, "--manual", "--yes"])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/step 4 of 5 is done[\s\S]*next: dr keys rotate observability -e demo --manual --confirm/)
    expect(changes().filter((name) => name === "UpdateAlias")).toHaveLength(2)
  })

  it("is given up, leaves everything, and begins anew only when told to", async () => {
    const { exit, stdout } = await dr([...KEY, "--abort"])
    expect(exit).toBe(0)
    expect(stdout).toContain("is given up; nothing was taken back")
    const again = await dr([...KEY, "--manual", "--yes", ...GLASS])
    expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining("--manual --step 1")])
    expect(changes().filter((name) => name === "CreateKey")).toHaveLength(3)
  })

  it("refuses a file that somebody edited, and one process does not disturb another", async () => {
    const path = join(folder, ".dr/rotations/demo.observability.json")
    const text = readFileSync(path, "utf8")
    writeFileSync(path, text.replace("abortedAt", "retiredAt"))
    const edited = await dr([...KEY, "--status"])
    expect([edited.exit, edited.stderr]).toEqual([78, expect.stringContaining("its hash does not fit")])
    writeFileSync(path, text)
    expect(existsSync(join(folder, ".dr/locks/keys-demo.lock"))).toBe(false)
  })
})
