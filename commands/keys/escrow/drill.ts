import { isoStamp } from "../../../src/kernel/clock.ts"
import { EXIT } from "../../../src/kernel/exit-codes.ts"
import { drillEscrow } from "../../../src/keys/escrow/drill.ts"
import { escrowDrillKeyPolicy } from "../../../src/keys/policy/key-policy.ts"
import { wipe } from "../../../src/keys/escrow/secret-bytes.ts"
import { Prompt, consentFlags } from "../../../src/runtime/ask.ts"
import { DrCommand, envFlag } from "../../../src/runtime/command.ts"
import type { CommandResult } from "../../../src/runtime/envelope.ts"
import { setSummary } from "../../../src/runtime/escrow-data.ts"
import { escrowKeyArg, identityFlag, shareFlag } from "../../../src/runtime/escrow-flags.ts"
import { afterRecovery, materialFromShares } from "../../../src/runtime/escrow-shares.ts"
import { escrowDrills, escrowStore, throwAways } from "../../../src/runtime/escrow-store.ts"
import { escrowKeyNamed, escrowScene, escrowWork } from "../../../src/runtime/escrow-table.ts"
import { guardSecrets } from "../../../src/runtime/guard-secrets.ts"
import { actorFlags } from "../../../src/runtime/key-actors.ts"
import { escrowDrillText } from "../../../src/ui/escrow-text.ts"

export default class KeysEscrowDrill extends DrCommand {
  static override summary = "lose the material of a throw-away key and bring it back from its shares"
  static override description =
    "Makes a key, imports material, deletes it, recovers it from shares of throw-away custodians and opens an old ciphertext, with the same rights and steps as in an emergency; then schedules the throw-away key's deletion (30 days, which cost nothing). With real shares it first proves, offline, that they combine to what was split. Every quarter."
  static override examples = [
    "<%= config.bin %> keys escrow drill observability -e prod --yes",
    "<%= config.bin %> keys escrow drill observability -e prod --share alice.age --share bob.age   # and prove the real quorum",
  ]
  static override args = escrowKeyArg
  static override flags = { ...envFlag, ...actorFlags, ...shareFlag, ...identityFlag, yes: consentFlags.yes }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(KeysEscrowDrill)
    guardSecrets()
    const config = await this.findConfig(flags)
    const scene = escrowScene(config, flags.env)
    const { environment } = scene
    const key = escrowKeyNamed(scene, args.KEY)
    const [region] = key.regions
    const deps = this.deps(flags, config)
    const silent = flags["no-input"] || this.jsonEnabled()
    const policy = JSON.stringify(escrowDrillKeyPolicy(environment, region))
    const store = escrowStore(deps.state)
    const shares = flags.share ?? []
    const quorum =
      shares.length === 0
        ? undefined
        : await materialFromShares({
            ...key,
            shares,
            identities: flags.identity ?? [],
            records: await store.list(),
            silent,
            codesFromStdin: flags.mfa !== undefined,
            signal: this.signal,
          })
    // That they combine is the proof; the material itself is not needed.
    wipe(quorum?.material)
    const at = isoStamp(deps.clock.now())
    if (quorum?.record !== undefined) await store.save(afterRecovery(quorum, quorum.set, { at, by: deps.run }))
    const prompt = new Prompt({ silent, signal: this.signal })
    try {
      await prompt.agree(
        `Makes a throw-away key in ${environment.workload.name}, ${region}, and lets it go again.`,
        flags.yes,
      )
      const { result, journal } = await escrowWork(
        deps,
        { kind: "EscrowDrill", scene, flags, prompt, intent: { key: key.key, run: deps.run } },
        async (escrow) => {
          const wanted = { ...key, region, policy, custodians: Object.keys(key.custodians).length }
          const drill = await drillEscrow(escrow, wanted, throwAways(deps.state))
          return { result: drill, passed: drill.passed }
        },
      )
      const { simulated } = environment
      const told = { ...result, key: key.key, env: key.env, at, simulated, journal }
      const record = await escrowDrills(deps.state).save(deps.run, told)
      return {
        kind: "Escrow",
        data: {
          action: "drill",
          sets: quorum === undefined ? [] : [setSummary(quorum.set, "combines")],
          custodians: quorum?.custodians ?? [],
          drill: told,
          record,
        },
        text: () => escrowDrillText(result, { record, simulated }),
        exit: result.passed ? EXIT.ok : EXIT.failed,
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
