import { Args } from "@oclif/core"
import { jsonLine } from "../../src/kernel/display.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { expectJunit } from "../../src/report/policy-expect.ts"
import { loadAccessRules } from "../../src/runtime/access-rules.ts"
import { DrCommand, outputFlags } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { inventoryFlags, inventoryFrom } from "../../src/runtime/inventory-source.ts"
import { writeAtomic } from "../../src/runtime/state-folder.ts"
import { expectText } from "../../src/ui/policy-expect-text.ts"

export default class PolicyExpect extends DrCommand {
  static override summary = "hold the policies to rules: must, mustNot, onlyVia; exit 0 all pass, 3 not"
  static override examples = [
    "<%= config.bin %> policy expect access.yaml -e prod",
    "<%= config.bin %> policy expect access.yaml --terraform plan.json -o junit --out access.xml   # in CI",
  ]
  static override args = {
    file: Args.string({ description: "rules (docs/examples/access.yaml)", required: true, ignoreStdin: true }),
  }
  static override flags = { ...outputFlags(["text", "json", "junit"], "text"), ...inventoryFlags }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(PolicyExpect)
    const rules = await loadAccessRules(args.file, this.signal)
    const [{ CompiledInventory }, { expectAccess }] = await Promise.all([
      import("../../src/access/inventory-stack.ts"),
      import("../../src/access/expect.ts"),
    ])
    const compiled = new CompiledInventory(await inventoryFrom(flags, this.sources(flags)))
    const result = expectAccess(compiled, rules)
    const views = {
      text: () => expectText(result),
      json: () => jsonLine(result),
      junit: () => expectJunit(result),
    }
    if (flags.out !== undefined) await writeAtomic(flags.out, `${views[flags.output]()}\n`)
    return {
      kind: "PolicyExpect",
      data: result,
      text: flags.out === undefined ? views[flags.output] : `rules: ${flags.out}`,
      exit: result.passed ? EXIT.ok : EXIT.checkSaysNo,
    }
  }
}
