import { Args, Flags } from "@oclif/core"
import type { KeyPlan } from "../../src/keys/plan/key-plan.ts"
import { loadEstate } from "../../src/estate/load.ts"
import { Prompt, consentFlags } from "../../src/runtime/ask.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { Deps } from "../../src/runtime/deps.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { actorFlags } from "../../src/runtime/key-actors.ts"
import { applyRecorded, environmentOfPlan, exitOfApply } from "../../src/runtime/key-apply.ts"
import {
  DEFAULT_VALIDITY,
  openPlanningTable,
  planNow,
  readPlanFile,
  validityOf,
  type PlanningTable,
} from "../../src/runtime/key-planning.ts"
import { agreeToPlan } from "../../src/runtime/key-consent.ts"
import { appliedText, keyPlanText } from "../../src/ui/key-plan-text.ts"

export default class KeysApply extends DrCommand {
  static override summary = "do what `keys plan` planned, step by step, and prove it with real bytes"
  static override description =
    "Reads AWS again and refuses a plan that is out of date (3) or was edited (78). Each step is checked, taken and read back; at the end a data key travels from one Region to the other. Interrupted or killed, apply the same plan again: it goes on and makes nothing twice. Exits 3 when a key could not be proven."
  static override examples = [
    "<%= config.bin %> keys apply p.json --in recovery=ann-recovery --mfa workload=DEVICE-ARN --mfa recovery=DEVICE-ARN",
    "<%= config.bin %> keys apply -e prod                    # plans, shows, asks, applies",
    "<%= config.bin %> keys apply p.json --yes",
  ]
  static override args = {
    PLAN: Args.string({ description: "file of `keys plan --out` (default: plan now)", ignoreStdin: true }),
  }
  static override flags = {
    ...envFlag,
    ...actorFlags,
    ...consentFlags,
    verbose: Flags.boolean({ description: "show the API calls of each step, and its way back" }),
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(KeysApply)
    const config = await this.findConfig(flags)
    const file = args.PLAN === undefined ? undefined : await readPlanFile(args.PLAN, this.signal)
    const names = Object.keys(loadEstate(config).environments)
    const env = file === undefined ? flags.env : environmentOfPlan(file, flags.env, names)
    const deps = this.deps(flags, config)
    const prompt = new Prompt({ silent: flags["no-input"] || this.jsonEnabled(), signal: this.signal })
    const open = (hash: string) => openPlanningTable(deps, { config, env, flags, prompt, plan: hash })
    try {
      const plan = file ?? (await this.#planNow(deps, await open("")))
      const table = await open(plan.hash)
      try {
        const { simulated } = table.environment
        if (!flags.quiet && !this.jsonEnabled())
          this.#show(keyPlanText(plan, { verbose: flags.verbose, simulated, next: false }))
        await agreeToPlan(prompt, plan, table.environment, flags, deps.clock.now())
        const again = `dr keys apply ${args.PLAN ?? `-e ${plan.env}`}`
        const applied = await applyRecorded(deps, table, plan, () => this.tell(`resume: ${again}`))
        return {
          kind: "KeysApplied",
          data: applied,
          text: () => appliedText(applied, simulated),
          exit: exitOfApply(applied),
          env: plan.env,
          run: deps.run,
          simulated,
          config: { path: config.path, sha256: config.sha256 },
        }
      } finally {
        table.close()
      }
    } finally {
      prompt.close()
    }
  }

  async #planNow(deps: Deps, table: PlanningTable): Promise<KeyPlan> {
    try {
      return await planNow(deps, table, { validFor: validityOf(DEFAULT_VALIDITY), revoke: [] })
    } finally {
      table.close()
    }
  }

  /** On stderr: stdout is the result's. */
  #show(text: string): void {
    for (const line of text.split("\n")) this.tell(line)
  }
}
