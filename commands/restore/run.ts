import { Args } from "@oclif/core"
import { dirname, resolve } from "node:path"
import { Prompt, consentFlags } from "../../src/runtime/ask.ts"
import { DrCommand, envFlag } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { agreeToRestore, environmentOfRestore, exitOfRestore } from "../../src/runtime/restore-consent.ts"
import { restoreLimits, restoreLimitFlags } from "../../src/runtime/restore-limits.ts"
import { readRestorePlan } from "../../src/runtime/restore-plan-input.ts"
import { afterFailure, mustHaveEnded, restoreRecorded, takeIn } from "../../src/runtime/restore-run.ts"
import { restoreText } from "../../src/ui/restore-text.ts"

export default class RestoreRun extends DrCommand {
  static override summary = "do what `restore plan` planned: re-encrypt every object, and prove it"
  static override description =
    "Works from the plan's frozen manifest, journals every object, lists both sides again and reads a sample back. Nothing that stands at the destination is overwritten, nothing at the source is deleted. Killed, interrupted or throttled: `dr resume` goes on. Exits 0 when every object is there and proven, 1 when one failed, is missing or differs, 3 when one could not be told or was left out by name, 75 when another run holds the target or the disk is full."
  static override examples = [
    "<%= config.bin %> restore run p.json",
    "<%= config.bin %> restore run p.json --yes --json",
    "<%= config.bin %> restore run p.json --confirm logs-bucket      # re-keys in place: no way back",
  ]
  static override args = {
    PLAN: Args.string({ description: "file of `restore plan --out`", required: true, ignoreStdin: true }),
  }
  static override flags = { ...envFlag, ...consentFlags, ...restoreLimitFlags }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(RestoreRun)
    const config = await this.findConfig(flags)
    const plan = await readRestorePlan(args.PLAN, this.signal)
    const environment = await environmentOfRestore(config, plan, flags.env)
    const deps = this.deps(flags, config)
    const prompt = new Prompt({ silent: flags["no-input"] || this.jsonEnabled(), signal: this.signal })
    try {
      await agreeToRestore(prompt, plan, flags, deps.clock.now())
    } finally {
      prompt.close()
    }
    const folder = await takeIn(deps, plan, dirname(resolve(args.PLAN)))
    const done = await restoreRecorded(deps, folder, plan, {
      environment,
      config: { path: config.path, sha256: config.sha256 },
      takeOver: flags["take-over"],
      ...restoreLimits(flags),
    }).catch(async (thrown: unknown) => {
      await afterFailure(folder, thrown, (line) => this.tell(line))
      throw thrown
    })
    if (done.result.verdict === "stopped") this.tell(`resume: dr resume ${folder.run}`)
    this.signal.throwIfAborted()
    mustHaveEnded(done)
    return {
      kind: "RestoreRun",
      data: {
        verdict: done.result.verdict,
        parts: done.result.parts,
        plan: plan.hash,
        folder: done.folder,
        record: done.record,
      },
      text: () => restoreText(done, environment.simulated),
      exit: exitOfRestore(done.result),
      env: environment.name,
      run: done.run,
      simulated: environment.simulated,
      config: { path: config.path, sha256: config.sha256 },
    }
  }
}
