import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { runDr } from "../support/run-dr.ts"
import { ROOT } from "../support/stripped-config.ts"
import { tempFolder } from "../support/temp-folder.ts"

interface Told {
  readonly ok: boolean
  readonly exit: number
  readonly kind: string
  readonly error?: { code: string; hints: string[] }
}

const told = (stdout: string): Told => JSON.parse(stdout) as Told

describe("the built program", () => {
  it("takes no argument from stdin: in a loop of the shell it would eat what is meant for the next round", () => {
    const files = readdirSync(join(ROOT, "commands"), { recursive: true, encoding: "utf8" })
    const texts = files
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(ROOT, "commands", file), "utf8"))
    const args = texts.flatMap((text) => [...text.matchAll(/Args\.\w+\(\{[^}]*\}/g)].map(([arg]) => arg))
    expect(args.length).toBeGreaterThan(8)
    expect(args.filter((arg) => !arg.includes("ignoreStdin: true"))).toEqual([])
  })

  it.each([["--version"], ["-V"], ["version"]])("tells its version for %s", async (flag) => {
    const { exit, stdout, stderr } = await runDr([flag])
    expect([exit, stderr]).toEqual([0, ""])
    expect(stdout).toMatch(/^kms-dr\/\d+\.\d+\.\d+ \S+ node-v\d+/)
  })

  it.each([["--help"], ["-h"], ["help"], []].map((argv) => ({ argv })))(
    "helps for $argv, the demo first",
    async ({ argv }) => {
      const { exit, stdout, stderr } = await runDr(argv)
      expect([exit, stderr]).toEqual([0, ""])
      expect(stdout).toMatch(/USAGE[\s\S]*START HERE\n {2}\$ dr sandbox demo[\s\S]*TOPICS/)
    },
  )

  it("takes -h after a command, examples before flags", async () => {
    const { exit, stdout } = await runDr(["help", "exit-codes", "-h"])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/USAGE[\s\S]*EXAMPLES[\s\S]*FLAGS/)
  })

  it("takes global flags before the command", async () => {
    const { exit, stdout } = await runDr(["--json", "help", "exit-codes"])
    expect(exit).toBe(0)
    expect(told(stdout)).toMatchObject({ kind: "ExitCodes", ok: true })
  })

  it("is not led astray by the caller's NODE_ENV", async () => {
    for (const NODE_ENV of ["development", "test"]) {
      const { exit, stderr } = await runDr(["help", "exit-codes"], { env: { NODE_ENV } })
      expect([exit, stderr]).toEqual([0, ""])
    }
  })
})

describe("an unknown command", () => {
  it("names the nearest one, runs nothing and exits 64", async () => {
    const { exit, stdout, stderr } = await runDr(["help", "exit-cods"])
    expect([exit, stdout]).toEqual([64, ""])
    expect(stderr).toMatch(/^✕ /)
    const hlep = await runDr(["hlep"])
    expect(hlep).toMatchObject({
      exit: 64,
      stdout: "",
      stderr: '✕ there is no command "hlep"\n  next: dr help\n  next: dr --help\n',
    })
  })

  it("proposes nothing for a word that is like none", async () => {
    expect((await runDr(["obliterate-everything"])).stderr).toBe(
      '✕ there is no command "obliterate-everything"\n  next: dr --help\n',
    )
  })

  it("gets the envelope under --json", async () => {
    const { exit, stdout, stderr } = await runDr(["hlep", "--json"])
    expect([exit, stderr]).toEqual([64, ""])
    expect(told(stdout)).toMatchObject({
      ok: false,
      exit: 64,
      error: { code: "E_USAGE", hints: ["dr help", "dr --help"] },
    })
  })
})

it("wrong usage never reads as changes pending, and prints no configuration", async () => {
  const { exit, stdout } = await runDr(["help", "exit-codes", "--nope", "--json"])
  expect(exit).toBe(64)
  expect(told(stdout)).toMatchObject({ exit: 64, error: { code: "E_USAGE" } })
  expect(stdout).not.toContain(ROOT)
})

it("shared files under commands/ are no commands", async () => {
  const root = tempFolder()
  cpSync(join(ROOT, "package.json"), join(root, "package.json"))
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"))
  cpSync(join(ROOT, "dist"), join(root, "dist"), { recursive: true })
  mkdirSync(join(root, "dist/commands/zoo"))
  writeFileSync(join(root, "dist/commands/zoo/_shared.js"), "export const x = 1\n")
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, "dist/src/main.js"), "--help"], {
    encoding: "utf8",
  })
  expect(stderr).toBe("")
  expect(stdout).not.toContain("zoo")
})

it("the development entry runs the sources, not what was built", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(ROOT, "src/dev.ts"), "help", "exit-codes", "--json"],
    {
      encoding: "utf8",
      cwd: ROOT,
    },
  )
  expect([status, stderr]).toEqual([0, ""])
  expect(told(stdout).kind).toBe("ExitCodes")
})
