import { resolve } from "node:path"
import { Flags } from "@oclif/core"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { readIfThere, writeAtomic } from "../../src/runtime/state-folder.ts"

export default class ConfigInit extends DrCommand {
  static override summary = "write a commented dr.yaml to start from"
  static override examples = ["<%= config.bin %> config init", "<%= config.bin %> config init --config infra/dr.yaml"]
  static override flags = { force: Flags.boolean({ description: "replace a file that is there" }) }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(ConfigInit)
    const path = resolve(flags.config ?? "dr.yaml")
    if (!flags.force && (await readIfThere(path)) !== undefined) {
      throw new DrError({
        code: "E_EXISTS",
        exit: EXIT.usage,
        message: `${path} exists; nothing was changed`,
        hints: ["dr config validate", "dr config init --force replaces it"],
      })
    }
    const { EXAMPLE_CONFIG } = await import("../../src/estate/example.ts")
    await writeAtomic(path, EXAMPLE_CONFIG, 0o644)
    return {
      kind: "ConfigInit",
      data: { path },
      text: `wrote ${path}\nnext: put in your accounts, buckets and roles, then: dr config validate`,
    }
  }
}
