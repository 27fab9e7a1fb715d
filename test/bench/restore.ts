import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { compiled, MockS3 } from "./mock-process.ts"
import type { Counters, MockOptions } from "./mock-s3/options.ts"
import { RealDr } from "./clients/dr.ts"
import { debianPeers, type Client } from "./peers.ts"

const out = (line: string): void => void process.stdout.write(`${line}\n`)

interface Case {
  readonly name: string
  readonly tls?: true
  readonly mock: MockOptions
  readonly rounds: number
  readonly inFlight: number
  /** Slow ones get a share of the objects, and are told per object. */
  readonly peers: readonly string[]
  /** Too long to be run with the others. */
  readonly onlyByName?: true
}

const FAST = ["rclone, 64 transfers", "SDK + p-limit(64)"]
/** Of the plan, of the sample that is read back, of the fence: all that is not per object. */
const SIDE_HEADS = 1_500
const CASES: readonly Case[] = [
  { name: "http", mock: { keys: 20_000 }, rounds: 3, inFlight: 256, peers: [...FAST, "aws4fetch, 64 loops"] },
  {
    name: "http, slow peers",
    mock: { keys: 2_000 },
    rounds: 1,
    inFlight: 256,
    peers: ["aws cli v2", "s3cmd", "s4cmd"],
  },
  { name: "tls", tls: true, mock: { keys: 20_000 }, rounds: 3, inFlight: 256, peers: FAST },
  { name: "tls, 50 ms", tls: true, mock: { keys: 20_000, delayMs: 50 }, rounds: 3, inFlight: 1024, peers: FAST },
  { name: "limit 500/s", mock: { keys: 20_000, perSecond: 500, delayMs: 20 }, rounds: 1, inFlight: 256, peers: [] },
  { name: "limit 2,000/s", mock: { keys: 60_000, perSecond: 2_000, delayMs: 20 }, rounds: 1, inFlight: 256, peers: [] },
  { name: "30 % 500", mock: { keys: 5_000, fail500: 0.3 }, rounds: 1, inFlight: 256, peers: [] },
  { name: "30 % resets", mock: { keys: 5_000, reset: 0.3 }, rounds: 1, inFlight: 256, peers: [] },
  { name: "50 % 503", mock: { keys: 5_000, fail503: 0.5 }, rounds: 1, inFlight: 256, peers: [] },
  { name: "memory, 1 M", mock: { keys: 1_000_000 }, rounds: 1, inFlight: 256, peers: [] },
  { name: "memory, 10 M", mock: { keys: 10_000_000 }, rounds: 1, inFlight: 256, peers: [], onlyByName: true },
]

/** `npm run bench restore [case …]`: dr and its peers in turns against one server, whose counters must agree with what each claims. */
export async function restoreBench(wanted: readonly string[] = []): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dr-bench-restore-"))
  const mock = await MockS3.start(folder)
  try {
    const { peers, absent } = debianPeers(folder, mock.certificate)
    for (const name of absent) out(`ABSENT, not measured: ${name}`)
    const [sdk, fetching] = await Promise.all(
      ["clients/sdk", "clients/aws4fetch"].map((entry) => compiled(entry, folder)),
    )
    const node = (file: string | undefined) => (endpoint: string) => `${process.execPath} ${file ?? ""} ${endpoint}`
    const isWanted = ({ name, onlyByName }: Case): boolean =>
      wanted.length === 0 ? onlyByName !== true : wanted.includes(name)
    const all: readonly Client[] = [
      ...peers,
      { name: "SDK + p-limit(64)", command: node(sdk) },
      { name: "aws4fetch, 64 loops", command: node(fetching) },
    ]
    for (const one of CASES.filter(isWanted)) {
      await mock.reset({ keys: one.mock.keys })
      const dr = new RealDr(join(folder, one.name.replaceAll(/\W+/g, "-")), one.inFlight)
      dr.plan(one.tls === true ? mock.https : mock.http, mock.certificate)
      const peersOfCase = all.filter(({ name }) => one.peers.includes(name))
      await runCase(mock, one, dr.run, peersOfCase.length > 0 ? [dr.planAndRun, ...peersOfCase] : [])
    }
  } finally {
    mock.stop()
    rmSync(folder, { recursive: true })
  }
}

