import { Args, Flags } from "@oclif/core"
import { DrError } from "../../src/kernel/errors.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { inventoryFlags, inventoryFrom } from "../../src/runtime/inventory-source.ts"
import { whoCanText } from "../../src/ui/policy-who-can-text.ts"

export default class PolicyWhoCan extends DrCommand {
  static override summary = "who can do this with this key: by name, by class, by grant"
  static override examples = [
    "<%= config.bin %> policy who-can kms:Decrypt -e prod --key alias/observability-prod@eu-central-1",
    "<%= config.bin %> policy who-can s3:PutObject -e prod --on s3://example-loki-recovery/x",
  ]
  static override args = {
    action: Args.string({ description: "an IAM action, kms:Decrypt", required: true, ignoreStdin: true }),
  }
  static override flags = {
    key: Flags.string({ description: "alias/x@region, key ARN, label or id", helpValue: "KEY", exclusive: ["on"] }),
    on: Flags.string({ description: "s3://bucket/object, role, ARN or *", helpValue: "RESOURCE" }),
    with: Flags.string({
      description: "a condition key of the request; what is not said stays open",
      helpValue: "KEY=VALUE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...inventoryFlags,
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(PolicyWhoCan)
    const ref = flags.key ?? flags.on
    if (ref === undefined)
      throw new DrError({
        code: "E_USAGE",
        exit: EXIT.usage,
        message: `who can ${args.action} on what?`,
        hints: [`dr policy who-can ${args.action} --key alias/NAME`, `dr policy who-can ${args.action} --on RESOURCE`],
      })
    const [{ CompiledInventory }, { factsFromText }, { findResource }, { whoCan }] = await Promise.all([
      import("../../src/access/inventory-stack.ts"),
      import("../../src/access/facts-from-text.ts"),
      import("../../src/access/refs.ts"),
      import("../../src/access/who-can.ts"),
    ])
    const compiled = new CompiledInventory(await inventoryFrom(flags, this.sources(flags)))
    const result = whoCan(
      compiled,
      args.action,
      findResource(compiled, ref, args.action),
      factsFromText(flags.with ?? []),
    )
    return { kind: "PolicyWhoCan", data: result, text: () => whoCanText(result) }
  }
}
