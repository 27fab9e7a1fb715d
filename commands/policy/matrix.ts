import { Flags } from "@oclif/core"
import { jsonLine } from "../../src/kernel/display.ts"
import { DrCommand, outputFlags } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { inventoryFlags, inventoryFrom } from "../../src/runtime/inventory-source.ts"
import { writeAtomic } from "../../src/runtime/state-folder.ts"
import { matrixCsv, matrixMarkdown } from "../../src/report/policy-matrix.ts"
import { matrixText } from "../../src/ui/policy-matrix-text.ts"

export default class PolicyMatrix extends DrCommand {
  static override summary = "who may do what with which key: principals, actions, keys"
  static override examples = [
    "<%= config.bin %> policy matrix -e prod",
    "<%= config.bin %> policy matrix -e prod --with kms:ViaService=s3.eu-central-1.amazonaws.com -o csv --out matrix.csv",
  ]
  static override flags = {
    principal: Flags.string({
      description: "only these (default: all)",
      helpValue: "PRINCIPAL",
      multiple: true,
      multipleNonGreedy: true,
    }),
    action: Flags.string({
      description: "only these; kms:* is a pattern",
      helpValue: "ACTION",
      multiple: true,
      multipleNonGreedy: true,
    }),
    key: Flags.string({
      description: "only these (default: all)",
      helpValue: "KEY",
      multiple: true,
      multipleNonGreedy: true,
    }),
    with: Flags.string({
      description: "a condition key of the requests; what is not said stays open",
      helpValue: "KEY=VALUE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...outputFlags(["table", "csv", "md", "json"], "table"),
    ...inventoryFlags,
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(PolicyMatrix)
    const [{ CompiledInventory }, { matrixOf }, { matrixQuestion }] = await Promise.all([
      import("../../src/access/inventory-stack.ts"),
      import("../../src/access/matrix.ts"),
      import("../../src/access/matrix-question.ts"),
    ])
    const compiled = new CompiledInventory(await inventoryFrom(flags, this.sources(flags)))
    const matrix = matrixOf(compiled, matrixQuestion(compiled, flags))
    const views = {
      table: () => matrixText(matrix),
      csv: () => matrixCsv(matrix),
      md: () => matrixMarkdown(matrix),
      json: () => jsonLine(matrix),
    }
    if (flags.out !== undefined) await writeAtomic(flags.out, `${views[flags.output]()}\n`)
    return {
      kind: "PolicyMatrix",
      data: matrix,
      text: flags.out === undefined ? views[flags.output] : `matrix: ${flags.out}`,
    }
  }
}