async function runCase(mock: MockS3, one: Case, dr: Client, peers: readonly Client[]): Promise<void> {
  const rounds: Array<Map<string, Spent>> = []
  for (let round = 0; round < one.rounds; round++) {
    const order = round % 2 === 0 ? [dr, ...peers] : [...peers, dr].toReversed()
    const spent = new Map<string, Spent>()
    for (const client of order) spent.set(client.name, await measure(mock, one, client))
    rounds.push(spent)
  }
  out(
    `\n${one.name}: ${one.mock.keys} objects, ${one.inFlight} in flight, ${one.rounds} rounds, load ${loadavg()[0]?.toFixed(2)}`,
  )
  for (const { name } of [dr, ...peers]) {
    const of = rounds.map((round) => round.get(name)).filter((spent) => spent !== undefined)
    const ratio = (field: "wallS" | "cpuS"): string =>
      median(rounds.map((round) => (round.get(name)?.[field] ?? NaN) / (round.get(dr.name)?.[field] ?? NaN))).toFixed(1)
    const rate = one.mock.keys / median(of.map(({ wallS }) => wallS))
    const micros = (median(of.map(({ cpuS }) => cpuS)) / one.mock.keys) * 1e6
    const last = of.at(-1)
    out(
      `  ${name.padEnd(22)} ${rate.toFixed(0).padStart(6)}/s ${micros.toFixed(0).padStart(5)} us CPU ${String(last?.rssMb ?? 0).padStart(5)} MB  wall x${ratio("wallS")} cpu x${ratio("cpuS")}  ${last?.counted ?? ""}`,
    )
  }
}

interface Spent {
  readonly wallS: number
  readonly cpuS: number
  readonly rssMb: number
  readonly counted: string
}

/** One client from nothing to the end. @throws Error when the server did not see every object copied: it is not fast then */
async function measure(mock: MockS3, one: Case, client: Client): Promise<Spent> {
  await mock.reset(one.mock)
  const endpoint = one.tls === true ? mock.https : mock.http
  const child = spawn("bash", ["-c", `time { ${client.command(endpoint)}; }`], {
    env: {
      PATH: process.env["PATH"],
      HOME: tmpdir(),
      TIMEFORMAT: "spent %R %U %S",
      AWS_ACCESS_KEY_ID: "ASIA111111111111BENCH",
      AWS_SECRET_ACCESS_KEY: "bench",
      S3_ACCESS_KEY: "ASIA111111111111BENCH",
      S3_SECRET_KEY: "bench",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_EC2_METADATA_DISABLED: "true",
      ...(client.name.startsWith("rclone") || one.tls !== true
        ? {}
        : { NODE_EXTRA_CA_CERTS: mock.certificate, AWS_CA_BUNDLE: mock.certificate }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let text = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => void (text += chunk.toString()))
  let rssMb = 0
  const watch = setInterval(() => (rssMb = Math.max(rssMb, peakMb(child.pid ?? 0))), 50)
  const [exit] = (await once(child, "close")) as [number]
  clearInterval(watch)
  const { counters, copied } = await mock.tell()
  const [, wall = "", user = "", system = ""] = /spent (\S+) (\S+) (\S+)/.exec(text) ?? []
  if (exit !== 0 || copied !== one.mock.keys)
    throw new Error(
      `${client.name}, ${one.name}: exit ${exit}, ${copied} of ${one.mock.keys} copied\n${text.slice(-1500)}`,
    )
  assertDidTheWork(one, client, counters)
  const { connections, lists, heads, copies, repeated, throttled, faults, other } = counters
  const counted = `${copies} copies ${repeated} repeated ${heads} heads ${lists} lists ${throttled} throttled ${faults} faults ${other} other, ${connections} connections`
  return { wallS: Number(wall), cpuS: Number(user) + Number(system), rssMb, counted }
}

/** A client that skipped work, or did it twice, is not compared. @throws Error */
function assertDidTheWork({ name, mock }: Case, client: Client, { copies, repeated, heads, faults }: Counters): void {
  const disturbed = faults > 0
  const mostHeads = (client.headsPerObject ?? 0) * mock.keys + SIDE_HEADS + faults
  if ((copies === mock.keys || disturbed) && (repeated === 0 || disturbed) && heads <= mostHeads) return
  throw new Error(
    `${client.name}, ${name}: ${copies} copies, ${repeated} repeated, ${heads} heads for ${mock.keys} keys`,
  )
}

/** Of the shell's child: the client itself. */
function peakMb(shell: number): number {
  try {
    const [child = ""] = readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").trim().split(" ")
    return Math.round(
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child || shell}/status`, "utf8"))?.[1] ?? 0) / 1024,
    )
  } catch {
    return 0 // gone between two looks
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN
}
