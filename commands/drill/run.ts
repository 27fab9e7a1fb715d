import { Args, Flags } from "@oclif/core"
import { findDefinitions } from "../../src/drill/definitions.ts"
import { resolveScope } from "../../src/drill/resolve-scope.ts"
import { runSuite } from "../../src/drill/suite.ts"
import { exitOf, summarise } from "../../src/drill/summary.ts"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import { connect } from "../../src/runtime/connect.ts"
import { loadDefinitions } from "../../src/runtime/drill-definitions.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { recordedRun } from "../../src/runtime/recorded-run.ts"
import { drillText } from "../../src/ui/drill-text.ts"

export default class DrillRun extends DrCommand {
  static override summary = "rehearse a loss: restore a sample under the recovery key and prove it"
  static override examples = [
    "<%= config.bin %> drill run loki-sample -e prod",
    "<%= config.bin %> drill run -e prod                  # every drill that dr.yaml schedules",
    "<%= config.bin %> drill run primary-key-disabled -e prod --sample 100 --json",
  ]
  static override strict = false
  static override args = {
    DRILL: Args.string({ description: "drills to run (default: all that dr.yaml schedules)", ignoreStdin: true }),
  }
  static override flags = {
    ...envFlag,
    sample: Flags.integer({ description: "objects per dataset and side", min: 1, max: 5000, helpValue: "N" }),
    seed: Flags.string({ description: "draw the sample of an earlier run again", helpValue: "S" }),
    trigger: Flags.string({
      description: "who started this run, for the record",
      options: ["manual", "schedule"],
      default: "manual",
    }),
  }

  override async run(): Promise<CommandResult> {
    const { flags, argv } = await this.parse(DrillRun)
    const config = await this.findConfig(flags)
    const { environment, definitions } = await this.#choose(flags.env, config, argv as string[])
    const deps = this.deps(flags, config)
    const seed = flags.seed ?? Buffer.from(deps.random(8)).toString("hex")
    const scopes = definitions.map((definition) =>
      resolveScope(environment, definition, {
        seed,
        ...(flags.sample === undefined ? {} : { sampleSize: flags.sample }),
      }),
    )

    const { record, path } = await recordedRun(deps, () =>
      runSuite(
        scopes,
        {
          clock: deps.clock,
          emit: deps.events.emit,
          signal: deps.signal,
          run: deps.run,
          version: deps.version,
          connect: () => connect(deps, environment),
        },
        {
          env: environment.name,
          simulated: environment.simulated,
          trigger: flags.trigger,
          rtoLimitMs: environment.objectives.rtoKeyMs,
          config: { path: config.path, sha256: config.sha256 },
        },
      ),
    )
    deps.signal.throwIfAborted()
    const summary = summarise(record, environment.objectives)
    return {
      kind: "DrillRun",
      data: { ...summary, seed, record: path },
      text: drillText(summary, { simulated: record.simulated, record: path }),
      exit: exitOf(summary),
      env: environment.name,
      run: deps.run,
      simulated: record.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }

  async #choose(env: string | undefined, config: { path: string; text: string }, names: readonly string[]) {
    const [{ loadEstate }, { environmentOf }] = await Promise.all([
      import("../../src/estate/load.ts"),
      import("../../src/estate/topology.ts"),
    ])
    const environment = environmentOf(loadEstate(config), env)
    const all = await loadDefinitions(config.path)
    const wanted = names.length > 0 ? [...new Set(names)] : [...new Set(environment.drills.map((drill) => drill.drill))]
    if (wanted.length === 0) throw nothingChosen(environment.name)
    return { environment, definitions: findDefinitions(all, wanted) }
  }
}

function nothingChosen(env: string): DrError {
  return new DrError({
    code: "E_NOTHING_TO_DRILL",
    exit: EXIT.usage,
    message: `name a drill: environment ${env} schedules none in dr.yaml`,
    hints: ["dr drill list", `dr drill run loki-sample -e ${env}`],
  })
}
