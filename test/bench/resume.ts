import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { IDENTITY, MAIN, RealDr } from "./clients/dr.ts"
import { MockS3 } from "./mock-process.ts"

const KEYS = 20_000
/** Shares of the objects after which the process is killed. */
const KILLED_AT = [0.05, 0.3, 0.6, 0.95]

/** `npm run bench resume`: kill -9 amid a restore, then `dr resume`; every object is there, and what was done is not done again. */
export async function resumeBench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dr-bench-resume-"))
  const mock = await MockS3.start(folder)
  try {
    for (const share of KILLED_AT) process.stdout.write(`${await killedAt(mock, join(folder, String(share)), share)}\n`)
  } finally {
    mock.stop()
    rmSync(folder, { recursive: true })
  }
}

async function killedAt(mock: MockS3, folder: string, share: number): Promise<string> {
  await mock.reset({ keys: KEYS })
  const dr = new RealDr(folder, 256)
  dr.plan(mock.http, mock.certificate)
  const env = { PATH: process.env["PATH"], HOME: folder, ...IDENTITY }
  const child = spawn(process.execPath, [MAIN, "restore", "run", "plan.json", "-e", "bench", "--yes"], {
    cwd: folder,
    env,
    stdio: "ignore",
  })
  const closed = once(child, "close")
  while ((await mock.tell()).copied < share * KEYS && child.exitCode === null) await new Promise(setImmediate)
  child.kill("SIGKILL")
  await closed
  const { copied } = await mock.tell()
  const [run = ""] = readdirSync(join(folder, ".dr/restore"))
  const started = performance.now()
  const resumed = spawnSync(process.execPath, [MAIN, "resume", run], { cwd: folder, env })
  const seconds = (performance.now() - started) / 1000
  const after = await mock.tell()
  if (resumed.status !== 0 || after.copied !== KEYS)
    throw new Error(`resume: exit ${resumed.status}, ${after.copied} of ${KEYS}\n${String(resumed.stderr)}`)
  const { copies, repeated } = after.counters
  return `killed with ${copied} of ${KEYS} copied, resumed in ${seconds.toFixed(1)} s: ${copies} copies, ${repeated} asked for again and refused as there, load ${loadavg()[0]?.toFixed(2)}`
}
