import { sha256Hex } from "../../kernel/digest.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { ListedObject } from "../objects.ts"
import type { RestorePart } from "../plan/restore-plan.ts"
import type { RestoreDeps, RunFiles } from "../ports.ts"
import { takeCensus, type Census } from "./census.ts"
import { FailureFile } from "./failure-file.ts"
import { jobRequest } from "./job-request.ts"
import { manifestCsv } from "./manifest-csv.ts"
import type { BatchOrder } from "./order.ts"
import type { BatchDesk, BatchJobs, BatchProofs } from "./ports.ts"
import { readReport, type JobTally } from "./report.ts"
import { settle, trustworthy, type BatchAccounts, type Proofs } from "./settle.ts"
import { targetFolder, type LeftBehind } from "./split.ts"
import { loadState, saveState, type BatchState, type JobState } from "./state.ts"
import { track } from "./track.ts"

export interface BatchPorts {
  readonly jobs: BatchJobs
  readonly desk: BatchDesk
  readonly files: RunFiles
  /** The first key that stands below the destination's prefix; undefined = it is empty. */
  readonly occupied: () => Promise<string | undefined>
  /** Left out: nothing is proven, and all is unknown. */
  readonly proofs?: BatchProofs
}

export interface BatchReport {
  readonly listed: number
  readonly accounts: BatchAccounts
  /** listed = handed + these: they stay with the engine, which takes exactly what `assign` leaves. */
  readonly left: Readonly<Partial<Record<LeftBehind, number>>>
  readonly jobs: readonly EndedJob[]
  readonly proofs?: Proofs
}

export interface EndedJob extends JobTally {
  readonly name: string
  readonly id: string
  readonly rows: number
  /** In the run's folder: its failed tasks by their codes; there when `failed` is not 0. */
  readonly failures: string
}

/**
 * Hands one part of a plan to S3 Batch Operations and brings back what came of it. May be killed and called again at any time: a
 * job that was created is found and followed, never made twice. `objects` is read anew for each pass and must give the same
 * objects: the frozen manifest.
 *
 * @throws DrError E_BATCH_PREFIX, E_BATCH_OCCUPIED, E_BATCH_VERSIONS before anything is written; E_BATCH_COUNT, E_BATCH_REPORT;
 * the signal's reason while a job goes on
 */
export async function runBatch(
  deps: RestoreDeps,
  order: BatchOrder,
  objects: () => AsyncIterable<ListedObject>,
  ports: BatchPorts,
): Promise<BatchReport> {
  const startedAt = deps.clock.mono()
  const { part } = order
  const census = await takeCensus(part, objects())
  const name = stateName(order)
  const known = await loadState(ports.files, name, order.plan)
  if (known === undefined) await mustBePossible(order, census, ports)
  let state = known ?? begun(order, census)
  await saveState(ports.files, name, state)
  tellPart(deps, order, census)
  for (const { token } of state.jobs) {
    const keep = async (job: JobState): Promise<JobState> => {
      state = { ...state, jobs: state.jobs.map((each) => (each.token === token ? job : each)) }
      await saveState(ports.files, name, state)
      return job
    }
    const job = state.jobs.find((each) => each.token === token)
    if (job !== undefined) await oneJob({ deps, order, ports, objects, keep }, job)
  }
  const ended = state.jobs.flatMap(({ rows, jobId = "", ended: tally }) =>
    tally === undefined ? [] : [{ rows, jobId, ended: tally }],
  )
  const proofs = ports.proofs === undefined ? undefined : await prove(deps, ports.proofs, part.name)
  const accounts = settle(ended, proofs)
  const report: BatchReport = {
    listed: census.listed,
    accounts: closed(census, accounts),
    left: census.left,
    jobs: ended.map(({ rows, jobId, ended: tally }) => ({
      name: rows.name,
      id: jobId,
      rows: rows.rows,
      failures: failuresName(order, rows.name),
      ...tally,
    })),
    ...(proofs === undefined ? {} : { proofs }),
  }
  tellEnd(deps, report, part, startedAt)
  return report
}

interface OneJob {
  readonly deps: RestoreDeps
  readonly order: BatchOrder
  readonly ports: BatchPorts
  readonly objects: () => AsyncIterable<ListedObject>
  /** Puts the job's new state on the disk. */
  readonly keep: (job: JobState) => Promise<JobState>
}

/** From its manifest to its report; whatever is done already is passed over. */
async function oneJob({ deps, order, ports, objects, keep }: OneJob, begunJob: JobState): Promise<void> {
  let job = begunJob
  const { rows } = job
  const folder = `${order.desk.prefix}${job.token}`
  if (job.ended !== undefined) return
  if (job.manifest === undefined) {
    const key = `${folder}/${rows.name}.csv`
    const laid = await ports.desk.put(key, manifestCsv(order.part, rows, objects()))
    job = await keep({ ...job, manifest: { bucket: order.desk.bucket, key, versions: rows.versions, ...laid } })
  }
  const { manifest } = job
  if (manifest === undefined) return
  if (job.jobId === undefined) {
    deps.signal.throwIfAborted()
    const jobId = await ports.jobs.create(jobRequest(order, { ...job, manifest }, folder))
    job = await keep({ ...job, jobId })
  }
  const { jobId = "" } = job
  const { status, reasons } = await track(deps, ports.jobs, jobId, rows)
  const name = failuresName(order, rows.name)
  if ((await ports.files.list()).includes(name)) await ports.files.remove(name)
  const failures = new FailureFile(deps, ports.files, name, order.part.name)
  const told = await readReport(ports.desk, { folder: `${folder}/job-${jobId}`, versions: rows.versions }, (task) =>
    failures.add(task),
  )
  await failures.close()
  const ended: JobTally = { status, reasons, ...told }
  warn(deps, { rows, ended }, jobId)
  await keep({ ...job, ended })
}

