import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { Envelope } from "../../src/runtime/envelope.ts"
import { Probe } from "../support/probe-command.ts"
import { runCommand } from "../support/run-command.ts"
import { tempFolder } from "../support/temp-folder.ts"

const envelope = (stdout: string): Envelope => {
  expect(stdout.trimEnd().split("\n")).toHaveLength(1)
  return JSON.parse(stdout) as Envelope
}

describe("the result", () => {
  it("is text on stdout and warnings on stderr for people", async () => {
    expect(await runCommand(Probe, ["ok"])).toEqual({ exit: 0, stdout: "how ok\n", stderr: "! look twice\n" })
  })

  it("is one envelope on stdout and silence on stderr for programs", async () => {
    const { exit, stdout, stderr } = await runCommand(Probe, ["ok", "--json", "-e", "prod"])
    expect([exit, stderr]).toEqual([0, ""])
    expect(envelope(stdout)).toMatchObject({
      apiVersion: "dr/v1",
      kind: "Probe",
      ok: true,
      exit: 0,
      data: { how: "ok", env: "prod" },
      warnings: ["look twice"],
    })
  })

  it.each([["no"], ["no", "--json"]].map((argv) => ({ argv })))("keeps the exit code: $argv", async ({ argv }) => {
    expect((await runCommand(Probe, argv)).exit).toBe(3)
  })

  it("that cannot be printed is no success", async () => {
    const { exit, stdout } = await runCommand(Probe, ["unprintable", "--json"])
    expect(exit).toBe(1)
    expect(envelope(stdout).error).toMatchObject({ code: "E_BUG" })
  })
})

describe("an error", () => {
  it("tells people what and what next, without secrets", async () => {
    const { exit, stdout, stderr } = await runCommand(Probe, ["deny"])
    expect([exit, stdout]).toEqual([77, ""])
    expect(stderr).toBe("✕ cannot assume the drill role with <access-key-id>\n  next: dr doctor\n")
  })

  it("has the same exit code and one envelope under --json", async () => {
    const { exit, stdout, stderr } = await runCommand(Probe, ["deny", "--json"])
    expect([exit, stderr]).toEqual([77, ""])
    expect(envelope(stdout)).toMatchObject({
      ok: false,
      exit: 77,
      error: {
        code: "E_ASSUME_ROLE",
        exit: 77,
        hints: ["dr doctor"],
        aws: { service: "sts", operation: "AssumeRole", status: 403 },
      },
    })
  })

  it("cannot move the cursor, and keeps its lines", async () => {
    const { stderr } = await runCommand(Probe, ["hostile"])
    expect(stderr).toBe("✕ object evil\\u{1b}[2Jname is gone\n  second line\n")
  })

  it("that nobody foresaw is called a fault of dr", async () => {
    const { exit, stderr } = await runCommand(Probe, ["bug"])
    expect(exit).toBe(1)
    expect(stderr).toContain("x is not a function")
    expect(stderr).toContain("DR_DEBUG=1")
    expect(stderr).not.toContain("    at ")
  })

  it.each([["exit"], ["exit", "--json"]].map((argv) => ({ argv })))("this.exit(3) exits 3: $argv", async ({ argv }) => {
    expect((await runCommand(Probe, argv)).exit).toBe(3)
  })
})

describe("wrong usage exits 64", () => {
  it.each([
    { argv: ["ok", "--nope"], says: "nonexistent flag: --nope" },
    { argv: [], says: "missing 1 required arg" },
    { argv: ["ok", "-o", "pdf"], says: "expected --output=pdf to be one of: table, json" },
    { argv: ["sideways"], says: "sideways" },
    { argv: ["ok", "more"], says: "unexpected argument: more" },
  ])("$argv", async ({ argv, says }) => {
    const people = await runCommand(Probe, argv)
    expect([people.exit, people.stdout]).toEqual([64, ""])
    expect(people.stderr.toLowerCase()).toContain(says)
    const program = await runCommand(Probe, [...argv, "--json"])
    expect(program.exit).toBe(64)
    expect(envelope(program.stdout).error).toMatchObject({ code: "E_USAGE", exit: 64 })
    expect(program.stdout.length).toBeLessThan(1_000)
  })
})

describe("a run", () => {
  it("is told on stderr, to the events file and to the journal", async () => {
    const folder = tempFolder()
    const { exit, stdout, stderr } = await runCommand(Probe, [
      "run",
      "--state-dir",
      folder,
      "--events",
      join(folder, "e.ndjson"),
    ])
    expect(exit).toBe(0)
    expect(stderr).toContain("SIMULATED")
    expect(stderr).toContain("✓ method       1.5 s")
    const events = readFileSync(join(folder, "e.ndjson"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type)
    expect(events).toEqual(["run.started", "phase.finished", "run.finished"])
    const journal = stdout.trim()
    expect(readFileSync(journal, "utf8").trimEnd().split("\n")).toHaveLength(3)
    expect(statSync(journal).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, "journal")).mode & 0o777).toBe(0o700)
  })

  it.each(["-q", "--json"])("is silent on stderr with %s", async (flag) => {
    expect((await runCommand(Probe, ["run", flag, "--state-dir", tempFolder()])).stderr).toBe("")
  })

  it("whose events file cannot be opened does not begin", async () => {
    const folder = tempFolder()
    const { exit, stderr } = await runCommand(Probe, [
      "run",
      "--state-dir",
      folder,
      "--events",
      join(folder, "none", "e.ndjson"),
    ])
    expect(exit).toBe(64)
    expect(stderr).toContain("--events: cannot open")
  })
})

it("reads DR_ENV, and an empty one counts as unset", async () => {
  const envOf = async (value: string): Promise<unknown> => {
    process.env["DR_ENV"] = value
    const { stdout } = await runCommand(Probe, ["ok", "--json"])
    delete process.env["DR_ENV"]
    return (envelope(stdout).data as { env: unknown }).env
  }
  expect(await envOf("staging")).toBe("staging")
  expect(await envOf("")).toBeNull()
})
