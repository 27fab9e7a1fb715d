import { Args } from "@oclif/core"
import { isoStamp } from "../../../src/kernel/clock.ts"
import { EXIT } from "../../../src/kernel/exit-codes.ts"
import { verifyShares, withProofs, type Verified } from "../../../src/keys/escrow/verify.ts"
import { DrCommand } from "../../../src/runtime/command.ts"
import type { CommandResult } from "../../../src/runtime/envelope.ts"
import { setSummary } from "../../../src/runtime/escrow-data.ts"
import { gatherIdentities, readShareFiles } from "../../../src/runtime/escrow-files.ts"
import { identityFlag } from "../../../src/runtime/escrow-flags.ts"
import { escrowStore } from "../../../src/runtime/escrow-store.ts"
import { guardSecrets } from "../../../src/runtime/guard-secrets.ts"
import { verifiedText } from "../../../src/ui/escrow-text.ts"

export default class KeysEscrowVerify extends DrCommand {
  static override summary = "prove a custodian's share without showing it"
  static override description =
    "Opens each share with its custodian's identity and holds it against the digest that its set records. With enough shares of one set, also that they combine to what was split. Offline: AWS hears nothing. The date of the proof is kept in the state folder; the share is shown nowhere."
  static override examples = [
    "<%= config.bin %> keys escrow verify escrow-20261124T181552Z-4f3a09c1-alice.age --identity alice.key",
    "<%= config.bin %> keys escrow verify share.age --identity -      # the identity on stdin",
  ]
  static override strict = false
  static override args = { SHARE: Args.string({ description: "files of shares", required: true, ignoreStdin: true }) }
  static override flags = { ...identityFlag }

  override async run(): Promise<CommandResult> {
    const { flags, argv } = await this.parse(KeysEscrowVerify)
    guardSecrets()
    const paths = argv as string[]
    const config = await this.findConfig(flags).catch(() => undefined)
    const deps = this.deps(flags, config)
    const store = escrowStore(deps.state)
    const records = await store.list()
    const files = await readShareFiles(paths, this.signal)
    const identities = await gatherIdentities({
      identities: flags.identity ?? [],
      shares: paths,
      silent: flags["no-input"] || this.jsonEnabled(),
      signal: this.signal,
      codesFromStdin: false,
    })
    const verified = await verifyShares(files, identities, records)
    const proven = withProofs(records, verified, { at: isoStamp(deps.clock.now()), by: deps.run })
    for (const record of proven) await store.save(record)
    return {
      kind: "Escrow",
      data: {
        action: "verify",
        sets: proven.map((record) => setSummary(record.set, resultOf(record.set.id, verified), record)),
        ...verified,
      },
      text: () => verifiedText(verified),
      exit: failed(verified) ? EXIT.failed : EXIT.ok,
      run: deps.run,
    }
  }
}

const failed = ({ shares, quorums }: Verified): boolean =>
  shares.some(({ ok }) => !ok) || quorums.some(({ result }) => result === "failed")

const resultOf = (id: string, { quorums }: Verified): string =>
  quorums.find(({ set }) => set === id)?.result ?? "too-few"
