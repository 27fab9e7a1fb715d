import { constants, copyFile, rm } from "node:fs/promises"
import { join } from "node:path"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import type { RunId } from "../kernel/brands.ts"
import { isoStamp } from "../kernel/clock.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { SECOND, type Millis } from "../kernel/units.ts"
import type { RestorePlan } from "../restore/plan/restore-plan.ts"
import { openRestorePlan } from "../restore/plan/plan-file.ts"
import { openManifest } from "../restore/manifest/read-manifest.ts"
import { runPlan, type RestoreResult } from "../restore/run/run-plan.ts"
import type { HeldFence } from "../restore/fence/hold.ts"
import { connect } from "./connect.ts"
import type { Deps } from "./deps.ts"
import { syncFolder } from "./append-file.ts"
import { jitterOf } from "./jitter.ts"
import { thisProcess } from "./process-identity.ts"
import { recordedRun } from "./recorded-run.ts"
import { holdRestoreFence } from "./restore-fence.ts"
import { lockDestinations } from "./restore-lock.ts"
import { restoreProgress, type RestoreProgress } from "./restore-progress.ts"
import { stateNow, type RestoreRecord } from "./restore-record.ts"
import { restoreSessions, type Transport } from "./restore-sessions.ts"
import { createRestore, openRestore, type RestoreFolder } from "./restore-store.ts"
import { runFiles } from "./run-files.ts"

const PLAN_FILE = "plan.json"

export interface RestoreOptions {
  readonly environment: ResolvedEnvironment
  readonly config: { readonly path: string; readonly sha256: string }
  readonly maxInFlight: number
  readonly transport: Transport
  readonly deadlineMs: Millis
  readonly capPerSecond?: number
  /** A person asked to keep what is sound of a damaged journal. */
  readonly salvage?: boolean
  /** A person has made sure that another machine's run is dead. */
  readonly takeOver?: boolean
}

export interface RestoreDone {
  readonly result: RestoreResult
  readonly run: RunId
  /** Where plan, manifests and journals lie. */
  readonly folder: string
  /** The evidence file. */
  readonly record: string
  readonly plan: RestorePlan
}

/**
 * Takes a plan and its manifests into a folder of the run's own: the plan may be moved or deleted, the run can still go on.
 * @throws DrError E_MANIFEST (78) before anything is begun, E_STATE_FOLDER, E_WRITE
 */
