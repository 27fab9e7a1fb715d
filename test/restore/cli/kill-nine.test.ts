import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as after } from "node:timers/promises"
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { seededFraction } from "../../../src/kernel/random.ts"
import type { Outcome } from "../../support/run-command.ts"
import { restoreEstate, SOURCE, TARGET, type RestoreEstate } from "./restore-estate.ts"

/**
 * The built program, killed by SIGKILL again and again until a run is through. More kills of the same engine in process, over
 * disks that are cut at any byte: ../run/kill-in-process.test.ts.
 */
const SLOW = process.env["DR_TEST_SLOW"] === "1"
const SEED = process.env["DR_TEST_SEED"] ?? "kill-nine"
const KILLS = SLOW ? 500 : 8
const KILLS_OF_A_RUN = SLOW ? 10 : 4
const OBJECTS = SLOW ? 303 : 63
const DELAY_MS = 12
const IN_FLIGHT = 8
/** Keys of a page of the listing: one page of each shard may be done again for each kill. */
const PAGE = 1_000
/** What may have been settled since the last block was sealed, with what was under way; generous on a busy machine. */
const UNRECORDED = 100

let demo: RestoreEstate
beforeAll(async () => {
  demo = await restoreEstate(OBJECTS - 3, { enforcement: "off", seed: SEED })
}, 120_000)
afterAll(() => demo.close())

const restores = (): string => join(demo.folder, ".dr", "restore")
const newest = (): string => (existsSync(restores()) ? (readdirSync(restores()).toSorted().at(-1) ?? "") : "")
const sent = (): number =>
  demo.sandbox.faults.list().reduce((sum, { rule, seen }) => (rule.id === "delay" ? seen : sum), 0)

/** 10 % 503, 2 % errors inside 200, 3 % cut before and 3 % after the copy was made; what is left takes its time. */
function weather(bad: boolean): void {
  const copy = { service: "s3", operation: "CopyObject" }
  if (bad) {
    demo.sandbox.faults.add({ ...copy, kind: "throttle", probability: 0.1 })
    demo.sandbox.faults.add({ ...copy, kind: "error-in-200", probability: 0.02 })
    demo.sandbox.faults.add({ ...copy, kind: "cut-before-commit", probability: 0.03 })
    demo.sandbox.faults.add({ ...copy, kind: "cut-after-commit", probability: 0.03 })
  }
  demo.sandbox.faults.add({ ...copy, kind: "delay", ms: DELAY_MS, id: "delay" })
}

/** Kills it once so many copies were sent, and a moment has passed; or after so long, whatever it does then. */
async function killed(args: readonly string[], lot: (name: string) => number): Promise<Outcome> {
  const ended = new AbortController()
  const begin = sent()
  const anywhere = lot("anywhere") < 0.25
  const copies = Math.floor(lot("copies") * OBJECTS * 0.4)
  const outcome = await demo.dr(args, { during: (child) => void kill(child) })
  ended.abort()
  return outcome

  async function kill(child: { kill(signal: NodeJS.Signals): boolean }): Promise<void> {
    if (anywhere) await after(200 + lot("moment") * 1_500)
    else {
      while (sent() - begin < copies && !ended.signal.aborted) await after(2)
      await after(lot("moment") * 80)
    }
    if (!ended.signal.aborted) child.kill("SIGKILL")
  }
}

/** Killed before its record was written, or after its end was: then there is nothing to resume, and the plan is run again. */
async function theRest(plan: string, begun: boolean): Promise<Outcome> {
  const resumed = begun ? await demo.dr(["resume", "-q"]) : undefined
  if (resumed !== undefined && resumed.exit !== 64) return resumed
  demo.sandbox.faults.clear("delay") // what this one finds there was not lost by a kill
  demo.sandbox.faults.add({ service: "s3", operation: "CopyObject", kind: "delay", ms: 0, id: "second-run" })
  return demo.dr(["restore", "run", plan, "--yes", "-q"])
}

