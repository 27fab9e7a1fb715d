import { Args, Flags } from "@oclif/core"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { environmentOfRestore } from "../../src/runtime/restore-consent.ts"
import { findRestore, runIdOf } from "../../src/runtime/restore-find.ts"
import { planOfRun } from "../../src/runtime/restore-run.ts"
import { verifyRecorded } from "../../src/runtime/restore-verify.ts"
import { verifyText } from "../../src/ui/restore-text.ts"

const EXITS = { restored: EXIT.ok, incomplete: EXIT.failed, "not-proven": EXIT.checkSaysNo } as const

export default class RestoreVerify extends DrCommand {
  static override summary = "prove a restore once more: list both sides, join them, read a new sample"
  static override description =
    "Writes nothing but its record. Without RUN the newest restore. What the plan refused by name is not expected; anything else that is not there is missing, whatever the run said of it. Exits 0 when everything is proven, 1 when an object is missing or differs, 3 when something could not be told."
  static override examples = [
    "<%= config.bin %> restore verify",
    "<%= config.bin %> restore verify dr-20261124T021700Z-7f3a --seed spring-audit --json",
  ]
  static override args = { RUN: Args.string({ description: "id of the run", ignoreStdin: true }) }
  static override flags = {
    seed: Flags.string({ description: "draws the sample; recorded (default: this run's id)", helpValue: "TEXT" }),
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(RestoreVerify)
    const config = await this.findConfig(flags)
    const deps = this.deps(flags, config)
    const name = args.RUN === undefined ? undefined : runIdOf(args.RUN)
    const { found, damaged } = await findRestore(deps.state, name, () => true, "restore")
    for (const one of damaged) this.tell(`! damaged, passed over: ${one}`)
    const { folder, plan } = await planOfRun(deps, found.run)
    const environment = await environmentOfRestore(config, plan, undefined)
    const { result, record } = await verifyRecorded(deps, folder, plan, {
      environment,
      config: { path: config.path, sha256: config.sha256 },
      seed: flags.seed ?? deps.run,
    })
    this.signal.throwIfAborted()
    return {
      kind: "RestoreVerify",
      data: { ...result, of: found.run, record },
      text: () => verifyText(result, found.run, environment.simulated),
      exit: EXITS[result.verdict],
      env: environment.name,
      run: deps.run,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
