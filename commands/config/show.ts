import { Flags } from "@oclif/core"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { table } from "../../src/ui/table.ts"

export default class ConfigShow extends DrCommand {
  static override summary = "the settings in force"
  static override examples = ["<%= config.bin %> config show --origin"]
  static override flags = { origin: Flags.boolean({ description: "say where each setting comes from" }) }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(ConfigShow)
    const config = await this.findConfig(flags)
    const [{ loadEstate }, { settingsOf }] = await Promise.all([import("../../src/estate/load.ts"), import("../../src/estate/settings.ts")])
    const settings = settingsOf(config, loadEstate(config))
    const rows = settings.map(({ path, value, origin }) => (flags.origin ? [path, value, origin] : [path, value]))
    return {
      kind: "Config",
      data: { settings },
      text: table(flags.origin ? ["SETTING", "VALUE", "ORIGIN"] : ["SETTING", "VALUE"], rows),
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
