import { slots } from "../kernel/concurrency.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { seededFraction } from "../kernel/random.ts"
import { MINUTE, type Millis } from "../kernel/units.ts"
import { Pacers } from "../restore/engine/pacers.ts"
import { partitionOf } from "../restore/engine/partition.ts"
import type { Ended } from "../restore/engine/scheduler-init.ts"
import { runScheduler } from "../restore/engine/scheduler.ts"
import type { Aim, ListedObject } from "../restore/objects.ts"
import { ROUTING } from "../restore/plan/classify.ts"
import type { Attempt, Item, PageSource, Proof, Settled } from "../restore/ports.ts"
import type { UploadLog, Work } from "../restore/routes/context.ts"
import { createRoutes } from "../restore/routes/choose.ts"
import type { CopiedObject, DrillContext, SampledObject, Sessions } from "./context.ts"
import { firmAnswers } from "./firm-answers.ts"
import type { FoundKeys } from "./scope.ts"
import { sideOf } from "./side.ts"

/** In flight at once. With AWS's usual 50–100 ms a copy this stays near 200 copies/s: a drill must not crowd production. */
export const IN_FLIGHT = 16
const CAP_PER_SECOND = 200
/** What waits for throttling to end has this long, and as much again as the sample needs at the cap. */
const PATIENCE: Millis = 2 * MINUTE

/** All of one dataset and side. */
export interface Sampled {
  readonly objects: readonly SampledObject[]
  readonly listed: readonly ListedObject[]
}

/**
 * Re-encrypts the sample below the scratch prefix with the engine that a restore runs on: the same routes, conditions, checks
 * of the answer and pacing, only slower. What was sent is waited for after Ctrl-C, or it would appear behind the clean-up.
 */
export async function copySample(
  context: DrillContext,
  sessions: Sessions,
  sampled: Sampled,
  keys: FoundKeys,
): Promise<CopiedObject[]> {
  const [first] = sampled.objects
  if (first === undefined) return []
  const { deps } = context
  const aim = aimOf(context, first, keys)
  const [source, destination] = await Promise.all([
    deps.aws.dataPlane(sessions.recovery, aim.source.region, { maxInFlight: IN_FLIGHT }),
    deps.aws.dataPlane(sessions.recovery, aim.destination.region, { maxInFlight: IN_FLIGHT }),
  ])
  const routes = createRoutes({
    aim,
    operation: "copy",
    routing: ROUTING,
    source,
    destination: firmAnswers(destination),
    verify: "answer",
    clock: deps.clock,
    uploads: { partsInFlight: IN_FLIGHT, slots: slots(IN_FLIGHT), log: UNLOGGED },
  })
  const sample = new SampleCopies(context, sessions, sampled, aim, routes.attempt)
  try {
    const { ended } = await runScheduler({
      deps: { clock: deps.clock, random: jitter(deps.run), emit: deps.emit, signal: deps.signal },
      source: onePage(sampled.listed),
      attempt: (item) => sample.attempt(item),
      partitionOf: partitionOf(aim.destination),
      deadlineMs: PATIENCE + (sampled.objects.length / CAP_PER_SECOND) * 1000,
      onSettled: (item, settled) => sample.settle(item, settled),
      onPage: () => undefined,
      maxInFlight: IN_FLIGHT,
      pacers: new Pacers(deps.clock.mono(), { maxInFlight: IN_FLIGHT, capPerSecond: CAP_PER_SECOND }),
    })
    await sample.landed()
    deps.signal.throwIfAborted()
    mustHaveEnded(ended)
  } finally {
    await Promise.all([source.close(), destination.close()])
  }
  return sample.copied
}

/** The clean-up aborts whatever is open below the scratch prefix. */
const UNLOGGED: UploadLog = { opened: async () => undefined, closed: () => undefined, left: () => [] }

/** Keys stay whole below the scratch prefix: datasets may lie in one bucket. */
function aimOf(context: DrillContext, { dataset, from }: SampledObject, keys: FoundKeys): Aim {
  const { scope } = context
  const side = sideOf(context, dataset, from)
  return {
    source: { bucket: side.bucket, prefix: "", owner: side.owner, region: side.region },
    destination: {
      bucket: scope.scratch.bucket,
      prefix: `${context.scratchPrefix}${dataset.name}/${from}/`,
      owner: scope.recovery.account,
      region: scope.recoveryRegion,
    },
    keyArn: keys.recovery,
    bucketKey: false, // a cached bucket key would hide a disabled key
    storageClass: "STANDARD",
  }
}

/** The copies of one sample while they are made. */
class SampleCopies {
  readonly copied: CopiedObject[] = []
  readonly #context: DrillContext
  readonly #sessions: Sessions
  readonly #sampled: Sampled
  readonly #aim: Aim
  readonly #route: (work: Work) => Promise<Attempt>
  readonly #works = new Map<number, Work>()
  readonly #begun = new Map<number, Millis>()
  readonly #underWay = new Set<Promise<Attempt>>()
  #done = 0

