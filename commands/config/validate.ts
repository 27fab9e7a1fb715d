import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"

export default class ConfigValidate extends DrCommand {
  static override summary = "check dr.yaml offline: every problem with line and column"
  static override examples = [
    "<%= config.bin %> config validate",
    "<%= config.bin %> config validate --config infra/dr.yaml --json",
  ]

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(ConfigValidate)
    const config = await this.findConfig(flags)
    const { loadEstate } = await import("../../src/estate/load.ts")
    const estate = loadEstate(config)
    const environments = Object.keys(estate.environments)
    return {
      kind: "ConfigValidate",
      data: { environments, accounts: Object.keys(estate.accounts) },
      text: `✓ ${config.path} is valid: ${environments.length} environment${environments.length === 1 ? "" : "s"} (${environments.join(", ")})`,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
