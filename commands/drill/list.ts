import { DrCommand } from "../../src/runtime/command.ts"
import { findConfig } from "../../src/runtime/configuration.ts"
import { loadDefinitions } from "../../src/runtime/drill-definitions.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { table } from "../../src/ui/table.ts"

export default class DrillList extends DrCommand {
  static override summary = "the drills there are: built-in ones and those beside dr.yaml"
  static override examples = ["<%= config.bin %> drill list", "<%= config.bin %> drill list --json"]

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(DrillList)
    // A list of drills needs no dr.yaml; one that was named must exist.
    const config = await findConfig(flags.config).catch((error: unknown) => {
      if (flags.config !== undefined) throw error
      return undefined
    })
    const drills = [...(await loadDefinitions(config?.path)).values()]
    return {
      kind: "DrillList",
      data: {
        drills: drills.map(({ name, title, hypothesis, datasets, sample }) => ({
          name,
          title,
          hypothesis,
          datasets,
          sample,
        })),
      },
      text: table(
        ["DRILL", "SAMPLES", "TITLE"],
        drills.map((drill) => [
          drill.name,
          drill.datasets === "all" ? "all datasets" : drill.datasets.join(", "),
          drill.title,
        ]),
      ),
    }
  }
}
