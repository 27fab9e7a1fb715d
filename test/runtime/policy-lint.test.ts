import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import PolicyLint from "../../commands/policy/lint.ts"
import { EXAMPLE_CONFIG } from "../../src/estate/example.ts"
import { readVariables, renderVariables } from "../../src/runtime/policy-files.ts"
import { runCommand, type Outcome } from "../support/run-command.ts"
import { tempFolder } from "../support/temp-folder.ts"

const seed = fileURLToPath(new URL("../cases/policies/seed-template.json", import.meta.url))
const RENDER = ["--var", "account_id=111111111111"]
const RECOVERY = ["--recovery-role", "arn:aws:iam::222222222222:role/dr-recovery"]
const lint = (...argv: string[]): Promise<Outcome> => runCommand(PolicyLint, argv)

interface Envelope {
  readonly ok: boolean
  readonly exit: number
  readonly kind: string
  readonly data: {
    readonly counts: Readonly<Record<string, number>>
    readonly findings: ReadonlyArray<{ readonly rule: string }>
  }
  readonly warnings: readonly string[]
  readonly error?: { readonly code: string }
}
const envelope = (outcome: Outcome): Envelope => JSON.parse(outcome.stdout) as Envelope

const CLEAN = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Reads",
      Effect: "Allow",
      Action: "kms:DescribeKey",
      Resource: "arn:aws:kms:eu-central-1:111111111111:key/x",
    },
  ],
}

afterEach(() => vi.unstubAllEnvs())

describe("dr policy lint FILE", () => {
  let folder = ""
  beforeEach(() => void (folder = tempFolder()))
  const write = (name: string, content: string | object): string => {
    const path = join(folder, name)
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
    return path
  }

  it("tells what is wrong with the template, where, and what to write instead; exit 3", async () => {
    const { exit, stdout, stderr } = await lint(seed, ...RENDER, ...RECOVERY)
    expect(exit).toBe(3)
    expect(stderr).toBe("")
    expect(stdout).toContain("(key policy)\n✕ error DRK121  recovery role cannot recover\n    at   Statement, line 3\n")
    expect(stdout).toContain("! warning DRK109")
    expect(stdout).toContain('    at   statement 0 "Enable IAM User Permissions", Action, line 10')
    expect(stdout).toContain("- not run: DRK105: no inventory says which roles and users account 111111111111 has")
    expect(stdout.trimEnd()).toMatch(/1 error, 3 warnings, 0 info in 1 subject$/)
  })

  it("raw, tells that it was never rendered", async () => {
    const { exit, stdout } = await lint(seed)
    expect(exit).toBe(3)
    expect(stdout).toContain("${account_id} was never rendered (7 places)")
    expect(stdout).toContain("fix  render it: --var account_id=VALUE")
  })

  it.each([
    [[], 0],
    [["--fail-on", "warning"], 3],
    [["--fail-on", "never"], 0],
    [RECOVERY, 3],
    [[...RECOVERY, "--fail-on", "never"], 0],
  ])("%j exits %i", async (flags, exit) => expect((await lint(seed, ...RENDER, ...flags)).exit).toBe(exit))

  it("is clean when nothing is wrong: exit 0", async () => {
    const { exit, stdout } = await lint(write("clean.json", CLEAN))
    expect(exit).toBe(0)
    expect(stdout).toContain("0 errors, 0 warnings, 0 info in 1 subject; 1 without findings")
  })

  it("gives the envelope under --json, with the same exit", async () => {
    const outcome = await lint(seed, ...RENDER, ...RECOVERY, "--json")
    expect(outcome.exit).toBe(3)
    expect(envelope(outcome)).toMatchObject({
      ok: false,
      exit: 3,
      kind: "PolicyLint",
      data: { counts: { error: 1, warning: 3, info: 0 } },
    })
  })

  it("reads a folder, a byte order mark and several files; --kind says what nobody can guess", async () => {
    mkdirSync(join(folder, "many"))
    write("many/a.json", `\ufeff${JSON.stringify(CLEAN)}`)
    write("many/b.json", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Action: ["kms:DisableKey"], Resource: "*" }],
    })
    write("many/notes.txt", "no policy")
    const all = envelope(
      await lint(join(folder, "many"), seed, "--kind", "scp", "--json", "--recovery-region", "eu-west-1"),
    )
    expect(all.data).toMatchObject({ subjects: [{ scope: "scp" }, { scope: "scp" }, { scope: "scp" }] })
    expect(all.data.findings.map(({ rule }) => rule)).toContain("DRO601")
  })

  it("writes the view to a file of mode 0600", async () => {
    const out = join(folder, "lint.sarif")
    const { exit, stdout } = await lint(seed, ...RENDER, ...RECOVERY, "-o", "sarif", "--out", out)
    expect(exit).toBe(3)
    expect(stdout).toBe(`findings: ${out}\n`)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const log = JSON.parse(readFileSync(out, "utf8")) as { runs: Array<{ results: unknown[] }> }
    expect(log.runs[0]?.results).toHaveLength(4)
  })

  it.each([
    ["json", /^\{"subjects":/],
    ["junit", /^<\?xml/],
    ["sarif", /^\{\n {2}"\$schema"/],
  ])("-o %s", async (view, start) => expect((await lint(seed, "-o", view)).stdout).toMatch(start))

  it("shows hostile text harmless", async () => {
    const hostile = write("hostile.json", {
      Version: "2012-10-17",
      Statement: [{ Sid: "\u001b]0;x\u0007\u202e", Effect: "Maybe" }],
    })
    const { stdout } = await lint(hostile)
    // oxlint-disable-next-line no-control-regex -- looks for exactly these
    expect(stdout).not.toMatch(/[\u001b\u0007\u202e]/)
  })

  it("tells of a variable that no file has", async () => {
    const { stderr } = await lint(seed, ...RENDER, "--var", "acount=1")
    expect(stderr).toContain("! --var acount: no file has ${acount}")
  })

  it.each([
    ["no file", ["gone.json"], 1, "E_READ"],
    ["nothing to lint", [], 64, "E_USAGE"],
    ["no value", [seed, "--var", "account_id"], 64, "E_USAGE"],
    ["two sources", [seed, "--inventory", "x.json"], 64, "E_USAGE"],
    ["an account of eleven digits", [seed, "--account", "11111111111"], 64, "E_USAGE"],
    ["a role that is none", [seed, "--recovery-role", "dr-recovery"], 64, "E_USAGE"],
    ["a key by its alias", [seed, "--key", "alias/x"], 64, "E_USAGE"],
    ["a Region with a slip", [seed, "--recovery-region", "eu_west_1"], 64, "E_USAGE"],
    ["--var without files", ["-e", "prod", ...RENDER], 64, "E_USAGE"],
  ])("%s: exit %s", async (_name, argv, exit, code) => {
    const outcome = await lint(...argv, "--json")
    expect([outcome.exit, envelope(outcome).error?.code]).toEqual([exit, code])
  })

  it("exits 64 for a folder without policies and for an unknown flag", async () => {
    mkdirSync(join(folder, "empty"))
    expect((await lint(join(folder, "empty"))).exit).toBe(64)
    expect((await lint(seed, "--recovery-rol", "x")).exit).toBe(64)
  })

  it("lets DR_ENV of a shell stand beside files", async () => {
    vi.stubEnv("DR_ENV", "prod")
    expect((await lint(seed, ...RENDER)).exit).toBe(0)
  })
})

