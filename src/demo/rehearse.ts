import { resolveScope } from "../drill/resolve-scope.ts"
import { findDefinitions } from "../drill/definitions.ts"
import { runSuite } from "../drill/suite.ts"
import { summarise, type RunSummary } from "../drill/summary.ts"
import { loadEstate } from "../estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"
import { sha256Hex } from "../kernel/digest.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { Millis } from "../kernel/units.ts"
import type { RunRecord } from "../rto/record.ts"
import type { Verdict } from "../rto/verdict.ts"
import { connectAws } from "../aws/ports.ts"
import type { Deps } from "../runtime/deps.ts"
import { loadDefinitions } from "../runtime/drill-definitions.ts"
import { recordedRun } from "../runtime/recorded-run.ts"
import { rtoReport } from "../runtime/rto-report.ts"
import { writeAtomic } from "../runtime/state-folder.ts"
import { promisesKept, type Promised } from "./promises.ts"
import { seedDemo, type GivenAws } from "./seed.ts"
import { breakGlass } from "./set-up.ts"
import { ACCOUNTS, RECOVERY } from "./world.ts"

export interface Rehearsal extends GivenAws {
  /** A new run with its own id and event stream, on the same state folder. */
  readonly newDeps: () => Deps
}

export interface Shown {
  readonly verdict: Verdict["kind"]
  readonly words: string
  readonly promises: readonly Promised[]
  readonly objects: number
  readonly elapsedMs: Millis
  readonly report: string
  readonly config: string
  readonly run: string
}

/** The main job on an AWS that is given: set up, drill, lose the key, drill again, report. It does not know whose AWS it is. */
export async function rehearse(given: Rehearsal): Promise<Shown> {
  const deps = given.newDeps()
  const started = deps.clock.mono()
  const { emit } = deps.events
  const { config, keys, objects, workload } = await seedDemo(given, deps)
  try {
    const environment = environmentOf(loadEstate(config), "demo")
    emit("demo.step", { title: "drill: can every dataset be restored?", detail: `${objects} objects` })
    const before = await drills(given, environment, config, [
      "terraform-state",
      "loki-sample",
      "mimir-sample",
      "tempo-sample",
    ])
    emit("demo.step", { title: "the loss: disabling the primary key", detail: keys.primary })
    const commander = await breakGlass(workload, "workload", `disable ${keys.primary}`)
    await commander.disableKey(keys.primary)
    emit("demo.step", { title: "drill: do the recovery copies carry us?" })
    const after = await drills(given, environment, config, ["primary-key-disabled"])

    const report = await rtoReport(deps, [environment], {
      acceptSimulated: true,
      output: "html",
      definitions: await loadDefinitions(undefined),
    })
    const path = deps.state.join("report.html")
    await writeAtomic(path, report.text)
    return {
      verdict: report.verdict,
      words: wordsOf(before.summary, after.summary),
      promises: promisesKept(before, after),
      objects,
      elapsedMs: deps.clock.mono() - started,
      report: path,
      config: config.path,
      run: deps.run,
    }
  } finally {
    workload.close()
  }
}

async function drills(
  given: Rehearsal,
  environment: ResolvedEnvironment,
  config: { path: string; text: string },
  names: readonly string[],
): Promise<{ record: RunRecord; summary: RunSummary }> {
  const deps = given.newDeps()
  const definitions = findDefinitions(await loadDefinitions(undefined), names)
  const scopes = definitions.map((definition) => resolveScope(environment, definition, { seed: "demo" }))
  const connect = () =>
    connectAws({
      deps: { clock: deps.clock, emit: deps.events.emit, signal: deps.signal },
      endpoint: given.endpoint,
      region: RECOVERY,
      credentials: async () => given.credentialsFor(ACCOUNTS.workload.id),
    })
  const { record } = await recordedRun(deps, () =>
    runSuite(
      scopes,
      { clock: deps.clock, emit: deps.events.emit, signal: deps.signal, run: deps.run, version: deps.version, connect },
      {
        env: environment.name,
        simulated: environment.simulated,
        trigger: "demo",
        rtoLimitMs: environment.objectives.rtoKeyMs,
        config: { path: config.path, sha256: sha256Hex(config.text) },
      },
    ),
  )
  deps.signal.throwIfAborted()
  return { record, summary: summarise(record, environment.objectives) }
}

function wordsOf(...summaries: readonly RunSummary[]): string {
  const measured = summaries.flatMap((summary) =>
    summary.drills.map((drill) => drill.rto.actualS ?? Number.POSITIVE_INFINITY),
  )
  const longest = Math.max(...measured) * 1000
  return Number.isFinite(longest)
    ? `slowest restore of a sample ${formatDuration(longest)}, target ${formatDuration(4 * 3_600_000)}`
    : "not every drill could be measured"
}
