import { Flags } from "@oclif/core"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { takeSnapshot } from "../../src/runtime/inventory-snapshot.ts"
import { liveInventory } from "../../src/runtime/live-inventory.ts"
import { inventoryText } from "../../src/ui/inventory-text.ts"

export default class PolicySnapshot extends DrCommand {
  static override summary = "keep what AWS says about keys, roles and policies in a file"
  static override description =
    "Reads the keys, buckets and roles that dr.yaml names, and the roles that their policies name; changes nothing. The file holds policies and grants, no secrets; --inventory FILE of the other commands reads it. A snapshot that was edited is refused."
  static override examples = [
    "<%= config.bin %> policy snapshot -e prod --out prod.json",
    "<%= config.bin %> policy snapshot -e prod --strict     # for a schedule: exit 3 when something could not be read",
  ]
  static override flags = {
    ...envFlag,
    out: Flags.string({
      description: "write to FILE, mode 0600 (default: inventory/ in the state folder)",
      helpValue: "FILE",
    }),
    strict: Flags.boolean({ description: "exit 3 when anything could not be read" }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(PolicySnapshot)
    const config = await this.findConfig(flags)
    const deps = this.deps(flags, config)
    const { inventory, environment } = await liveInventory(deps, config, flags.env)
    const { path, digest } = await takeSnapshot(deps, environment.name, inventory, flags.out)
    const gaps = inventory.gaps ?? []
    return {
      kind: "InventorySnapshot",
      data: {
        file: path,
        digest,
        takenAt: inventory.takenAt,
        accounts: inventory.accounts.length,
        keys: inventory.keys.length,
        buckets: inventory.buckets.length,
        principals: inventory.principals.length,
        gaps,
      },
      text: () => `${inventoryText(inventory)}\n\nsnapshot: ${path}\n${digest}`,
      exit: flags.strict && gaps.length > 0 ? EXIT.checkSaysNo : EXIT.ok,
      env: environment.name,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
