import { Flags } from "@oclif/core"
import { createEscrow } from "../../../src/keys/escrow/create.ts"
import { verdictOf } from "../../../src/keys/escrow/recover.ts"
import { Prompt, consentFlags } from "../../../src/runtime/ask.ts"
import { DrCommand, envFlag } from "../../../src/runtime/command.ts"
import type { CommandResult } from "../../../src/runtime/envelope.ts"
import { EXIT_OF_VERDICT, setSummary } from "../../../src/runtime/escrow-data.ts"
import { shareFolder } from "../../../src/runtime/escrow-files.ts"
import { escrowKeyArg } from "../../../src/runtime/escrow-flags.ts"
import { escrowKeyNamed, escrowScene, escrowWork } from "../../../src/runtime/escrow-table.ts"
import { guardSecrets } from "../../../src/runtime/guard-secrets.ts"
import { actorFlags } from "../../../src/runtime/key-actors.ts"
import { createdText } from "../../../src/ui/escrow-text.ts"

export default class KeysEscrowCreate extends DrCommand {
  static override summary = "make key material, split it among custodians, and import it"
  static override description =
    "For a key with origin: EXTERNAL that has no material yet. The shares are written and read back, each encrypted to its custodian, before KMS gets the material: whatever stops this leaves a key without material, or a whole set. Makes missing replicas, and imports in every Region. There is no way back: a key keeps its first material for life."
  static override examples = [
    "<%= config.bin %> keys escrow create observability -e prod --out shares/ --confirm alias/observability-prod",
    "<%= config.bin %> keys escrow create observability -e prod --out shares/ --mfa workload-prod=DEVICE_ARN   # asks",
  ]
  static override args = escrowKeyArg
  static override flags = {
    ...envFlag,
    ...actorFlags,
    confirm: consentFlags.confirm,
    out: Flags.string({ description: "folder for the shares, one file a custodian", required: true, helpValue: "DIR" }),
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(KeysEscrowCreate)
    guardSecrets()
    const config = await this.findConfig(flags)
    const scene = escrowScene(config, flags.env)
    const key = escrowKeyNamed(scene, args.KEY)
    const deps = this.deps(flags, config)
    const prompt = new Prompt({ silent: flags["no-input"] || this.jsonEnabled(), signal: this.signal })
    const names = Object.keys(key.custodians)
    try {
      await prompt.agreeByName(
        `Makes material for ${key.alias} (${key.env}) for life, split ${key.threshold} of ${names.length}: ${names.join(", ")}; shares go to ${flags.out}`,
        key.alias,
        flags.confirm,
      )
      const folder = await shareFolder(flags.out)
      const { result, journal } = await escrowWork(
        deps,
        { kind: "EscrowCreate", scene, flags, prompt, intent: { key: key.key, threshold: key.threshold, names } },
        async (escrow) => {
          const created = await createEscrow(escrow, key, folder)
          return { result: created, passed: verdictOf(created.places) === "proven" }
        },
      )
      const verdict = verdictOf(result.places)
      const { simulated } = scene.environment
      return {
        kind: "Escrow",
        data: {
          action: "create",
          sets: [setSummary(result.record.set, verdict)],
          places: result.places,
          folder: flags.out,
          files: result.files,
          abandoned: result.abandoned,
          journal,
        },
        text: () => createdText(result, { out: flags.out, simulated }),
        exit: EXIT_OF_VERDICT[verdict],
        env: key.env,
        run: deps.run,
        simulated,
        config: { path: config.path, sha256: config.sha256 },
      }
    } finally {
      prompt.close()
    }
  }
}
