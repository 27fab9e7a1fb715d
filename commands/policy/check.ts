import { Flags } from "@oclif/core"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { readFileOrStdin } from "../../src/runtime/file-or-stdin.ts"
import { casesText } from "../../src/ui/policy-cases-text.ts"

export default class PolicyCheck extends DrCommand {
  static override summary = "is a request allowed, and why"
  static override examples = ["<%= config.bin %> policy check --cases access.json --json   # a table of cases"]
  static override flags = {
    cases: Flags.string({
      description: "evaluate a table of cases (JSON array; - is stdin)",
      helpValue: "FILE",
      required: true,
    }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(PolicyCheck)
    const { readCases, runCases } = await import("../../src/access/cases.ts")
    const cases = readCases(await readFileOrStdin(flags.cases), flags.cases)
    const results = runCases(cases)
    return { kind: "PolicyCases", data: { results }, text: () => casesText(results, cases) }
  }
}
