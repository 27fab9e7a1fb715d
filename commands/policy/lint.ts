import { Args, Flags } from "@oclif/core"
import type { Finding } from "../../src/access/lint/index.ts"
import { jsonLine } from "../../src/kernel/display.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { lintJunit, lintSarif } from "../../src/report/policy-lint.ts"
import { DrCommand, outputFlags } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { inventoryFlags } from "../../src/runtime/inventory-source.ts"
import { lintWhatIsNamed } from "../../src/runtime/policy-lint.ts"
import { writeAtomic } from "../../src/runtime/state-folder.ts"
import { policyLintText } from "../../src/ui/policy-lint-text.ts"

const many = { multiple: true, multipleNonGreedy: true } as const
const KINDS = ["key", "identity", "trust", "bucket", "scp", "rcp", "boundary", "session", "endpoint"] as const

export default class PolicyLint extends DrCommand {
  static override summary = "what is wrong with policies, and what to write instead; exit 0 clean, 3 findings"
  static override examples = [
    "<%= config.bin %> policy lint key.json --var account_id=111111111111 --recovery-role ARN",
    "<%= config.bin %> policy lint policies/ -o sarif --out lint.sarif   # a folder, for code scanning",
    "<%= config.bin %> policy lint -e prod --fail-on warning             # what dr.yaml renders; --live for AWS",
  ]
  static override args = {
    file: Args.string({
      description: "policy files; - is stdin, a folder stands for its *.json",
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    kind: Flags.option({ description: "kind of the files (default: guessed)", options: KINDS })(),
    var: Flags.string({ description: "render ${NAME} in the files", helpValue: "NAME=VALUE", ...many }),
    account: Flags.string({ description: "account of the key, role or bucket", helpValue: "ID" }),
    key: Flags.string({ description: "key of the policy, or of the bucket", helpValue: "ARN" }),
    "recovery-role": Flags.string({ description: "role that restores from outside", helpValue: "ARN", ...many }),
    "break-glass": Flags.string({ description: "role for emergencies", helpValue: "ARN", ...many }),
    "workload-role": Flags.string({
      description: "role that uses keys (default: all that a key policy lets)",
      helpValue: "ARN",
      ...many,
    }),
    "recovery-region": Flags.string({ description: "Region to recover in", helpValue: "REGION", ...many }),
    "declared-account": Flags.string({ description: "account that policies may name", helpValue: "ID", ...many }),
    organization: Flags.string({ description: "id of our organisation", helpValue: "ID" }),
    "max-grant-age-days": Flags.integer({ description: "how old a grant may be", helpValue: "DAYS", min: 1 }),
    "fail-on": Flags.option({
      description: "least severity that exits 3",
      options: ["error", "warning", "never"] as const,
      default: "error" as const,
    })(),
    ...outputFlags(["text", "json", "sarif", "junit"], "text"),
    ...inventoryFlags,
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(PolicyLint)
    const { fails, placeOf, RULES, titleOf } = await import("../../src/access/lint/index.ts")
    const { report, files, warnings } = await lintWhatIsNamed(args.file ?? [], flags, this.sources(flags))
    const failOn = flags["fail-on"]
    const input = {
      report,
      rules: RULES,
      version: this.config.version,
      placeOf,
      files,
      fails: (finding: Finding) => fails(finding, failOn === "never" ? "error" : failOn),
    }
    const views = {
      text: () => policyLintText(report, { placeOf, titleOf }),
      json: () => jsonLine(report),
      sarif: () => lintSarif(input),
      junit: () => lintJunit(input),
    }
    if (flags.out !== undefined) await writeAtomic(flags.out, `${views[flags.output]()}\n`)
    return {
      kind: "PolicyLint",
      data: report,
      text: flags.out === undefined ? views[flags.output] : `findings: ${flags.out}`,
      exit: report.findings.some((finding) => fails(finding, failOn)) ? EXIT.checkSaysNo : EXIT.ok,
      warnings,
    }
  }
}
