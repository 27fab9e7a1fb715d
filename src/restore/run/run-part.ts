import { slots } from "../../kernel/concurrency.ts"
import { DrError } from "../../kernel/errors.ts"
import type { Millis } from "../../kernel/units.ts"
import type { DataPlane } from "../data-plane.ts"
import type { Pacers } from "../engine/pacers.ts"
import { partitionOf } from "../engine/partition.ts"
import { runScheduler } from "../engine/scheduler.ts"
import type { SchedulerResult } from "../engine/scheduler-init.ts"
import type { JournalIdentity } from "../journal/lines.ts"
import { ObjectJournal, type Durable } from "../journal/object-journal.ts"
import { mend, recover } from "../journal/recover.ts"
import type { Recovered } from "../journal/recovered.ts"
import { remaining } from "../journal/remaining.ts"
import { uploadLog } from "../journal/upload-log.ts"
import { openManifest, type Manifest } from "../manifest/read-manifest.ts"
import type { Place } from "../objects.ts"
import type { RestorePart, VerifyLevel } from "../plan/restore-plan.ts"
import type { Accounts, Attempt, Item, RestoreDeps, RunFiles, Settled } from "../ports.ts"
import { createRoutes, type Routes } from "../routes/choose.ts"
import type { UploadLog } from "../routes/context.ts"
import { closePart } from "./closing.ts"
import type { PartResult } from "./part-result.ts"
import { NotDone } from "./not-done.ts"
import { keepsHistory, VersionChains } from "./version-chains.ts"

/** One part of a plan, and all that working on it needs. */
export interface PartRun {
  readonly deps: RestoreDeps
  readonly run: string
  readonly part: RestorePart
  readonly planHash: string
  readonly verify: VerifyLevel
  /** Where the manifests lie: of this part, and of those that share its places (the hot set of a dataset). */
  readonly manifests: RunFiles
  readonly siblings: readonly RestorePart[]
  /** Of the object journal of this part. */
  readonly files: RunFiles
  /** Fencing number of the lock. */
  readonly epoch: number
  /** Speak to the Regions of the two sides; one and the same within a Region. */
  readonly source: DataPlane
  readonly destination: DataPlane
  readonly pacers: Pacers
  readonly maxInFlight: number
  readonly deadlineMs: Millis
  /** Draws the sample that is read back. */
  readonly seed: string
  /** A person asked to keep what is sound of a damaged journal. */
  readonly salvage?: boolean
  /** Objects that are on the disk, as they come. */
  readonly onProgress: (durable: Durable, total: number) => void
}

const PARTS_IN_FLIGHT = 16
const URI_LIMIT = 1_100

/**
 * Works one part of a plan off, from its manifest, journals it, and proves it. Started again after any end it goes on: what
 * the journal has is not done twice, what it does not have is asked for before it is sent.
 * @throws DrError E_MANIFEST, E_JOURNAL_TAMPERED, E_JOURNAL_OTHER_PLAN (78), E_JOURNAL (75), E_SUMS_OPEN
 */
export async function runPart(work: PartRun): Promise<PartResult> {
  const { deps, part, files } = work
  const started = deps.clock.mono()
  const manifest = await openManifest(work.manifests, part.manifest)
  const identity = identityOf(work)
  const recovered = await recover(files, { identity, salvage: work.salvage === true })
  if (recovered !== undefined) {
    await mend(files, recovered)
    work.onProgress({ ...recovered.tally, pages: [] }, manifest.objects)
  }
  tellPart(deps, part)
  const worked = await workOff(work, manifest, identity, recovered)
  const accounts = accountsOf(worked.result, recovered)
  mustBeWhole(accounts, manifest, worked.result)
  const isWhole = worked.result.ended.kind === "finished" || worked.result.ended.kind === "deadline"
  const closing = isWhole && !deps.signal.aborted ? await closePart(work, manifest, worked.notDone) : undefined
  const durationMs = deps.clock.mono() - started
  tellEnd(work, accounts, durationMs)
  return {
    part: part.name,
    ended: worked.result.ended,
    accounts,
    chain: worked.chain,
    durationMs,
    ...(closing === undefined ? {} : { closing }),
  }
}

interface Worked {
  readonly result: SchedulerResult
  readonly notDone: NotDone
  readonly chain: string
}

async function workOff(
  work: PartRun,
  manifest: Manifest,
  identity: JournalIdentity,
  recovered: Recovered | undefined,
): Promise<Worked> {
  const { deps, part, files, epoch } = work
  const journal = await ObjectJournal.open({
    files,
    clock: deps.clock,
    identity,
    epoch,
    onDurable: (durable) => tellDurable(work, durable, manifest.objects),
    ...(recovered === undefined ? {} : { from: recovered }),
  })
  const chains = new VersionChains()
  const history = keepsHistory(part.operation, part.mode)
  const routes = routesOf(work, uploadLog(journal, recovered?.openUploads ?? []), history ? chains : undefined)
  const notDone = new NotDone()
  const all = manifest.inFileOrder()
  const left = recovered === undefined ? all : remaining(all, recovered)
  try {
    const result = await runScheduler({
      deps,
      source: history ? chains.watching(left) : left,
      attempt: attemptWith(work, routes, recovered !== undefined),
      partitionOf: partitionOf(part.aim.destination),
      deadlineMs: work.deadlineMs,
      onSettled: (item, settled) => {
        journal.settle(item, settled)
        if (settled.kind !== "done") tellObject(work, item, settled, notDone)
      },
      onPage: ({ page, objects }) => journal.settlePage(page, objects),
      admit: () => journal.admit() ?? true,
      maxInFlight: work.maxInFlight,
      pacers: work.pacers,
      inOrder: history,
    })
    if (result.ended.kind !== "finished") await routes.abandonUploads()
    return { result, notDone, ...(await journal.close()) }
  } catch (thrown) {
    await journal.close().catch(() => undefined) // what was thrown is the reason
    throw thrown
  }
}

