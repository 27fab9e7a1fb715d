import { Args, Flags } from "@oclif/core"
import { EXIT, type ExitCode } from "../../src/kernel/exit-codes.ts"
import type { RewrapCounts } from "../../src/restore/rewrap/rewrap-plan.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { runRewrap } from "../../src/runtime/rewrap-run.ts"
import { rewrapText } from "../../src/ui/rewrap-text.ts"

export default class RestoreRewrap extends DrCommand {
  static override summary = "re-encrypt data keys that are wrapped outside S3"
  static override description = `Reads lines such as {"id": "a1", "ciphertext": "<base64>", "context": {"tenant": "x"}}, has KMS re-encrypt each from one key to the other under the same encryption context, and writes them to --out in the same order with the new ciphertext and keyArn; all other fields stay as they are. Plaintext keys never leave KMS, unless --verify decrypt opens both sides to compare them in memory. What fails goes to OUT.failed.jsonl with its reason, which is an input again. A run that was killed goes on with the same command; OUT.marks tells it from where.`
  static override examples = [
    "<%= config.bin %> restore rewrap keys.jsonl -e prod --from observability --to observability:recovery --out keys.new.jsonl",
    "<%= config.bin %> restore rewrap keys.jsonl -e prod --from KEY_ARN --to KEY_ARN --out keys.new.jsonl --verify decrypt --yes",
    "<%= config.bin %> restore rewrap keys.new.jsonl.failed.jsonl -e prod --from KEY_ARN --to KEY_ARN --out second.jsonl   # what failed",
  ]
  static override args = {
    FILE: Args.string({ description: "a JSON object on each line", required: true, ignoreStdin: true }),
  }
  static override flags = {
    ...envFlag,
    from: Flags.string({
      description: "the key that they are under: NAME of dr.yaml, NAME:recovery, or its ARN",
      required: true,
      helpValue: "KEY",
    }),
    to: Flags.string({ description: "the key that they shall be under", required: true, helpValue: "KEY" }),
    out: Flags.string({ description: "where the re-encrypted lines go", required: true, helpValue: "FILE" }),
    role: Flags.string({ description: "assume this role (default: your own identity)", helpValue: "ARN" }),
    region: Flags.string({
      description: "the Region in which both keys are (default: that of an ARN, or the primary)",
      helpValue: "REGION",
    }),
    "max-inflight": Flags.integer({ description: "requests at once", default: 64, min: 1, max: 1_000, helpValue: "N" }),
    rate: Flags.integer({ description: "never more requests a second than this", min: 1, helpValue: "N" }),
    verify: Flags.option({
      description: "believe KMS's validated answer, or open both sides and compare",
      options: ["answer", "decrypt"] as const,
      default: "answer" as const,
    })(),
    yes: Flags.boolean({ char: "y", description: "begin without asking" }),
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(RestoreRewrap)
    const config = await this.findConfig(flags)
    const deps = this.deps(flags, config)
    const silent = flags["no-input"] || this.jsonEnabled()
    const { environment, plan, ...report } = await runRewrap(deps, config, args.FILE, { ...flags, silent }).catch(
      (thrown: unknown) => {
        if (this.signal.aborted) this.tell("resume: same command")
        throw thrown
      },
    )
    return {
      kind: "RestoreRewrap",
      data: { plan, ...report },
      text: () => rewrapText(report, plan),
      exit: exitOf(report.counts),
      env: environment.name,
      run: deps.run,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}

/** Nothing to do is no success: most likely it was the wrong file. */
function exitOf({ listed, failed, unknown }: RewrapCounts): ExitCode {
  if (failed > 0 || listed === 0) return EXIT.failed
  return unknown > 0 ? EXIT.checkSaysNo : EXIT.ok
}
