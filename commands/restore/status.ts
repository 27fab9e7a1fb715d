import { Args, Flags } from "@oclif/core"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { runIdOf } from "../../src/runtime/restore-find.ts"
import { statusOf, watchRestore } from "../../src/runtime/restore-status.ts"
import { restoreStatusText } from "../../src/ui/restore-status-text.ts"

export default class RestoreStatus extends DrCommand {
  static override summary = "how far restores are, from what is on this machine's disk"
  static override description =
    "Asks AWS nothing. Without RUN all runs, newest first; a folder that cannot be read is named with the reason. --watch prints a line whenever something moved, until the run ends."
  static override examples = [
    "<%= config.bin %> restore status",
    "<%= config.bin %> restore status dr-20261124T021700Z-7f3a --watch",
  ]
  static override args = { RUN: Args.string({ description: "id of the run", ignoreStdin: true }) }
  static override flags = { watch: Flags.boolean({ char: "w", description: "until the run ends" }) }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(RestoreStatus)
    const deps = this.deps(flags, await this.findConfig(flags).catch(() => undefined))
    const name = args.RUN === undefined ? undefined : runIdOf(args.RUN)
    if (flags.watch) await watchRestore(deps, name, (line) => this.tell(line))
    const data = await statusOf(deps, name)
    return { kind: "RestoreStatus", data, text: () => restoreStatusText(data, deps.clock.now()) }
  }
}
