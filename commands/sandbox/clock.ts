import { Flags } from "@oclif/core"
import { formatDuration, parseDuration } from "../../src/kernel/duration.ts"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { advanceClock } from "../../src/sandbox/control-client.ts"

export default class SandboxClock extends DrCommand {
  static override summary = "move the virtual time of a running sandbox forward"
  static override description =
    "Everything that falls due on the way happens, in order: deletions, rotations, expiry of sessions."
  static override examples = ["<%= config.bin %> sandbox clock --port 4599 --advance 30d"]
  static override flags = {
    port: Flags.integer({ description: "port of the sandbox", required: true, min: 1, max: 65_535 }),
    advance: Flags.string({ description: "how far, such as 30d or 90min", required: true, helpValue: "DURATION" }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(SandboxClock)
    const ms = parseDuration(flags.advance)
    if (ms === undefined) {
      throw new DrError({
        code: "E_USAGE",
        exit: EXIT.usage,
        message: `no duration: ${JSON.stringify(flags.advance)}`,
        hints: ["for example: --advance 30d"],
      })
    }
    const data = await advanceClock(flags.port, ms)
    return {
      kind: "SandboxClock",
      data,
      text: `${data.now}, ${formatDuration(data.aheadMs)} ahead of real time`,
      simulated: true,
    }
  }
}
