import { openDataPlane } from "../../../src/aws/wire/open-data-plane.ts"
import { AwsSession } from "../../../src/aws/sessions.ts"
import { slots } from "../../../src/kernel/concurrency.ts"
import type { AccountId, BucketName, KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import { partitionOf } from "../../../src/restore/engine/partition.ts"
import { runScheduler } from "../../../src/restore/engine/scheduler.ts"
import { COPY_LIMIT_BYTES, type Aim, type Place } from "../../../src/restore/objects.ts"
import type { PageSource, WorkPage } from "../../../src/restore/ports.ts"
import type { RouteContext } from "../../../src/restore/routes/context.ts"
import { attemptCopy } from "../../../src/restore/routes/copy.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"

/** The engine without journal and manifest: lister, scheduler, copy route, wire. Arguments: endpoint, requests in flight. */
const [endpoint = "", inFlight = "256"] = process.argv.slice(2)
const region = "eu-west-1" as RegionName
const owner = "111111111111" as AccountId
const place = (bucket: string): Place => ({ bucket: bucket as BucketName, prefix: "data/", owner, region })
const aim: Aim = {
  source: place("src"),
  destination: place("dst"),
  keyArn: "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-4333-8444-555555555555" as KeyArn,
  bucketKey: true,
  storageClass: "keep",
}
const session = new AwsSession(
  { account: owner, principal: "bench" },
  async () => ({ accessKeyId: "ASIA111111111111BENCH", secretAccessKey: "bench" }),
  () => {},
)
const plane = openDataPlane({ clock: systemClock, session, region, endpoint, maxInFlight: Number(inFlight) })

/** One page ahead, as it lists. */
class Serial implements PageSource {
  readonly #plane: DataPlane
  #page = 0
  #ahead: Promise<WorkPage | undefined> | undefined
  #after: string | undefined
  #over = false

  constructor(of: DataPlane) {
    this.#plane = of
  }

  async next(): Promise<WorkPage | undefined> {
    const page = await (this.#ahead ?? this.#list())
    this.#ahead = this.#list()
    return page
  }

  async #list(): Promise<WorkPage | undefined> {
    if (this.#over) return undefined
    const { bucket, prefix } = aim.source
    const asked = { bucket, owner, prefix, ...(this.#after === undefined ? {} : { after: this.#after }) }
    const outcome = await this.#plane.listPage(asked)
    if (outcome.kind === "error") throw new Error(outcome.error.message)
    this.#over = !outcome.value.truncated
    this.#after = outcome.value.objects.at(-1)?.key
    return { page: this.#page++, range: 0, objects: outcome.value.objects }
  }
}

const context: RouteContext = {
  aim,
  source: plane,
  destination: plane,
  verify: "answer",
  clock: systemClock,
  copyLimitBytes: COPY_LIMIT_BYTES,
  replanned: new WeakMap(),
  stepsMade: new WeakMap(),
  uploads: {
    partsInFlight: 1,
    slots: slots(1),
    log: { opened: async () => {}, closed: () => {}, left: () => [] },
    open: new Map(),
  },
}
const { ended, sums } = await runScheduler({
  deps: { clock: systemClock, random: Math.random, emit: () => {}, signal: new AbortController().signal },
  source: new Serial(plane),
  attempt: (item) => attemptCopy(context, item),
  partitionOf: partitionOf(aim.destination),
  deadlineMs: 600_000,
  onSettled: () => {},
  onPage: () => {},
  maxInFlight: Number(inFlight),
})
await plane.close()
process.stdout.write(`${JSON.stringify({ ended: ended.kind, ...sums })}\n`)
if (ended.kind === "halted") throw ended.error
if (ended.kind !== "finished" || sums.done !== sums.listed) process.exitCode = 1