  constructor(
    context: DrillContext,
    sessions: Sessions,
    sampled: Sampled,
    aim: Aim,
    route: (work: Work) => Promise<Attempt>,
  ) {
    this.#context = context
    this.#sessions = sessions
    this.#sampled = sampled
    this.#aim = aim
    this.#route = route
  }

  attempt(item: Item): Promise<Attempt> {
    const attempt = this.#try(item).finally(() => this.#underWay.delete(attempt))
    this.#underWay.add(attempt)
    return attempt
  }

  /** Resolves when nothing that was sent is without an answer; each call has a deadline of its own. */
  async landed(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  settle(item: Item, settled: Settled): void {
    const object = this.#objectOf(item)
    if (settled.kind === "done") this.#copied(item, object, settled.proof)
    else this.#context.objectEnded(object.label, "copy", isUntold(settled) ? "unknown" : "failed", settled.message)
    const { emit } = this.#context.deps
    const total = this.#sampled.objects.length
    emit("progress", { drill: this.#context.drill, phase: "method", done: ++this.#done, total, unit: "objects" })
  }

  async #try(item: Item): Promise<Attempt> {
    if (!this.#begun.has(item.index)) this.#begun.set(item.index, this.#context.deps.clock.mono())
    try {
      const work = this.#works.get(item.index) ?? (await this.#pin(item))
      this.#works.set(item.index, work)
      const attempt = await this.#route(work)
      item.doubtful = work.doubtful
      return attempt
    } catch (thrown) {
      const message = messageOf(thrown)
      if (this.#context.deps.signal.aborted) return { kind: "again", cause: "transient", message }
      const untold = thrown instanceof DrError && UNTOLD.has(thrown.code)
      return untold ? { kind: "unknown", message } : { kind: "failed", why: "UNREADABLE", message }
    }
  }

  /** HEAD tells version and ETag: the copy is refused when either moves, and it is this version that it is compared with. */
  async #pin({ index, object }: Item): Promise<Work> {
    const { origin } = this.#at(index)
    const facts = await this.#context.s3(this.#sessions.recovery, this.#aim.source.region).head(origin)
    const { etag, sizeBytes, versionId } = facts
    return {
      object: { ...object, etag, sizeBytes, ...(versionId === undefined ? {} : { versionId }) },
      doubtful: false,
    }
  }

  #copied(item: Item, object: SampledObject, proof: Proof): void {
    const { deps, drill } = this.#context
    const { bucket, prefix, owner, region } = this.#aim.destination
    const { versionId, sizeBytes } = this.#works.get(item.index)?.object ?? item.object
    const destination = { bucket, key: prefix + object.origin.key, owner }
    const durationMs = deps.clock.mono() - (this.#begun.get(item.index) ?? deps.clock.mono())
    const { requestId } = proof
    const call = { service: "s3", operation: "CopyObject", account: owner, region, attempts: item.attempts, durationMs }
    deps.emit("aws.called", { ...call, status: 200, ...(requestId === undefined ? {} : { requestId }) })
    deps.emit("object.copied", {
      drill,
      object: object.label,
      sizeBytes,
      destination: `s3://${bucket}/${destination.key}`,
      keyArn: this.#aim.keyArn,
      durationMs,
      ...(versionId === undefined ? {} : { versionId }),
    })
    this.copied.push({
      ...object,
      origin: { ...object.origin, ...(versionId === undefined ? {} : { versionId }) },
      destination: { ...destination, ...(proof.versionId === undefined ? {} : { versionId: proof.versionId }) },
      keyArn: this.#aim.keyArn,
    })
  }

  #objectOf({ index }: Item): SampledObject {
    return this.#at(index)
  }

  #at(index: number): SampledObject {
    const object = this.#sampled.objects[index]
    if (object === undefined) throw new RangeError(`the sample has no object ${index}`)
    return object
  }
}

const UNTOLD: ReadonlySet<string> = new Set(["E_AWS_UNREACHABLE", "E_AWS_THROTTLED"])

/** Throttled or without an answer until the end: nothing is known to be wrong with it. */
const isUntold = (settled: Exclude<Settled, { kind: "done" }>): boolean =>
  settled.kind === "unknown" || (settled.kind === "failed" && settled.why === "deadline")

function onePage(objects: readonly ListedObject[]): PageSource {
  const pages = [{ page: 0, range: 0, objects }]
  return { next: async () => pages.shift() }
}

/** Spreads retries; the same run spreads them the same way again. */
function jitter(run: string): () => number {
  let drawn = 0
  return () => seededFraction(run, String(drawn++))
}

const FATAL = {
  "access-denied": "E_AWS_ACCESS_DENIED",
  "key-state": "E_KEY_STATE",
  credentials: "E_CREDENTIALS",
  "wrong-region": "E_AWS_WRONG_REGION",
  "not-supported": "E_AWS_NOT_IMPLEMENTED",
  "no-bucket": "E_AWS_NOT_FOUND",
} as const

/** @throws DrError for what every other object would have met, too */
function mustHaveEnded(ended: Ended): void {
  if (ended.kind === "halted") throw ended.error
  if (ended.kind !== "fatal") return
  throw new DrError({ code: FATAL[ended.why], exit: EXIT.failed, message: ended.message })
}