function warn(
  { emit }: RestoreDeps,
  job: { readonly rows: JobState["rows"]; readonly ended: JobTally },
  jobId: string,
): void {
  const { rows, ended } = job
  const untried = rows.rows - ended.succeeded - ended.failed
  if (ended.status !== "Complete")
    emit("warning", {
      message: `batch job ${jobId} is ${ended.status}: ${ended.reasons.join("; ") || "no reason given"}`,
    })
  if (untried > 0) emit("warning", { message: `batch job ${jobId} did not try ${untried} of ${rows.rows} objects` })
  if (!trustworthy(job))
    emit("warning", {
      message: `the report of batch job ${jobId} names other objects than its manifest: nothing of it counts`,
    })
}

const stem = ({ part }: BatchOrder): string => `batch-${sha256Hex(part.name).slice(0, 12)}`
const stateName = (order: BatchOrder): string => `${stem(order)}.json`
const failuresName = (order: BatchOrder, job: string): string => `${stem(order)}-${job}.failed.jsonl`

function begun({ plan, part }: BatchOrder, { jobs }: Census): BatchState {
  const tokenOf = (name: string): string => `dr-${sha256Hex([plan, part.name, name].join("\0")).slice(0, 48)}`
  return { version: 1, plan, part: part.name, jobs: jobs.map((rows) => ({ rows, token: tokenOf(rows.name) })) }
}

/** A copy job overwrites what stands at the destination and asks nothing: it may only be sent where nothing stands. */
async function mustBePossible({ part }: BatchOrder, census: Census, ports: BatchPorts): Promise<void> {
  if (part.operation === "rekey") return
  const { source, destination } = part.aim
  if (targetFolder(part.aim) === undefined)
    throw refused(
      "E_BATCH_PREFIX",
      `a batch job puts a folder before whole keys: it cannot bring ${source.prefix} to ${destination.prefix}`,
    )
  const standing = census.jobs.length === 0 ? undefined : await ports.occupied()
  if (standing !== undefined)
    throw refused(
      "E_BATCH_OCCUPIED",
      `${JSON.stringify(standing)} stands in ${destination.bucket} already, and a batch job overwrites without asking`,
    )
}

const refused = (code: string, message: string): DrError =>
  new DrError({
    code,
    exit: EXIT.failed,
    message,
    hints: ["dr restore run without --batch looks at each object before it writes"],
  })

async function prove({ emit }: RestoreDeps, proofs: BatchProofs, part: string): Promise<Proofs> {
  const reconciled = await proofs.reconcile()
  emit("restore.reconciled", { part, extra: 0, appeared: 0, vanished: 0, changed: 0, ...reconciled })
  return { reconciled, readBack: await proofs.readBack() }
}

/** @throws DrError E_ACCOUNTS when a sum does not close: a bug of ours, and never a success */
function closed({ listed, left }: Census, accounts: BatchAccounts): BatchAccounts {
  const { handed, done, failed, unknown } = accounts
  const remaining = Object.values(left).reduce((sum, count) => sum + count, 0)
  if (listed === handed + remaining && handed === done + failed + unknown) return accounts
  throw new DrError({
    code: "E_ACCOUNTS",
    message: `${listed} listed, ${handed} handed and ${remaining} left; ${done} + ${failed} + ${unknown} settled`,
  })
}

function tellPart({ emit }: RestoreDeps, { part }: BatchOrder, { jobs }: Census): void {
  const uri = ({ bucket, prefix }: { bucket: string; prefix: string }): string => `s3://${bucket}/${prefix}`
  emit("restore.part", {
    part: part.name,
    operation: part.operation,
    source: uri(part.aim.source),
    destination: uri(part.aim.destination),
    keyArn: part.aim.keyArn,
    objects: jobs.reduce((sum, { rows }) => sum + rows, 0),
    bytes: jobs.reduce((sum, { bytes }) => sum + bytes, 0),
  })
}

function tellEnd({ emit, clock }: RestoreDeps, report: BatchReport, part: RestorePart, startedAt: number): void {
  const { handed, done, failed, unknown } = report.accounts
  emit("restore.finished", {
    part: part.name,
    listed: report.listed,
    done,
    failed,
    skipped: report.listed - handed,
    unknown,
    bytes: 0,
    attempts: handed,
    throttled: 0,
    durationMs: clock.mono() - startedAt,
  })
}
