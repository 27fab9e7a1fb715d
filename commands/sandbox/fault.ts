import { Flags } from "@oclif/core"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { addFault, clearFaults, faultTable, listFaults, parseFault } from "../../src/sandbox/control-client.ts"

export default class SandboxFault extends DrCommand {
  static override summary = "make calls to a running sandbox fail on purpose"
  static override examples = [
    "<%= config.bin %> sandbox fault --port 4599 --add deny:kms:Decrypt",
    "<%= config.bin %> sandbox fault --port 4599 --add error-in-200:s3:CopyObject:loki/",
    `<%= config.bin %> sandbox fault --port 4599 --add '{"kind":"throttle","service":"s3","probability":0.1}'`,
    "<%= config.bin %> sandbox fault --port 4599 --clear",
  ]
  static override flags = {
    port: Flags.integer({ description: "port of the sandbox", required: true, min: 1, max: 65_535 }),
    add: Flags.string({
      description: "a rule as JSON, or kind:service:operation:match",
      helpValue: "RULE",
      exclusive: ["list", "clear"],
    }),
    list: Flags.boolean({
      description: "show the rules and how often they struck (default)",
      exclusive: ["add", "clear"],
    }),
    clear: Flags.boolean({ description: "remove all rules", exclusive: ["add", "list"] }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(SandboxFault)
    if (flags.add !== undefined) {
      const { fault } = await addFault(flags.port, parseFault(flags.add))
      return { kind: "SandboxFault", data: fault, text: `added ${fault.id}: ${fault.kind}`, simulated: true }
    }
    if (flags.clear) {
      const data = await clearFaults(flags.port)
      return { kind: "SandboxFaults", data, text: `cleared ${data.cleared}`, simulated: true }
    }
    const data = await listFaults(flags.port)
    return { kind: "SandboxFaults", data, text: faultTable(data.faults), simulated: true }
  }
}
