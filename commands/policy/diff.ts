import { Args, Flags } from "@oclif/core"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import { readComparable } from "../../src/runtime/comparable.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { policyDiffText } from "../../src/ui/policy-diff-text.ts"

export default class PolicyDiff extends DrCommand {
  static override summary = "what changed between two inventories or two policies: wider, narrower"
  static override examples = [
    "<%= config.bin %> policy diff yesterday.json today.json --detailed-exitcode   # in CI",
    "<%= config.bin %> policy diff key-policy.old.json key-policy.json",
  ]
  static override args = {
    before: Args.string({
      description: "an inventory, a snapshot or a policy (JSON)",
      required: true,
      ignoreStdin: true,
    }),
    after: Args.string({ description: "the same kind of file", required: true, ignoreStdin: true }),
  }
  static override flags = {
    "detailed-exitcode": Flags.boolean({ description: "exit 2 when something differs", aliases: ["check"] }),
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(PolicyDiff)
    const [before, after] = await Promise.all([
      readComparable(args.before, this.signal),
      readComparable(args.after, this.signal),
    ])
    const { compare } = await import("../../src/access/compare-any.ts")
    const result = compare(before, after)
    if (result === undefined)
      throw new DrError({
        code: "E_USAGE",
        exit: EXIT.usage,
        message: `cannot compare ${before.kind} ${args.before} with ${after.kind} ${args.after}`,
        hints: ["name two inventories or two policies"],
      })
    return {
      kind: "PolicyDiff",
      data: result,
      text: () => policyDiffText(result),
      exit: flags["detailed-exitcode"] && !result.same ? EXIT.changesPending : EXIT.ok,
    }
  }
}
