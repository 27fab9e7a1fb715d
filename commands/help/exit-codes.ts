import { EXIT_MEANINGS } from "../../src/kernel/exit-codes.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { table } from "../../src/ui/table.ts"

export default class HelpExitCodes extends DrCommand {
  static override summary = "what each exit code means"
  static override examples = ["<%= config.bin %> <%= command.id %>"]

  override async run(): Promise<CommandResult> {
    await this.parse(HelpExitCodes)
    const codes = EXIT_MEANINGS.map(([exit, meaning]) => ({ exit, meaning }))
    const rows = codes.map(({ exit, meaning }) => [String(exit), meaning])
    return { kind: "ExitCodes", data: { codes }, text: table(["EXIT", "MEANING"], rows) }
  }
}
