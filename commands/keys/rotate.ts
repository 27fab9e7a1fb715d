import { Args, Flags } from "@oclif/core"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT, type ExitCode } from "../../src/kernel/exit-codes.ts"
import { rotateManually } from "../../src/keys/rotate/manual.ts"
import { rotateOnDemand, rotationNow } from "../../src/keys/rotate/on-demand.ts"
import type { RotateDeps, RotationScope } from "../../src/keys/rotate/ports.ts"
import type { RotationReport } from "../../src/keys/rotate/report.ts"
import { QUIET_DAYS } from "../../src/keys/rotate/retire-decision.ts"
import { abortRotation, rotationStatus } from "../../src/keys/rotate/status.ts"
import { consentFlags } from "../../src/runtime/ask.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { actorFlags } from "../../src/runtime/key-actors.ts"
import { changing, looking, rotationScope } from "../../src/runtime/key-rotation.ts"
import { onDemandText, rotationChoicesText, rotationText } from "../../src/ui/keys-rotate-text.ts"

export default class KeysRotate extends DrCommand {
  static override summary = "rotate a key: new material on demand, or a new key in the policy's five steps"
  static override description = `--on-demand sends one RotateKeyOnDemand and reads back that it was done; 25 are given to a key in its life. --manual makes a new key (1), prints what to edit in Terraform (2) and in the services (3) and stops with exit 75, looks whether every writer works under the new key and everything opens, then moves the alias (4), and schedules the old key's deletion, 30 days, once nothing is under it and nobody used it (5). It goes on from where it stands; exit 3 names what a step refuses. When all is done, only --step 1 begins another.`
  static override examples = [
    "<%= config.bin %> keys rotate observability -e prod                 # how it rotates now, and the choices",
    "<%= config.bin %> keys rotate observability -e prod --on-demand --confirm alias/observability-prod",
    "<%= config.bin %> keys rotate observability -e prod --manual        # again and again, until all five steps are done",
    "<%= config.bin %> keys rotate observability -e prod --status",
  ]
  static override args = {
    KEY: Args.string({ description: "the key's name in dr.yaml", required: true, ignoreStdin: true }),
  }
  static override flags = {
    ...envFlag,
    "on-demand": Flags.boolean({
      description: "new material in the same key, at once",
      exclusive: ["manual", "status", "abort"],
    }),
    side: Flags.option({
      description: "with --on-demand: the workload key, or the recovery key beside it",
      options: ["workload", "recovery"] as const,
      default: "workload",
    })(),
    manual: Flags.boolean({ description: "a new key, step by step", exclusive: ["status", "abort"] }),
    step: Flags.option({
      description: "with --manual: this step and no other",
      options: ["1", "2", "3", "4", "5"] as const,
      dependsOn: ["manual"],
    })(),
    since: Flags.string({
      description: "with step 4: when the last writer was given the new key (default: when the edits were shown)",
      helpValue: "TIME",
      dependsOn: ["manual"],
    }),
    "quiet-days": Flags.integer({
      description: "with step 5: how long nobody may have used the old key",
      min: QUIET_DAYS.least,
      max: 365,
      default: QUIET_DAYS.default,
      helpValue: "N",
    }),
    status: Flags.boolean({ description: "where the manual rotation stands; changes nothing", exclusive: ["abort"] }),
    abort: Flags.boolean({ description: "give the manual rotation up, before step 5; takes nothing back" }),
    ...consentFlags,
    ...actorFlags,
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(KeysRotate)
    const since = flags.since === undefined ? undefined : timeOf(flags.since)
    const config = await this.findConfig(flags)
    const scope = rotationScope(config, flags.env, args.KEY)
    const deps = this.deps(flags, config)
    const from = { ...flags, silent: flags["no-input"] || this.jsonEnabled() }
    const { side } = flags
    const result =
      flags["on-demand"] || flags.manual || flags.abort
        ? await changing(deps, config, scope, from, async (rotate) => {
            if (flags["on-demand"]) return onDemand(await rotateOnDemand(rotate, scope, side))
            if (flags.abort) return told(await abortRotation(rotate, scope))
            const step = flags.step === undefined ? {} : { step: Number(flags.step) as 1 | 2 | 3 | 4 | 5 }
            const at = since === undefined ? {} : { since }
            return told(await rotateManually(rotate, scope, { ...step, ...at, quietDays: flags["quiet-days"] }))
          })
        : await looking(deps, config, scope, from, async (rotate) =>
            flags.status ? told(await rotationStatus(rotate, scope)) : choices(rotate, scope, side),
          )
    return {
      ...result,
      env: scope.environment.name,
      run: deps.run,
      simulated: scope.environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}

const EXITS: Readonly<Record<RotationReport["outcome"], ExitCode>> = {
  done: EXIT.ok,
  shown: EXIT.ok,
  aborted: EXIT.ok,
  none: EXIT.ok,
  waiting: EXIT.tryLater,
  refused: EXIT.checkSaysNo,
}

const told = (report: RotationReport): CommandResult => ({
  kind: "KeyRotation",
  data: report,
  text: () => rotationText(report),
  exit: EXITS[report.outcome],
})

const onDemand = (result: Awaited<ReturnType<typeof rotateOnDemand>>): CommandResult => ({
  kind: "KeyRotationOnDemand",
  data: result,
  text: () => onDemandText(result),
  warnings: result.warnings,
})

/** Nothing was said about how: wrong usage, and yet worth an answer. */
async function choices(
  rotate: RotateDeps,
  scope: RotationScope,
  side: "workload" | "recovery",
): Promise<CommandResult> {
  const now = await rotationNow(rotate, scope, side)
  return {
    kind: "KeyRotationChoices",
    data: { ...now, choices: ["--on-demand", "--manual"] },
    text: () => rotationChoicesText(now, { key: scope.key.name, env: scope.environment.name }),
    exit: EXIT.usage,
  }
}

function timeOf(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `--since ${JSON.stringify(text)}: expected a time in UTC`,
    hints: ["--since 2026-11-24T18:30:00Z"],
  })
}
