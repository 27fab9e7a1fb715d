import { Flags } from "@oclif/core"
import { Prompt } from "../../src/runtime/ask.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { actorFlags } from "../../src/runtime/key-actors.ts"
import {
  DEFAULT_VALIDITY,
  exitOfPlan,
  openPlanningTable,
  planNow,
  validityOf,
  writePlanFile,
} from "../../src/runtime/key-planning.ts"
import { keyPlanText } from "../../src/ui/key-plan-text.ts"

export default class KeysPlan extends DrCommand {
  static override summary = "what is between dr.yaml and the keys in AWS, as steps; changes nothing"
  static override description =
    "Compares every key of the environment with AWS, in both accounts and all Regions: primary, replicas, recovery key, aliases, policies, grants, tags, rotation. What is there already is adopted. Exits 0; with --detailed-exitcode or --out: 2 when steps are pending, 3 when something blocks them or no step can bring what dr.yaml wants."
  static override examples = [
    "<%= config.bin %> keys plan -e prod",
    "<%= config.bin %> keys plan -e prod --out p.json        # then: dr keys apply p.json",
    "<%= config.bin %> keys plan -e prod --detailed-exitcode # a drift job",
    "<%= config.bin %> keys plan -e prod --revoke 0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60",
  ]
  static override flags = {
    ...envFlag,
    in: actorFlags.in,
    out: Flags.string({ description: "also write the plan to FILE, for `dr keys apply FILE`", helpValue: "FILE" }),
    "detailed-exitcode": Flags.boolean({
      description: "exit 2 when steps are pending, 3 when something is in their way",
    }),
    revoke: Flags.string({
      description: "revoke this grant; never done unasked",
      multiple: true,
      helpValue: "GRANT-ID",
    }),
    expires: Flags.string({
      description: "how long the plan may be applied",
      default: DEFAULT_VALIDITY,
      helpValue: "DURATION",
    }),
    verbose: Flags.boolean({ description: "show the API calls of each step, and its way back" }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(KeysPlan)
    const options = { validFor: validityOf(flags.expires), revoke: flags.revoke ?? [] }
    const config = await this.findConfig(flags)
    const deps = this.deps(flags, config)
    const prompt = new Prompt({ silent: true, signal: this.signal })
    const table = await openPlanningTable(deps, { config, env: flags.env, flags, prompt, plan: "" })
    try {
      const plan = await planNow(deps, table, options)
      if (flags.out !== undefined) await writePlanFile(flags.out, plan)
      const { simulated } = table.environment
      return {
        kind: "KeyPlan",
        data: plan,
        text: () => keyPlanText(plan, { verbose: flags.verbose, file: flags.out, simulated, next: true }),
        exit: exitOfPlan(plan, flags["detailed-exitcode"] || flags.out !== undefined),
        env: plan.env,
        simulated,
        config: { path: config.path, sha256: config.sha256 },
      }
    } finally {
      table.close()
    }
  }
}
