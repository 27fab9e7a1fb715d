import { Flags } from "@oclif/core"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import { environmentsOf } from "../../src/runtime/environments.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { loadDefinitions } from "../../src/runtime/drill-definitions.ts"
import { rtoReport, type ReportOutput } from "../../src/runtime/rto-report.ts"
import { writeAtomic } from "../../src/runtime/state-folder.ts"

export default class RtoReport extends DrCommand {
  static override summary = "the report for executives and auditors, from the recorded runs"
  static override examples = [
    "<%= config.bin %> rto report -e prod --out report.html",
    "<%= config.bin %> rto report -e prod -o md            # for the incident channel",
  ]
  static override flags = {
    ...envFlag,
    output: Flags.option({
      char: "o",
      description: "form of the report",
      options: ["html", "md", "json"] as const,
      default: "html" as const,
    })(),
    out: Flags.string({ description: "write to FILE (mode 0600) instead of stdout", helpValue: "FILE" }),
    "accept-simulated": Flags.boolean({
      description: "let runs on an emulated AWS count, for rehearsals; the report says so",
    }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(RtoReport)
    const config = await this.findConfig(flags)
    const environments = environmentsOf(config, flags.env)
    const output: ReportOutput = flags.output
    const { report, text } = await rtoReport(this.deps(flags, config), environments, {
      acceptSimulated: flags["accept-simulated"],
      output,
      definitions: await loadDefinitions(config.path),
    })
    if (flags.out !== undefined) await writeAtomic(flags.out, text)
    return {
      kind: "RtoReport",
      data: report,
      text: flags.out === undefined ? text : `report: ${flags.out}`,
      ...(flags.env === undefined ? {} : { env: flags.env }),
      simulated: report.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
