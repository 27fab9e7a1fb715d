import { join } from "node:path"
import { EXIT } from "../../src/kernel/exit-codes.ts"
import { formatDuration } from "../../src/kernel/duration.ts"
import { rehearse } from "../../src/demo/rehearse.ts"
import { ACCOUNTS, demoSandbox } from "../../src/demo/world.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { startSandbox } from "../../src/sandbox/index.ts"

export default class SandboxDemo extends DrCommand {
  static override summary = "from key loss to report in under a minute, without an AWS account"
  static override description =
    "Starts an embedded AWS with three accounts and two Regions, writes a few thousand objects, drills their restore, disables the primary key, drills again, and reports."
  static override examples = ["<%= config.bin %> sandbox demo"]

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(SandboxDemo)
    const folder = flags["state-dir"] ?? join(process.cwd(), ".dr", "demo")
    const newDeps = () => this.deps({ ...flags, "state-dir": folder })
    const sandbox = await startSandbox(demoSandbox())
    try {
      const shown = await rehearse({
        endpoint: sandbox.endpoint,
        credentialsFor: (account) => sandbox.credentialsFor(account),
        newDeps,
      })
      const broken = shown.promises.filter((promise) => !promise.kept)
      return {
        kind: "Demo",
        data: {
          verdict: shown.verdict,
          promises: shown.promises,
          objects: shown.objects,
          elapsedS: shown.elapsedMs / 1000,
          report: shown.report,
          config: shown.config,
          accepted: "simulated",
        },
        text: [
          "",
          ...shown.promises.map(
            (promise) =>
              `${promise.kept ? "✓" : "✕ BROKEN:"} ${promise.promise}${promise.why === undefined ? "" : `: ${promise.why}`}`,
          ),
          "",
          `verdict  ${shown.verdict === "met" ? "✓ met" : `✕ ${shown.verdict}`} · ${shown.words}`,
          `         simulated runs were accepted for this demo (--accept-simulated); an emulated AWS is a rehearsal, not evidence`,
          `report   ${shown.report}`,
          `config   ${shown.config}`,
          `time     ${formatDuration(shown.elapsedMs)} for ${shown.objects} objects in ${Object.keys(ACCOUNTS).length} accounts and 2 Regions`,
        ].join("\n"),
        exit: broken.length === 0 && shown.verdict === "met" ? EXIT.ok : EXIT.failed,
        env: "demo",
        run: shown.run,
        simulated: true,
      }
    } finally {
      await sandbox.close()
    }
  }
}
