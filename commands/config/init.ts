import { resolve } from "node:path"
import { Flags } from "@oclif/core"
import { display } from "../../src/kernel/display.ts"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { readIfThere, writeAtomic } from "../../src/runtime/state-folder.ts"

export default class ConfigInit extends DrCommand {
  static override summary = "write a commented dr.yaml to start from"
  static override description =
    "With --from-terraform the file says what Terraform says: keys, replicas, aliases, rotation, buckets under them, roles in their policies. What the source does not tell stands as FILL-IN, and `config validate` names every such line; what was read from a name is marked CHECK."
  static override examples = [
    "<%= config.bin %> config init",
    "<%= config.bin %> config init --config infra/dr.yaml",
    "<%= config.bin %> config init --from-terraform infra/keys    # a folder with a state, or with .tf files alone",
    "terraform show -json | <%= config.bin %> config init --from-terraform -",
  ]
  static override flags = {
    force: Flags.boolean({ description: "replace a file that is there" }),
    "from-terraform": Flags.string({
      description: "a folder, a state, or the output of `terraform show -json`",
      helpValue: "DIR|FILE",
    }),
  }

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
    const source = flags["from-terraform"]
    if (source !== undefined) return this.#fromTerraform(path, source)
    const { EXAMPLE_CONFIG } = await import("../../src/estate/example.ts")
    await writeAtomic(path, EXAMPLE_CONFIG, 0o644)
    return {
      kind: "ConfigInit",
      data: { path },
      text: `wrote ${path}\nnext: put in your accounts, buckets and roles, then: dr config validate`,
    }
  }

  async #fromTerraform(path: string, source: string): Promise<CommandResult> {
    const { configFromTerraform } = await import("../../src/runtime/config-from-terraform.ts")
    const { text, notes, ...found } = await configFromTerraform(source, this.signal)
    await writeAtomic(path, text, 0o644)
    const { keys, datasets, fillIns, checks, from } = found
    return {
      kind: "ConfigInit",
      data: { path, notes, ...found },
      warnings: notes.map((note) => `not read: ${note}`),
      text: `wrote ${path} from ${display(from)}: ${keys} ${keys === 1 ? "key" : "keys"}, ${datasets} ${datasets === 1 ? "dataset" : "datasets"}, ${fillIns} to fill in, ${checks} to check\nnext: dr config validate`,
    }
  }
}
