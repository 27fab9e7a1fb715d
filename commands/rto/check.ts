import { Flags } from "@oclif/core"
import { checkRto, exitOf } from "../../src/rto/check.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import { environmentsOf } from "../../src/runtime/environments.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { loadDefinitions } from "../../src/runtime/drill-definitions.ts"
import { objectivesOf, storedRecords } from "../../src/runtime/rto-records.ts"
import { rtoCheckText } from "../../src/ui/rto-check-text.ts"

export default class RtoCheck extends DrCommand {
  static override summary = "is the last proof within the recovery time objective? exit 0 yes, 3 no"
  static override examples = [
    "<%= config.bin %> rto check                # every environment of dr.yaml",
    "<%= config.bin %> rto check -e prod --json",
  ]
  static override flags = {
    ...envFlag,
    "accept-simulated": Flags.boolean({
      description: "let runs on an emulated AWS count, for rehearsals; the result says so",
    }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(RtoCheck)
    const config = await this.findConfig(flags)
    const environments = environmentsOf(config, flags.env)
    const { clock, state } = this.deps(flags, config)
    const { records, broken } = await storedRecords(state)
    const check = checkRto(records, objectivesOf(environments, await loadDefinitions(config.path)), clock.now(), {
      acceptSimulated: flags["accept-simulated"],
      broken,
    })
    return {
      kind: "RtoCheck",
      data: check,
      text: rtoCheckText(check),
      exit: exitOf(check),
      ...(flags.env === undefined ? {} : { env: flags.env }),
      simulated: check.environments.some((environment) => environment.simulated),
      config: { path: config.path, sha256: config.sha256 },
      warnings: check.environments.flatMap((environment) => environment.hints.map((hint) => `next: ${hint}`)),
    }
  }
}
