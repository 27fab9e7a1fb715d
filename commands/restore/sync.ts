import { Args, Flags } from "@oclif/core"
import { dirname } from "node:path"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import { Prompt } from "../../src/runtime/ask.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { exitOfRestore } from "../../src/runtime/restore-consent.ts"
import { restoreLimits, restoreLimitFlags } from "../../src/runtime/restore-limits.ts"
import { afterFailure, mustHaveEnded, restoreRecorded, takeIn } from "../../src/runtime/restore-run.ts"
import { planSync } from "../../src/runtime/restore-sync.ts"
import { syncText } from "../../src/ui/restore-sync-text.ts"

export default class RestoreSync extends DrCommand {
  static override summary = "keep the recovery copy of a dataset fresh: copy what it lacks, replace what has changed"
  static override description =
    "Joins the listings of the source and of its recovery copy and copies the difference, each replacement on condition that the copy is still the one that was seen. What only the copy has stays: nothing is ever deleted. Says how far behind the copy was, against the RPO. For a scheduler: --yes; exits as `restore run` does."
  static override examples = [
    "<%= config.bin %> restore sync loki -e prod --yes",
    "<%= config.bin %> restore sync all -e prod --yes --json     # every dataset, by priority",
  ]
  static override args = {
    DATASET: Args.string({ description: "a dataset of dr.yaml, or all", required: true, ignoreStdin: true }),
  }
  static override flags = {
    ...envFlag,
    ...restoreLimitFlags,
    role: Flags.string({
      description: "the role that does it (default: roles.restore of the recovery account, else its roles.sync)",
      helpValue: "ROLE_ARN",
    }),
    yes: Flags.boolean({ char: "y", description: "copy without asking" }),
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(RestoreSync)
    const config = await this.findConfig(flags)
    const environment = environmentOf(loadEstate(config), flags.env)
    const deps = this.deps(flags, config)
    const limits = restoreLimits(flags)
    const { plan, path, behind, warnings } = await planSync(deps, environment, args.DATASET, {
      from: args.DATASET,
      role: flags.role,
      verify: "answer",
      inspect: "sample",
      "fresh-data-keys": false,
      "storage-class": "keep",
      archived: "refuse",
      "multipart-above": 5 * 1024 ** 3,
      listers: 8,
      "max-inflight": flags["max-inflight"],
      partitions: 1,
      "allow-empty": true,
      expires: "24h",
    })
    const prompt = new Prompt({ silent: flags["no-input"] || this.jsonEnabled(), signal: this.signal })
    const objects = plan.parts.reduce((sum, { counts }) => sum + counts.objects, 0)
    try {
      await prompt.agree(`Copy ${objects} objects of ${args.DATASET} to their recovery copies?`, flags.yes)
    } finally {
      prompt.close()
    }
    const folder = await takeIn(deps, plan, dirname(path))
    const done = await restoreRecorded(deps, folder, plan, {
      environment,
      config: { path: config.path, sha256: config.sha256 },
      takeOver: flags["take-over"],
      ...limits,
    }).catch(async (thrown: unknown) => {
      await afterFailure(folder, thrown, (line) => this.tell(line))
      throw thrown
    })
    this.signal.throwIfAborted()
    mustHaveEnded(done)
    return {
      kind: "RestoreSync",
      data: {
        verdict: done.result.verdict,
        behind,
        parts: done.result.parts,
        folder: done.folder,
        record: done.record,
      },
      text: () => syncText(done, behind, environment.objectives.rpoMs),
      exit: exitOfRestore(done.result),
      warnings,
      env: environment.name,
      run: done.run,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