interface Kept {
  readonly body: string
  readonly type: string | undefined
  readonly metadata: unknown
  readonly tags: number | undefined
}

async function contentOf(
  client: RestoreEstate["recovery"],
  Bucket: string,
  prefix: string,
): Promise<Map<string, Kept>> {
  const found = new Map<string, Kept>()
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: 1_000 }))
  for (const { Key = "" } of Contents) {
    const { Body, ContentType, Metadata, TagCount } = await client.send(new GetObjectCommand({ Bucket, Key }))
    const body = (await Body?.transformToString("base64")) ?? ""
    found.set(Key.slice(prefix.length), { body, type: ContentType, metadata: Metadata, tags: TagCount })
  }
  return found
}

/** 0 lost, 0 wrong, none under another key, and none made twice: the bucket keeps every version. */
async function expectTheSame(prefix: string, source: ReadonlyMap<string, Kept>): Promise<void> {
  expect(await contentOf(demo.recovery, TARGET, prefix)).toEqual(source)
  const { Versions = [] } = await demo.recovery.send(new ListObjectVersionsCommand({ Bucket: TARGET, Prefix: prefix }))
  expect(Versions).toHaveLength(OBJECTS)
  const head = await demo.recovery.send(new HeadObjectCommand({ Bucket: TARGET, Key: Versions[0]?.Key ?? "" }))
  expect(head.SSEKMSKeyId).toContain("222222222222:key/mrk-")
}

/** Copies that found their object there: done by an earlier life that had no time to write it down. */
const redone = (from: number): number =>
  demo.sandbox.audit.filter(
    ({ seq, operation, status, fault }) =>
      seq >= from && operation === "CopyObject" && status === 412 && fault === "delay",
  ).length
const lastSeq = (): number => demo.sandbox.audit.at(-1)?.seq ?? 0

describe(`a restore that is killed by SIGKILL ${KILLS} times, and more in process (seed ${SEED})`, () => {
  it("loses nothing, does nothing wrong, and does little again", async () => {
    const source = await contentOf(demo.workload, SOURCE, "")
    expect(source.size).toBe(OBJECTS)
    let kills = 0
    let again = 0
    for (let round = 0; kills < KILLS; round++) {
      demo.sandbox.faults.clear()
      const prefix = `round-${round}/`
      expect((await demo.plan(`r${round}.json`, prefix)).exit).toBe(0)
      weather(round % 2 === 1)
      const from = lastSeq()
      const before = newest()
      let own = 0
      let outcome: Outcome = { exit: -2, stdout: "", stderr: "" }
      while (own < Math.min(KILLS_OF_A_RUN, KILLS - kills)) {
        const lot = (name: string): number => seededFraction(SEED, `${round}/${own}/${name}`)
        const begun = newest() !== before
        const limits = ["--max-inflight", String(IN_FLIGHT), "-q"]
        outcome = await killed(
          begun ? ["resume", ...limits] : ["restore", "run", `r${round}.json`, "--yes", ...limits],
          lot,
        )
        if (outcome.exit !== -2) break
        own++
      }
      kills += own
      if (outcome.exit !== 0) outcome = await theRest(`r${round}.json`, newest() !== before)
      const what = `seed ${SEED}, round ${round}: ${outcome.stdout} ${outcome.stderr}`
      expect(outcome.exit, what).toBe(0)
      expect(outcome.stdout, what).toContain(`${OBJECTS} listed = ${OBJECTS} done + 0 failed + 0 skipped + 0 unknown`)
      await expectTheSame(prefix, source)
      const twice = redone(from)
      expect(twice, what).toBeLessThanOrEqual(own * Math.min(PAGE, UNRECORDED))
      again += twice
    }
    process.stdout.write(`kill-nine: seed ${SEED}, ${kills} kills, ${again} copies sent again\n`)
    expect(kills).toBeGreaterThanOrEqual(KILLS)
  }, 3_600_000)
})
