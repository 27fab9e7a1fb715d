import { fork, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { once } from "node:events"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { demoConfig } from "../../src/demo/world.ts"

const ROUNDS = 25
const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url))

/**
 * How long a command needs before it does anything, as a ratio to `node -e 0`, in turns. The last one loads KMS, STS and S3 and
 * dr.yaml, opens its journal, and ends when STS refuses: a whole command.
 */
export async function startBench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dr-bench-start-"))
  const sts = fork(fileURLToPath(new URL("refusing-sts.mjs", import.meta.url)), { execArgv: [] })
  const [port] = (await once(sts, "message")) as [number]
  writeFileSync(join(folder, "dr.yaml"), demoConfig(`http://127.0.0.1:${port}`))
  const asked: ReadonlyArray<readonly [string, string, string]> = [
    ["node -e 0", "-", "-e 0"],
    ["dr --version", "<= 1.5", `${MAIN} --version`],
    ["dr --help", "<= 1.5", `${MAIN} --help`],
    ["dr drill run --help", "<= 4", `${MAIN} drill run --help`],
    ["the same, rendered by oclif", "none", `${MAIN} drill run --help --help`],
    ["dr drill list", "none", `${MAIN} drill list`],
    ["KMS, STS and S3 loaded", "<= 9", fileURLToPath(new URL("start-clients.mjs", import.meta.url))],
    ["dr drill run, refused by STS", "none", `${MAIN} drill run loki-sample -e demo`],
  ]
  const times = new Map(asked.map(([name]) => [name, [] as Spent[]]))
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, , args] of asked) times.get(name)?.push(spend(args, folder))
  sts.kill()
  rmSync(folder, { recursive: true })
  tell(asked, times)
}

interface Spent {
  readonly wallMs: number
  readonly cpuMs: number
}

/** One process, its start included: bash tells what Node does not, the CPU time of a child. */
function spend(args: string, cwd: string): Spent {
  const env = {
    PATH: process.env["PATH"],
    HOME: cwd,
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "bench",
    TIMEFORMAT: "%R %U %S",
  }
  const command = `time ${process.execPath} ${args} >/dev/null 2>/dev/null`
  const { stderr } = spawnSync("bash", ["-c", command], { cwd, env, encoding: "utf8" })
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(/\s+/).map(Number)
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 }
}

function tell(asked: ReadonlyArray<readonly [string, string, string]>, times: ReadonlyMap<string, Spent[]>): void {
  const median = (name: string, of: keyof Spent): number =>
    (times.get(name) ?? []).map((spent) => spent[of]).sort((a, b) => a - b)[ROUNDS >> 1] ?? 0
  process.stdout.write(`start: Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}, median of ${ROUNDS} rounds\n`)
  for (const [name, bar] of asked) {
    const ratio = (of: keyof Spent): string => `${(median(name, of) / median("node -e 0", of)).toFixed(2)}x`
    const [wall, cpu] = [median(name, "wallMs").toFixed(0), median(name, "cpuMs").toFixed(0)]
    process.stdout.write(
      `${name.padEnd(30)} ${`${wall} ms wall ${ratio("wallMs")}`.padEnd(24)} ${`${cpu} ms cpu ${ratio("cpuMs")}`.padEnd(24)} (bar: ${bar})\n`,
    )
  }
}