function routesOf(work: PartRun, log: UploadLog, chains: VersionChains | undefined): Routes {
  const { part, source, destination, verify, deps } = work
  return createRoutes({
    aim: part.aim,
    operation: part.operation,
    routing: part.routing,
    source,
    destination,
    verify,
    clock: deps.clock,
    uploads: { partsInFlight: PARTS_IN_FLIGHT, slots: slots(work.maxInFlight), log },
    ...(chains === undefined ? {} : { chainOf: chains.of }),
  })
}

/**
 * A resumed run may meet what an earlier process made and did not live to record. A single copy finds out by its own
 * condition; of an object in parts every part would be copied before that, so it asks first.
 */
function attemptWith({ part }: PartRun, routes: Routes, resumed: boolean): (item: Item) => Promise<Attempt> {
  const { multipartAboveBytes } = part.routing
  return (item) => {
    if (resumed && item.attempts === 1 && item.object.sizeBytes > multipartAboveBytes) item.doubtful = true
    return routes.attempt(item)
  }
}

/** Only what is on the disk is told: a page that a crash may still take back is not settled. */
function tellDurable({ deps, part, onProgress }: PartRun, durable: Durable, total: number): void {
  for (const { page, done, failed, skipped, unknown } of durable.pages)
    deps.emit("restore.page", { part: part.name, page, done, failed, skipped, unknown })
  onProgress(durable, total)
}

function tellObject(
  { deps, part }: PartRun,
  item: Item,
  settled: Exclude<Settled, { kind: "done" }>,
  notDone: NotDone,
): void {
  notDone.add(item)
  const { key, versionId } = item.object
  deps.emit("restore.object", {
    part: part.name,
    object: `s3://${part.aim.source.bucket}/${key}`.slice(0, URI_LIMIT),
    result: settled.kind,
    message: settled.message,
    ...(versionId === undefined ? {} : { versionId }),
    ...(settled.kind === "unknown" ? {} : { why: settled.why }),
  })
}

function identityOf({ run, part, planHash }: PartRun): JournalIdentity {
  return {
    run,
    part: part.name,
    plan: planHash,
    manifest: part.manifest.sha256,
    source: uriOf(part.aim.source),
    destination: uriOf(part.aim.destination),
    keyArn: part.aim.keyArn,
  }
}

const uriOf = ({ bucket, prefix }: Place): string => `s3://${bucket}/${prefix}`

/** A run that says it is finished has settled every object of its manifest. @throws DrError E_SUMS_OPEN */
function mustBeWhole({ listed }: Accounts, { objects }: Manifest, { ended }: SchedulerResult): void {
  if (ended.kind !== "finished" || listed === objects) return
  throw new DrError({
    code: "E_SUMS_OPEN",
    message: `the sums do not close: the manifest has ${objects} objects, ${listed} are accounted for`,
    hints: ["this is a bug of dr: keep the run's folder and report it", "dr restore verify"],
  })
}

/** Of this process and those before it: the journal of what they settled is the first half of the sum. */
function accountsOf({ sums }: SchedulerResult, recovered: Recovered | undefined): Accounts {
  const before = recovered?.tally ?? { done: 0, failed: 0, skipped: 0, unknown: 0, bytesDone: 0 }
  const settledBefore = before.done + before.failed + before.skipped + before.unknown
  return {
    listed: settledBefore + sums.listed - sums.before,
    done: before.done + sums.done,
    failed: before.failed + sums.failed,
    skipped: before.skipped + sums.skipped,
    unknown: before.unknown + sums.unknown,
    bytesDone: before.bytesDone + sums.bytesDone,
    throttled: sums.throttled,
    attempts: sums.attempts,
  }
}

/** The beginning of a part, in the one stream. */
export function tellPart(deps: Pick<RestoreDeps, "emit">, part: RestorePart): void {
  const { name, operation, aim, counts } = part
  deps.emit("restore.part", {
    part: name,
    operation,
    source: uriOf(aim.source),
    destination: uriOf(aim.destination),
    keyArn: aim.keyArn,
    objects: counts.objects,
    bytes: counts.bytes,
  })
}

function tellEnd({ deps, part }: PartRun, accounts: Accounts, durationMs: Millis): void {
  const { bytesDone: bytes, ...sums } = accounts
  deps.emit("restore.finished", { part: part.name, ...sums, bytes, durationMs })
}
