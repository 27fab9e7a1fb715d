import { Flags } from "@oclif/core"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { restoreFlags } from "../../src/runtime/restore-flags.ts"
import { planRestore } from "../../src/runtime/restore-planning.ts"
import { restorePlanText } from "../../src/ui/restore-plan-text.ts"

export default class RestorePlan extends DrCommand {
  static override summary = "what a restore would do to every object, how long it takes, and what it cannot do"
  static override description =
    "Looks at keys and buckets, lists the source into a frozen manifest, reads encryption and locks of a sample, and writes a plan for `restore run`. Nothing in AWS is changed. Exits 3 when it would take longer than RTO-D, or when objects are refused by name: better known today than on the day."
  static override examples = [
    "<%= config.bin %> restore plan -e prod --from loki --out p.json                       # workload to recovery copy, or the other side",
    "<%= config.bin %> restore plan -e prod --from loki --to in-place --key alias/new       # re-key all versions where they lie",
    "<%= config.bin %> restore plan -e prod --from all --to workload --out back.json        # everything back, by priority, hot sets first",
  ]
  static override flags = {
    ...envFlag,
    ...restoreFlags,
    out: Flags.string({
      description: "write the plan there, and its manifests beside it (default: into the state folder)",
      helpValue: "FILE",
    }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(RestorePlan)
    const config = await this.findConfig(flags)
    const environment = environmentOf(loadEstate(config), flags.env)
    const deps = this.deps(flags, config)
    const { plan, path, warnings } = await planRestore(deps, environment, flags)
    const refuses = plan.parts.some(({ refused }) => refused.length > 0)
    return {
      kind: "RestorePlan",
      data: { ...plan, path },
      text: () => restorePlanText(plan, path),
      exit: plan.estimate.share > 1 || refuses ? EXIT.checkSaysNo : EXIT.ok,
      warnings,
      env: environment.name,
      run: deps.run,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
