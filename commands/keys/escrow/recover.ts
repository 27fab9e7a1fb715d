import { isoStamp } from "../../../src/kernel/clock.ts"
import { recoverEscrow, verdictOf } from "../../../src/keys/escrow/recover.ts"
import { wipe } from "../../../src/keys/escrow/secret-bytes.ts"
import { Prompt, consentFlags } from "../../../src/runtime/ask.ts"
import { DrCommand, envFlag } from "../../../src/runtime/command.ts"
import type { CommandResult } from "../../../src/runtime/envelope.ts"
import { EXIT_OF_VERDICT, setSummary } from "../../../src/runtime/escrow-data.ts"
import { escrowKeyArg, identityFlag, shareFlag } from "../../../src/runtime/escrow-flags.ts"
import { afterRecovery, materialFromShares } from "../../../src/runtime/escrow-shares.ts"
import { escrowStore } from "../../../src/runtime/escrow-store.ts"
import { escrowKeyNamed, escrowScene, escrowWork } from "../../../src/runtime/escrow-table.ts"
import { guardSecrets } from "../../../src/runtime/guard-secrets.ts"
import { actorFlags } from "../../../src/runtime/key-actors.ts"
import { recoveredText } from "../../../src/ui/escrow-text.ts"

export default class KeysEscrowRecover extends DrCommand {
  static override summary = "bring lost key material back from the custodians' shares"
  static override description =
    "Opens the shares, combines them and holds the result against what the set records before AWS hears anything. Then brings the material to every Region that lacks it (or where it ends within 60 days), waits for the key, and opens an old ciphertext in each. May be run again at any time. Exits 1 when a Region is not back, 3 when nothing proves that it is."
  static override examples = [
    "<%= config.bin %> keys escrow recover observability -e prod --share alice.age --share bob.age --identity alice.key --identity bob.key",
    "<%= config.bin %> keys escrow recover observability -e prod --share alice.age --share bob.age   # asks each for the identity",
  ]
  static override args = escrowKeyArg
  static override flags = { ...envFlag, ...actorFlags, ...shareFlag, ...identityFlag, yes: consentFlags.yes }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(KeysEscrowRecover)
    guardSecrets()
    const config = await this.findConfig(flags)
    const scene = escrowScene(config, flags.env)
    const key = escrowKeyNamed(scene, args.KEY)
    const deps = this.deps(flags, config)
    const silent = flags["no-input"] || this.jsonEnabled()
    const given = await materialFromShares({
      ...key,
      shares: flags.share ?? [],
      identities: flags.identity ?? [],
      records: await escrowStore(deps.state).list(),
      silent,
      codesFromStdin: flags.mfa !== undefined,
      signal: this.signal,
    })
    const prompt = new Prompt({ silent, signal: this.signal })
    try {
      const { set, record, custodians, material } = given
      await prompt.agree(
        `Brings the material of ${set.id} back to ${key.alias} (${key.env}) wherever it is missing: ${key.regions.join(", ")}; shares of ${custodians.join(", ")} fit.`,
        flags.yes,
      )
      const { result, journal } = await escrowWork(
        deps,
        { kind: "EscrowRecover", scene, flags, prompt, intent: { set: set.id, keyArn: set.keyArn } },
        async (escrow) => {
          const wanted = { set, material, regions: key.regions, expires: key.expires, canary: record?.canary }
          const recovered = await recoverEscrow(escrow, wanted)
          await escrow.store.save(afterRecovery(given, recovered.set, { at: isoStamp(deps.clock.now()), by: deps.run }))
          return { result: recovered, passed: verdictOf(recovered.places) === "proven" }
        },
      )
      const verdict = verdictOf(result.places)
      const { simulated } = scene.environment
      return {
        kind: "Escrow",
        data: {
          action: "recover",
          sets: [setSummary(result.set, verdict)],
          places: result.places,
          custodians,
          journal,
        },
        text: () => recoveredText(result, { simulated }),
        exit: EXIT_OF_VERDICT[verdict],
        env: key.env,
        run: deps.run,
        simulated,
        config: { path: config.path, sha256: config.sha256 },
      }
    } finally {
      wipe(given.material)
      prompt.close()
    }
  }
}
