import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process"
import { ROOT } from "./stripped-config.ts"
import type { Outcome } from "./run-command.ts"

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** What the child reads from its standard input; it always ends. */
  readonly stdin?: string
  /** Called once the child runs, e.g. to send a signal or close a pipe. */
  readonly during?: (child: ChildProcessWithoutNullStreams) => void
}

/** Nothing of the caller's environment but what Node needs: no credentials, no DR_*, no colours. */
function cleanEnvironment(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/", LANG: "C.UTF-8" }
}

/** The built program, as a user runs it. */
export function runDr(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  return runNode([`${ROOT}/dist/src/main.js`, ...args], options)
}

/** A test's own entry over the runtime, from its sources. */
export function runProbe(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  return runNode(["--import", "tsx", `${ROOT}/test/support/probe-main.ts`, ...args], { cwd: ROOT, ...options })
}

function runNode(args: readonly string[], { env = {}, cwd, stdin = "", during }: SpawnOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      env: { ...cleanEnvironment(), ...env },
      ...(cwd === undefined ? {} : { cwd }),
    })
    let [stdout, stderr] = ["", ""]
    child.stdout.on("data", (chunk: Buffer) => void (stdout += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => void (stderr += chunk.toString()))
    child.on("error", reject)
    child.on("close", (code, signal) => resolve({ exit: code ?? (signal === null ? -1 : -2), stdout, stderr }))
    child.stdin.on("error", () => {}) // it may be gone before it reads
    child.stdin.end(stdin)
    during?.(child)
  })
}
