import { Flags } from "@oclif/core"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import { exportTerraform } from "../../src/keys/terraform/export.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { actorFlags } from "../../src/runtime/key-actors.ts"
import { readKeys, writeTerraform } from "../../src/runtime/terraform-export.ts"
import { terraformExportText } from "../../src/ui/terraform-export-text.ts"

export default class KeysExport extends DrCommand {
  static override summary = "the keys of an environment as Terraform configuration, with import blocks for what exists"
  static override description =
    "Reads AWS, changes nothing there, and writes providers.tf, policies.tf, keys.tf and imports.tf. What exists is adopted by its id; what dr.yaml wants beyond it, an apply would make. Nothing is written when a Region could not be read or a key could only be replaced. Files that dr did not write are left alone."
  static override examples = [
    "<%= config.bin %> keys export -e prod --terraform infra/keys",
    "<%= config.bin %> keys export -e prod --terraform infra/keys --no-imports   # without asking AWS",
  ]
  static override flags = {
    ...envFlag,
    ...actorFlags,
    terraform: Flags.string({ description: "write the files into DIR", helpValue: "DIR", required: true }),
    "no-imports": Flags.boolean({ description: "do not ask AWS, and write no import blocks" }),
    force: Flags.boolean({ description: "replace files that dr did not write" }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(KeysExport)
    const config = await this.findConfig(flags)
    const environment = environmentOf(loadEstate(config), flags.env)
    const inventory = flags["no-imports"] ? undefined : await readKeys(this.deps(flags, config), config, flags)
    const exported = exportTerraform(environment, inventory)
    const files = await writeTerraform(environment.name, exported, flags.terraform, flags.force)
    const { imports, missing, warnings } = exported
    return {
      kind: "KeysExport",
      env: environment.name,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
      data: { folder: flags.terraform, files, asked: inventory !== undefined, imports, missing },
      warnings: inventory === undefined ? [BLIND, ...warnings] : warnings,
      text: () => terraformExportText(flags.terraform, files, exported),
    }
  }
}

const BLIND = "AWS was not asked: where keys exist already, an apply of these files would make others"