export async function takeIn(deps: Deps, plan: RestorePlan, from: string): Promise<RestoreFolder> {
  for (const part of plan.parts) await openManifest(runFiles(from), part.manifest)
  const folder = await createRestore(deps.state, deps.run)
  for (const file of new Set(plan.parts.map(({ manifest }) => manifest.file)))
    await copyFile(join(from, file), join(folder.path, file), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  syncFolder(folder.path)
  await folder.files.replace(PLAN_FILE, `${JSON.stringify(plan, undefined, 2)}\n`)
  await folder.save(recordOf(deps, plan, "stopped"))
  return folder
}

/** Somebody else is at work: nothing was begun, so nothing is left that could go on. */
const REFUSED: ReadonlySet<string> = new Set(["E_LOCKED", "E_FENCED"])

/**
 * For a new run that ended by `thrown`: says how it goes on, or takes its folder away when it never began.
 */
export async function afterFailure(
  folder: Pick<RestoreFolder, "run" | "path">,
  thrown: unknown,
  tell: (line: string) => void,
): Promise<void> {
  if (thrown instanceof DrError && REFUSED.has(thrown.code)) await rm(folder.path, { recursive: true, force: true })
  else tell(`resume: dr resume ${folder.run}`)
}

/** The plan of a run that was begun. @throws DrError E_RESTORE_RUN, E_PLAN, E_PLAN_EDITED (78) */
export async function planOfRun(deps: Deps, run: RunId): Promise<{ folder: RestoreFolder; plan: RestorePlan }> {
  const folder = await openRestore(deps.state, run)
  const chunks: Buffer[] = []
  for await (const chunk of folder.files.read(PLAN_FILE)) chunks.push(chunk)
  const path = join(folder.path, PLAN_FILE)
  return { folder, plan: openRestorePlan(path, JSON.parse(Buffer.concat(chunks).toString())) }
}

/**
 * Works a plan off in its folder, with journal and evidence; the same for a new run and for one that goes on.
 * @throws DrError E_LOCKED, E_JOURNAL (75), E_JOURNAL_TAMPERED (78), E_INTERRUPTED, and those of connecting
 */
export async function restoreRecorded(
  deps: Deps,
  folder: RestoreFolder,
  plan: RestorePlan,
  options: RestoreOptions,
): Promise<RestoreDone> {
  const { environment, config } = options
  const destinations = plan.parts.map(({ aim }) => aim.destination)
  const progress = restoreProgress(folder, deps.clock, (thrown) =>
    deps.events.emit("warning", { message: `cannot write ${folder.path}/run.json: ${messageOf(thrown)}` }),
  )
  const watched = new WatchedRun(deps, plan, folder.run, progress)
  const { result, path } = await recordedRun(
    deps,
    async () => {
      deps.events.emit("run.started", {
        kind: "Restore",
        env: environment.name,
        simulated: environment.simulated,
        version: deps.version,
        trigger: plan.hash,
        rtoLimitMs: environment.objectives.rtoDataMs,
        config,
      })
      try {
        const done = await work(deps, folder, plan, options, watched)
        await watched.end(done)
        tellEnd(deps, done)
        return done
      } catch (thrown) {
        await watched.failed(thrown)
        const outcome = deps.signal.aborted ? "interrupted" : "failed"
        deps.events.emit("run.finished", {
          outcome,
          reason: messageOf(deps.signal.aborted ? deps.signal.reason : thrown),
        })
        throw thrown
      }
    },
    () => lockDestinations(deps.state, destinations, folder.run),
  )
  return { result, run: folder.run, folder: folder.path, record: path, plan }
}

async function work(
  deps: Deps,
  folder: RestoreFolder,
  plan: RestorePlan,
  options: RestoreOptions,
  watched: WatchedRun,
): Promise<RestoreResult> {
  const { environment, maxInFlight, takeOver = false } = options
  const aws = await connect(deps, environment)
  const sessions = restoreSessions(deps, aws, environment, { maxInFlight, transport: options.transport })
  const stop = stopper(deps.signal)
  let fence: HeldFence | undefined
  try {
    const session = await sessions.as(plan.parts[0]?.role)
    fence = await holdRestoreFence(deps, aws, session, { environment, run: folder.run, takeOver, onLost: stop.abort })
    const result = await runPlan(
      { clock: deps.clock, random: jitterOf(deps), emit: deps.events.emit, signal: stop.signal },
      plan,
      {
        manifests: folder.files,
        journalOf: (index) => folder.part(index),
        plane: (part, region) => sessions.plane(part.role, region),
        onProgress: (index, durable, total) => watched.durable(index, durable, total),
      },
      {
        run: folder.run,
        maxInFlight,
        deadlineMs: options.deadlineMs,
        seed: plan.hash.slice(0, 16),
        epoch: fence.epoch,
        salvage: options.salvage === true,
        ...(options.capPerSecond === undefined ? {} : { capPerSecond: options.capPerSecond }),
      },
    )
    if (stop.lost() !== undefined) throw stop.lost()
    return result
  } finally {
    await fence?.release()
    await sessions.close()
    aws.close()
    stop.end()
  }
}

/** The signal of the command, or the loss of the fence: whichever comes first. */
function stopper(signal: AbortSignal) {
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal.reason)
  let lost: DrError | undefined
  signal.addEventListener("abort", onAbort, { once: true })
  if (signal.aborted) onAbort()
  return {
    signal: controller.signal,
    abort: (error: DrError): void => {
      lost = error
      controller.abort(error)
    },
    lost: () => lost,
    end: () => signal.removeEventListener("abort", onAbort),
  }
}

function tellEnd(deps: Deps, { verdict }: RestoreResult): void {
  const outcome = verdict === "restored" ? "passed" : deps.signal.aborted ? "interrupted" : "failed"
  deps.events.emit("run.finished", { outcome, ...(verdict === "restored" ? {} : { reason: verdict }) })
}

const PROGRESS_EVERY: Millis = SECOND / 4

/** Tells the screen and `run.json` how far it is, by what is on the disk. */
class WatchedRun {
  readonly #deps: Deps
  readonly #progress: RestoreProgress
  #record: RestoreRecord
  #toldAt = -Infinity

