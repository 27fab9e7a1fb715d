import { Args, Flags } from "@oclif/core"
import { DrCommand } from "../src/runtime/command.ts"
import type { CommandResult } from "../src/runtime/envelope.ts"
import { environmentOfRestore, exitOfRestore } from "../src/runtime/restore-consent.ts"
import { canGoOn, findRestore, runIdOf } from "../src/runtime/restore-find.ts"
import { restoreLimits, restoreLimitFlags } from "../src/runtime/restore-limits.ts"
import { mustBeStopped, mustHaveEnded, planOfRun, restoreRecorded } from "../src/runtime/restore-run.ts"
import { restoreText } from "../src/ui/restore-text.ts"

export default class Resume extends DrCommand {
  static override summary =
    "go on with a restore that was stopped: by Ctrl-C, a kill, a reboot, a full disk, an expired session"
  static override description =
    "Without RUN the newest one that can go on. The journal is followed from its beginning: what it has is not done again, what it does not have is asked for before it is sent. A restore was agreed to when it began, so nothing is asked. Runs of keys go on with their own command: the same `keys apply`, `keys rotate` or `keys escrow` again."
  static override examples = ["<%= config.bin %> resume", "<%= config.bin %> resume dr-20261124T021700Z-7f3a --json"]
  static override args = { RUN: Args.string({ description: "id of the run", ignoreStdin: true }) }
  static override flags = {
    ...restoreLimitFlags,
    salvage: Flags.boolean({
      description: "keep what is sound of a damaged journal, and do the rest again",
    }),
  }

  override async run(): Promise<CommandResult> {
    const { args, flags } = await this.parse(Resume)
    const config = await this.findConfig(flags)
    const deps = this.deps(flags, config)
    const name = args.RUN === undefined ? undefined : runIdOf(args.RUN)
    const { found, damaged } = await findRestore(deps.state, name, canGoOn, "restore can go on")
    for (const one of damaged) this.tell(`! damaged, passed over: ${one}`)
    mustBeStopped(found.record)
    const { folder, plan } = await planOfRun(deps, found.run)
    const environment = await environmentOfRestore(config, plan, undefined)
    const done = await restoreRecorded(deps, folder, plan, {
      environment,
      config: { path: config.path, sha256: config.sha256 },
      salvage: flags.salvage,
      takeOver: flags["take-over"],
      ...restoreLimits(flags),
    }).catch((thrown: unknown) => {
      this.tell(`resume: dr resume ${folder.run}`)
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
