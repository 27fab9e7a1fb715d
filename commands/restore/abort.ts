import { Args, Flags } from "@oclif/core"
import { Prompt } from "../../src/runtime/ask.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { abortRestore } from "../../src/runtime/restore-abort.ts"
import { environmentOfRestore } from "../../src/runtime/restore-consent.ts"
import { canBeAborted, findRestore, runIdOf } from "../../src/runtime/restore-find.ts"
import { planOfRun } from "../../src/runtime/restore-run.ts"

export default class RestoreAbort extends DrCommand {
  static override summary = "end a restore for good: stop its process, abort its open uploads"
  static override description =
    "What it has copied stays where it is, and nothing is deleted. The process is asked to stop as by SIGTERM and waited for. Afterwards `dr resume` refuses the run; a new plan finds what is there already."
  static override examples = ["<%= config.bin %> restore abort dr-20261124T021700Z-7f3a"]
  static override args = { RUN: Args.string({ description: "id of the run", required: true, ignoreStdin: true }) }
  static override flags = { yes: Flags.boolean({ char: "y", description: "without asking" }) }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(RestoreAbort)
    const config = await this.findConfig(flags)
    const deps = this.deps(flags, config)
    const { found } = await findRestore(deps.state, runIdOf(args.RUN), () => true, "restore")
    canBeAborted(found.record)
    const { folder, plan } = await planOfRun(deps, found.run)
    const environment = await environmentOfRestore(config, plan, undefined)
    const prompt = new Prompt({ silent: flags["no-input"] || this.jsonEnabled(), signal: this.signal })
    try {
      await prompt.agree(`End ${found.run} for good?`, flags.yes)
    } finally {
      prompt.close()
    }
    const data = await abortRestore(deps, folder, plan, environment)
    return {
      kind: "RestoreAborted",
      data,
      text: `✓ ${found.run} is ended; ${data.uploads} open uploads aborted; what it has copied stays`,
      env: environment.name,
      run: deps.run,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
