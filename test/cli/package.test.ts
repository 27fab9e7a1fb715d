import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ROOT } from "../support/stripped-config.ts"
import { tempFolder } from "../support/temp-folder.ts"

const SLOW = Boolean(process.env["DR_TEST_SLOW"])
/** The package as users get it, unpacked where nothing of the checkout is in reach but its dependencies. */
const folder = mkdtempSync(join(tmpdir(), "dr-package-"))
const run = (
  command: string,
  args: readonly string[],
  cwd: string,
): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(command, args, { cwd, encoding: "utf8", env: { PATH: process.env["PATH"], HOME: folder } })
const installed = join(folder, "package")
let tarball = ""
beforeAll(() => {
  const packed = run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], ROOT)
  expect(packed.stderr).not.toContain("ERR")
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  tarball = join(folder, filename)
  run("tar", ["-xzf", tarball], folder)
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const dr = (...args: string[]) => run(process.execPath, [join(installed, "dist/src/main.js"), ...args], tempFolder())

describe("the packed package", () => {
  it("starts, helps, and finds its drills", () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string }
    expect(dr("--version").stdout).toContain(`kms-dr/${version} `)
    expect(dr("drill", "run", "--help").stdout).toContain("rehearse a loss")
    expect(dr("drill", "list")).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("loki-sample") })
    expect(dr("config", "init", "--json")).toMatchObject({ status: 0, stderr: "" })
  })

  it("has one bin, a manifest of every command, and neither sources nor tests", () => {
    const { bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { bin: Record<string, string> }
    expect(bin).toEqual({ dr: "./dist/src/main.js" })
    const { commands } = JSON.parse(readFileSync(join(installed, "oclif.manifest.json"), "utf8")) as {
      commands: Record<string, { relativePath: string[] }>
    }
    const files = readdirSync(installed, { recursive: true, encoding: "utf8" })
    expect(Object.values(commands).filter(({ relativePath }) => !files.includes(relativePath.join("/")))).toEqual([])
    expect(files.filter((file) => /^(src|commands|test)\//.test(file) || file.endsWith(".ts"))).toEqual([])
  })

  it("imports nothing that its dependencies do not bring", () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      dependencies: Record<string, string>
    }
    const known = [...Object.keys(dependencies), ...builtinModules]
    const dist = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" })
    const imports = dist
      .filter((file) => file.endsWith(".js"))
      .map((file) => readFileSync(join(installed, "dist", file), "utf8"))
      .flatMap((text) =>
        [...text.matchAll(/(?:^|;)import(?:[^"'();]*from)?"([^".][^"]*)"/gm)].map(([, name = ""]) => name),
      )
    expect(imports.length).toBeGreaterThan(50)
    expect([...new Set(imports)].filter((name) => !name.startsWith("node:") && !known.includes(name))).toEqual([])
  })

  it("names every package whose code it contains, with the licence", () => {
    const text = readFileSync(join(installed, "dist/THIRD-PARTY.txt"), "utf8")
    for (const name of ["@oclif/core", "@aws-sdk/client-kms", "zod", "yaml"])
      expect(text).toMatch(new RegExp(`^${name} \\d`, "m"))
    expect(text).not.toContain("licence: see below")
  })

  it.runIf(SLOW)(
    "installs from npm's cache without scripts, and rehearses a key loss",
    { timeout: 300_000 },
    ({ skip }) => {
      const user = tempFolder()
      writeFileSync(join(user, "package.json"), '{ "name": "user", "private": true }')
      const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund"]
      const install = spawnSync("npm", ["install", ...flags, tarball], { cwd: user, encoding: "utf8" })
      skip(install.stderr.includes("ENOTCACHED"), "npm's cache lacks a dependency")
      expect(install.status, install.stderr).toBe(0)
      const demo = run(join(user, "node_modules/.bin/dr"), ["sandbox", "demo", "--json"], user)
      expect(JSON.parse(demo.stdout)).toMatchObject({ ok: true, data: { verdict: "met" } })
    },
  )
})
