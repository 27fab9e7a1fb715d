import { describe, expect, it } from "vitest"
import { runProbe } from "../support/run-dr.ts"

type Child = Parameters<NonNullable<NonNullable<Parameters<typeof runProbe>[1]>["during"]>>[0]

/** Sends the signals once the command has begun to wait. */
const send =
  (...signals: NodeJS.Signals[]) =>
  (child: Child): void => {
    child.stderr.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("waiting")) for (const signal of signals) child.kill(signal)
    })
  }

describe("a signal", () => {
  it.each([
    { signal: "SIGINT" as const, exit: 130 },
    { signal: "SIGTERM" as const, exit: 143 },
    { signal: "SIGHUP" as const, exit: 143 },
  ])("$signal lets the command clean up and exits $exit", async ({ signal, exit }) => {
    const outcome = await runProbe(["wait"], { during: send(signal) })
    expect(outcome.exit).toBe(exit)
    expect(outcome.stderr).toContain("cleaned up")
    expect(outcome.stderr).toContain(`interrupted by ${signal}`)
  })

  it("exits the same under --json, with one envelope", async () => {
    const { exit, stdout } = await runProbe(["wait", "--json"], { during: send("SIGINT") })
    expect(exit).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exit: 130, error: { code: "E_INTERRUPTED" } })
  })

  it("that comes twice from one key (npm passes it on) still cleans up", async () => {
    const { exit, stderr } = await runProbe(["wait"], { during: send("SIGINT", "SIGINT") })
    expect(exit).toBe(130)
    expect(stderr).toContain("cleaned up")
  })

  it("does not hide what went wrong while stopping", async () => {
    const people = await runProbe(["wait-dirty"], { during: send("SIGINT") })
    expect(people.exit).toBe(130)
    expect(people.stderr).toContain("while stopping: 2 objects are left in the scratch prefix")
    const program = await runProbe(["wait-dirty", "--json"], { during: send("SIGINT") })
    expect(JSON.parse(program.stdout)).toMatchObject({ warnings: ["2 objects are left in the scratch prefix"] })
  })
})

describe("a reader that went away", () => {
  it("does not turn a no into a yes", async () => {
    const outcome = await runProbe(["no", "--json"], { during: (child) => child.stdout.destroy() })
    expect(outcome).toEqual({ exit: 3, stdout: "", stderr: "" })
  })

  it("on stderr does not break the clean-up", async () => {
    const { exit, stdout } = await runProbe(["ok", "--json"], { during: (child) => child.stderr.destroy() })
    expect([exit, stdout.length > 0]).toEqual([0, true])
  })
})

describe("the environment", () => {
  it("refuses to run without certificate checks", async () => {
    const { exit, stderr } = await runProbe(["ok"], { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } })
    expect(exit).toBe(64)
    expect(stderr).toContain("NODE_TLS_REJECT_UNAUTHORIZED")
  })
})