  constructor(deps: Deps, plan: RestorePlan, run: RunId, progress: RestoreProgress) {
    this.#deps = deps
    this.#progress = progress
    this.#record = { ...recordOf(deps, plan, "running"), run }
    progress.tell(this.#record)
  }

  durable(
    index: number,
    news: { done: number; failed: number; skipped: number; unknown: number; bytesDone: number },
    total: number,
  ): void {
    const parts = this.#record.parts.map((part, at) =>
      at !== index
        ? part
        : {
            ...part,
            done: part.done + news.done,
            failed: part.failed + news.failed,
            skipped: part.skipped + news.skipped,
            unknown: part.unknown + news.unknown,
            bytesDone: part.bytesDone + news.bytesDone,
          },
    )
    this.#record = { ...this.#record, parts, updatedAt: isoStamp(this.#deps.clock.now()) }
    const now = this.#deps.clock.mono()
    const part = parts[index]
    if (part === undefined || now - this.#toldAt < PROGRESS_EVERY) return
    this.#toldAt = now
    this.#progress.tell(this.#record)
    const done = part.done + part.failed + part.skipped + part.unknown
    this.#deps.events.emit("progress", { phase: part.name, done, total, unit: "objects" })
  }

  async end({ parts, verdict }: RestoreResult): Promise<void> {
    const records = this.#record.parts.map((record, index) => {
      const result = parts[index]
      if (result === undefined) return record
      const { done, failed, skipped, unknown, bytesDone } = result.accounts
      return { ...record, done, failed, skipped, unknown, bytesDone, chain: result.chain }
    })
    const state = verdict === "stopped" ? "stopped" : "finished"
    await this.#end({ parts: records, state, ...(verdict === "stopped" ? {} : { verdict }) })
  }

  async failed(thrown: unknown): Promise<void> {
    const code = thrown instanceof DrError ? thrown.code : "E_UNEXPECTED"
    // The failure that stopped the run is the one to tell.
    await this.#end({ state: "stopped", error: { code, message: messageOf(thrown) } }).catch(() => undefined)
  }

  async #end(more: Partial<RestoreRecord>): Promise<void> {
    this.#record = { ...this.#record, ...more, updatedAt: isoStamp(this.#deps.clock.now()) }
    await this.#progress.end(this.#record)
  }
}

function recordOf(deps: Deps, plan: RestorePlan, state: RestoreRecord["state"]): RestoreRecord {
  const now = isoStamp(deps.clock.now())
  return {
    version: 1,
    run: deps.run,
    kind: "Restore",
    env: plan.env,
    simulated: plan.simulated,
    state,
    process: thisProcess(),
    plan: plan.hash,
    epoch: 1,
    startedAt: now,
    updatedAt: now,
    parts: plan.parts.map(({ name, counts }) => ({
      name,
      objects: counts.objects,
      done: 0,
      failed: 0,
      skipped: 0,
      unknown: 0,
      bytesDone: 0,
    })),
  }
}

/** What a stopped run says to whoever started it. @throws DrError that names what stopped it; nothing when it ran to its end */
export function mustHaveEnded({ result }: RestoreDone): void {
  const last = result.parts.at(-1)
  if (last === undefined || last.ended.kind === "finished" || last.ended.kind === "deadline") return
  if (last.ended.kind === "halted") throw last.ended.error
  if (last.ended.kind !== "fatal") return
  const denied = last.ended.why === "access-denied" || last.ended.why === "credentials"
  throw new DrError({
    code: denied ? "E_AWS_ACCESS_DENIED" : "E_RESTORE_STOPPED",
    exit: denied ? EXIT.noPermission : EXIT.failed,
    message: `the restore stopped: ${last.ended.message}`,
    hints: ["mend it, then go on with `dr resume`: what is done is not done again"],
  })
}

/** @throws DrError E_RESTORE_ENDED (64) for a run that is over, E_LOCKED (75) for one that a living process works on */
export function mustBeStopped(record: RestoreRecord): void {
  const state = stateNow(record)
  if (state === "stopped") return
  if (state === "running")
    throw new DrError({
      code: "E_LOCKED",
      exit: EXIT.tryLater,
      message: `process ${record.process.pid} works on ${record.run}`,
      hints: [`dr restore status ${record.run} --watch`],
    })
  throw new DrError({
    code: "E_RESTORE_ENDED",
    exit: EXIT.usage,
    message: `${record.run} is ${state}: there is nothing to go on with`,
    hints: [
      `dr restore verify ${record.run}`,
      "a new plan restores what failed: what is there already is found and kept",
    ],
  })
}
