import { Flags } from "@oclif/core"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { keyStatus } from "../../src/runtime/key-status.ts"
import { keyStatusText } from "../../src/ui/key-status-text.ts"

export default class KeysStatus extends DrCommand {
  static override summary =
    "every key in every account and Region, and what would bring it back; exit 3 with --check when something would not"
  static override description =
    "Reads only. A Region that does not answer is marked unreachable after ten seconds and shown from the last snapshot with its age; every reading of all keys becomes the signed snapshot of this machine, which --offline shows. What could not be read is said, never guessed."
  static override examples = [
    "<%= config.bin %> keys status                           # every environment of dr.yaml",
    "<%= config.bin %> keys status -e prod --key observability   # with every reason",
    "<%= config.bin %> keys status -e prod --check           # for a schedule: exit 3 when anything is not as dr.yaml wants it",
    "<%= config.bin %> keys status -e prod --offline         # the last snapshot, without AWS",
  ]
  static override flags = {
    ...envFlag,
    key: Flags.string({ description: "one key of dr.yaml", helpValue: "NAME" }),
    check: Flags.boolean({
      description:
        "exit 3 when a key is unrecoverable by any incident, not Enabled, absent or not read, or its policy drifted",
    }),
    offline: Flags.boolean({ description: "show the last signed snapshot; asks AWS nothing" }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(KeysStatus)
    const config = await this.findConfig(flags)
    const deps = this.deps(flags, config)
    const { env, key, offline, check } = flags
    const { environments, warnings } = await keyStatus(deps, config, { env, key, offline })
    const wrong = environments.some(({ keys }) => keys.some(({ problems }) => problems.length > 0))
    return {
      kind: "KeyStatus",
      data: { environments },
      text: () =>
        keyStatusText(environments, {
          check,
          brief: key === undefined,
          width: Math.min(process.stdout.columns ?? 100, 120),
        }),
      exit: check && wrong ? EXIT.checkSaysNo : EXIT.ok,
      ...(env === undefined ? {} : { env }),
      simulated: environments.some(({ simulated }) => simulated),
      config: { path: config.path, sha256: config.sha256 },
      warnings,
    }
  }
}
