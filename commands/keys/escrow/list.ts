import { Flags } from "@oclif/core"
import { EXIT } from "../../../src/kernel/exit-codes.ts"
import { overviewOf } from "../../../src/keys/escrow/overview.ts"
import { DrCommand, envFlag } from "../../../src/runtime/command.ts"
import type { CommandResult } from "../../../src/runtime/envelope.ts"
import { escrowPlaces } from "../../../src/runtime/escrow-places.ts"
import { escrowDrills, escrowStore } from "../../../src/runtime/escrow-store.ts"
import { escrowScene } from "../../../src/runtime/escrow-table.ts"
import { actorFlags } from "../../../src/runtime/key-actors.ts"
import { escrowListText } from "../../../src/ui/escrow-text.ts"

export default class KeysEscrowList extends DrCommand {
  static override summary = "show who holds which key's shares, when that was proven, and when material expires"
  static override description =
    "Reads AWS for the state of the material in every Region, and changes nothing. Warns 60, 30, 14, 7 and 1 days before it expires. With --check it exits 3 at 30 days, when material is missing, or when a custodian's share was not proven for 92 days."
  static override examples = [
    "<%= config.bin %> keys escrow list -e prod",
    "<%= config.bin %> keys escrow list -e prod --check      # for a schedule",
    "<%= config.bin %> keys escrow list -e prod --offline    # the state folder alone",
  ]
  static override flags = {
    ...envFlag,
    in: actorFlags.in,
    check: Flags.boolean({ description: "exit 3 when anything is wrong" }),
    offline: Flags.boolean({ description: "do not ask AWS: proofs only, no expiry", exclusive: ["check"] }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(KeysEscrowList)
    const config = await this.findConfig(flags)
    const scene = escrowScene(config, flags.env)
    const { environment, keys } = scene
    const deps = this.deps(flags, config)
    const records = (await escrowStore(deps.state).list()).filter(({ set }) => set.env === environment.name)
    const places = flags.offline ? undefined : await escrowPlaces(deps, scene, records, flags)
    const { sets, problems } = overviewOf(
      keys.map((key) => ({ ...key, ...(places === undefined ? {} : { places: places.get(key.key) ?? [] }) })),
      records,
      deps.clock.now(),
    )
    const drills = escrowDrills(deps.state)
    const told = await Promise.all(
      sets.map(async (set) => {
        const lastDrillAt = await drills.lastPassed(set.key)
        return {
          ...set,
          result: set.problems.length === 0 ? "ok" : "problems",
          ...(lastDrillAt === undefined ? {} : { lastDrillAt }),
        }
      }),
    )
    return {
      kind: "Escrow",
      data: { action: "list", sets: told, problems },
      text: () => escrowListText(told, problems),
      exit: flags.check && problems.length > 0 ? EXIT.checkSaysNo : EXIT.ok,
      env: environment.name,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
