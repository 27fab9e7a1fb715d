import { Flags } from "@oclif/core"
import type { Setting } from "../../src/estate/settings.ts"
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
    const [{ loadEstate }, { settingsOf }] = await Promise.all([
      import("../../src/estate/load.ts"),
      import("../../src/estate/settings.ts"),
    ])
    const settings = settingsOf(config, loadEstate(config), this.given(flags))
    const rows = settings.map(({ path, value, origin }) => (flags.origin ? [path, value, origin] : [path, value]))
    return {
      kind: "Config",
      data: { settings },
      text: table(flags.origin ? ["SETTING", "VALUE", "ORIGIN"] : ["SETTING", "VALUE"], rows),
      config: { path: config.path, sha256: config.sha256 },
    }
  }

  /** What flags and variables decide: a value that no argument gave came from its variable. */
  private given(flags: { config?: string | undefined; "state-dir"?: string | undefined }): Setting[] {
    return (["config", "state-dir"] as const).flatMap((name) => {
      const value = flags[name]
      if (value === undefined) return []
      const typed = this.argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`))
      return [{ path: name, value, origin: typed ? "flag" : `env DR_${name.replace("-", "_").toUpperCase()}` }]
    })
  }
}
