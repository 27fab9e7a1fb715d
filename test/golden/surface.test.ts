import { readdirSync } from "node:fs"
import { Config, type Command } from "@oclif/core"
import { describe, expect, it } from "vitest"
import { expectGolden } from "../support/golden.ts"
import { runDr } from "../support/run-dr.ts"
import { ROOT } from "../support/stripped-config.ts"

const config = await Config.load({ root: ROOT, ignoreManifest: true })
const own = config.commands.filter(({ pluginName }) => pluginName === "kms-dr").sort((a, b) => a.id.localeCompare(b.id))
const fileOf = (id: string, kind: string): string => `${ROOT}/test/golden/${kind}/${id.replaceAll(":", "-")}`

/** What a script relies on: a flag that goes or changes its meaning shows here. */
function surfaceOf(command: Command.Loadable): unknown {
  const flags = Object.entries(command.flags).sort(([a], [b]) => a.localeCompare(b))
  return {
    id: command.id,
    args: Object.entries(command.args).map(([name, { required, options }]) => ({ name, required: required === true, options })),
    flags: flags.map(([name, flag]) => ({
      name,
      char: flag.char,
      type: flag.type,
      env: flag.env,
      required: flag.required,
      ...(flag.type === "option" ? { multiple: flag.multiple, options: flag.options, default: flag.default } : {}),
    })),
  }
}

describe("the surface", () => {
  it("has a command for every file under commands/", () => {
    const files = readdirSync(`${ROOT}/commands`, { recursive: true, encoding: "utf8" })
    const ids = files.filter((path) => path.endsWith(".ts")).map((path) => path.replace(/\.ts$/, "").replaceAll("/", ":"))
    expect(own.map(({ id }) => id)).toEqual(ids.sort((a, b) => a.localeCompare(b)))
  })

  it.each(own.map(({ id }) => id))("of %s: flags, arguments, help", async (id) => {
    const command = own.find((known) => known.id === id) as Command.Loadable
    expectGolden(`${fileOf(id, "surface")}.json`, `${JSON.stringify(surfaceOf(command), undefined, 2)}\n`)
    const { exit, stdout, stderr } = await runDr([...id.split(":"), "--help"], { env: { COLUMNS: "100" } })
    expect([exit, stderr]).toEqual([0, ""])
    expect(stdout).toContain("EXAMPLES")
    expectGolden(`${fileOf(id, "help")}.txt`, stdout.replaceAll(ROOT, ""))
  })

  it("has a root help", async () => {
    const { stdout } = await runDr(["--help"], { env: { COLUMNS: "100" } })
    expectGolden(`${ROOT}/test/golden/help.txt`, stdout.replace(/kms-dr\/\S+ \S+ \S+/, "kms-dr/VERSION"))
  })
})
