import { stripVTControlCharacters } from "node:util"
import { CommandHelp, Help, type Interfaces } from "@oclif/core"
import { EXIT } from "../kernel/exit-codes.ts"
import { lookOf } from "../ui/look.ts"

const FIRST_STEPS: ReadonlyArray<readonly [string, string]> = [
  ["dr sandbox demo", "rehearse a key loss without an AWS account, in under a minute"],
  ["dr config init", "write a commented dr.yaml"],
  ["dr drill run -e prod", "drill a restore and judge it against the RTO"],
  ["dr rto check", "is every proof fresh and within its limit? exit 0 or 3"],
]

/** Examples right after the usage: who reads help at 3 a.m. copies a line. */
class ExamplesFirst extends CommandHelp {
  protected override sections() {
    const sections = super.sections()
    const order = (header: string): number => ["USAGE", "EXAMPLES"].indexOf(header)
    return [...sections].sort((a, b) => rank(order(a.header)) - rank(order(b.header)))
  }

  /** Without the list of all flags: they stand below, each with its meaning. */
  protected override defaultUsage(): string {
    const args = Object.values(this.command.args).filter(({ hidden }) => hidden !== true)
    const more = this.command.strict === false ? ["..."] : [] // the last argument may be repeated
    return [this.command.id, ...args.map((arg) => this.arg(arg)), ...more, "[FLAGS]"].join(" ")
  }
}

function rank(position: number): number {
  return position === -1 ? Number.MAX_SAFE_INTEGER : position
}

export default class DrHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst

  /** oclif prints bold headings into a pipe as well, where COLORTERM or CI is set. */
  protected override log(...args: string[]): void {
    const { colour } = lookOf(process.stdout, process.env)
    super.log(...(colour ? args : args.map((arg) => stripVTControlCharacters(arg))))
  }

  override formatRoot(): string {
    const width = Math.max(...FIRST_STEPS.map(([command]) => command.length))
    const steps = FIRST_STEPS.map(([command, why]) => `$ ${command.padEnd(width)}  ${why}`).join("\n")
    const codes =
      "dr help exit-codes   what each exit code means\ndr COMMAND --json    one JSON document on stdout, the same exit code"
    return [super.formatRoot().trimEnd(), this.section("START HERE", steps), this.section("GOOD TO KNOW", codes)].join(
      "\n\n",
    )
  }

  /** oclif ends with 2 for help about something unknown, which means "changes pending" here. */
  override async showHelp(argv: string[]): Promise<void> {
    try {
      await super.showHelp(argv)
    } catch (error) {
      const { oclif } = error as Partial<Interfaces.OclifError>
      if (oclif !== undefined) oclif.exit = EXIT.usage
      throw error
    }
  }
}