describe("dr policy lint -e ENV", () => {
  const config = (policy: string): string => {
    const path = join(tempFolder(), `${policy}.yaml`)
    writeFileSync(path, EXAMPLE_CONFIG.replace("policy: guarded", `policy: ${policy}`))
    return path
  }
  const rulesOf = async (policy: string): Promise<{ exit: number; rules: Set<string> }> => {
    const outcome = await lint("-e", "prod", "--config", config(policy), "--json")
    return { exit: outcome.exit, rules: new Set(envelope(outcome).data.findings.map(({ rule }) => rule)) }
  }

  it("finds no error in the policies that dr renders by its own template", async () => {
    const { exit, rules } = await rulesOf("guarded")
    expect(exit).toBe(0)
    for (const rule of ["DRK107", "DRK109", "DRK110", "DRK117", "DRK120", "DRK121", "DRK122"])
      expect(rules).not.toContain(rule)
  })

  it("finds that the seed's template locks recovery out", async () => {
    const { exit, rules } = await rulesOf("seed-default")
    expect(exit).toBe(3)
    for (const rule of ["DRK117", "DRK121"]) expect(rules).toContain(rule)
  })
})

describe("variables", () => {
  it("are written as JSON strings write them", () => {
    const variables = readVariables(['name=a"b\\', "id=$&", "empty="])
    expect(renderVariables('["${name}", "${id}", "${empty}", "${other}", "${aws:username}"]', variables)).toEqual({
      text: '["a\\"b\\\\", "$&", "", "${other}", "${aws:username}"]',
      used: ["name", "id", "empty"],
    })
  })
})
