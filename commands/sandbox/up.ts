import { once } from "node:events"
import { dirname, join, resolve } from "node:path"
import { Flags } from "@oclif/core"
import { demoSandbox } from "../../src/demo/world.ts"
import { DrCommand } from "../../src/runtime/command.ts"
import type { GlobalFlags } from "../../src/runtime/flags.ts"
import type { CommandResult } from "../../src/runtime/envelope.ts"
import { StateFolder, writeAtomic } from "../../src/runtime/state-folder.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { DEFAULT_ACCOUNTS, optionsFromEstate } from "../../src/sandbox/options-from-estate.ts"
import { profilesFile, renderEnvironment } from "../../src/sandbox/render-environment.ts"

export default class SandboxUp extends DrCommand {
  static override summary = "serve an embedded AWS on 127.0.0.1 until it is stopped"
  static override description =
    "Prints the environment to export and the accounts. With --state the world survives a restart; its file holds key material and is readable by you only."
  static override examples = [
    "<%= config.bin %> sandbox up",
    "<%= config.bin %> sandbox up --port 4599 --estate dr.yaml --state .dr/sandbox",
    "<%= config.bin %> sandbox up --estate dr.yaml --profiles .dr/credentials  # then: dr keys plan",
    "<%= config.bin %> sandbox up --demo        # then drill, break and inspect it by hand",
    "<%= config.bin %> sandbox up --page-size 3 # find callers that read only the first page",
  ]
  static override flags = {
    port: Flags.integer({ description: "port on 127.0.0.1; 0 takes a free one", default: 0, min: 0, max: 65_535 }),
    estate: Flags.string({ description: "seed accounts and roles from this dr.yaml", helpValue: "FILE" }),
    demo: Flags.boolean({
      description: "fill it with the demo's keys and objects, to drill by hand",
      exclusive: ["estate", "state"],
    }),
    profiles: Flags.string({
      description: "write an AWS credentials file with a profile for each account, for --profile and --in",
      helpValue: "FILE",
    }),
    state: Flags.string({ description: "keep the world in this folder", helpValue: "DIR" }),
    "page-size": Flags.integer({ description: "largest page of every list", min: 1 }),
    lag: Flags.integer({ description: "virtual milliseconds until a changed alias or a new replica is seen", min: 0 }),
    enforcement: Flags.option({
      description:
        "whether policies decide (on), only note in the audit log what they would refuse (log), or are not asked (off)",
      options: ["on", "log", "off"] as const,
      default: "on" as const,
    })(),
    seed: Flags.string({ description: "seed of the fault script", default: "sandbox" }),
  }

  override async run(): Promise<CommandResult> {
    const { flags } = await this.parse(SandboxUp)
    const pageSize = flags["page-size"]
    const sandbox = await startSandbox({
      ...(flags.demo ? demoSandbox() : await this.#estate(flags)),
      enforcement: flags.enforcement,
      port: flags.port,
      seed: flags.seed,
      ...(flags.state === undefined ? {} : { stateDir: flags.state }),
      ...(pageSize === undefined ? {} : { pageSize }),
      ...(flags.lag === undefined ? {} : { lagMs: flags.lag, replicaDelayMs: flags.lag }),
    })
    const { endpoint, accounts } = sandbox
    try {
      const profiles = flags.profiles === undefined ? undefined : resolve(flags.profiles)
      if (profiles !== undefined) {
        await new StateFolder(dirname(profiles)).folder()
        await writeAtomic(profiles, profilesFile(sandbox))
      }
      if (!this.jsonEnabled()) process.stdout.write(`${renderEnvironment(sandbox, profiles)}\n`)
      if (flags.demo) await this.#fill(flags, sandbox)
      this.tell(`listening on ${endpoint}; Ctrl-C stops it`)
      if (!this.signal.aborted) await once(this.signal, "abort")
    } finally {
      await sandbox.close()
    }
    return { kind: "Sandbox", data: { endpoint, accounts }, text: "", simulated: true }
  }

  /** Accounts and roles of a dr.yaml, with the rights that dr renders for them. */
  async #estate(flags: GlobalFlags & { estate?: string | undefined }) {
    if (flags.estate === undefined) return optionsFromEstate(DEFAULT_ACCOUNTS)
    const [{ loadEstate }, { rolesOfEstate }] = await Promise.all([
      import("../../src/estate/load.ts"),
      import("../../src/keys/estate-roles.ts"),
    ])
    const estate = loadEstate(await this.findConfig({ ...flags, config: flags.estate }))
    const { roles, refused } = rolesOfEstate(estate)
    for (const [env, why] of refused) this.tell(`! the roles of ${env} get no rights: ${why}`)
    return optionsFromEstate(estate, roles)
  }

  async #fill(flags: GlobalFlags, sandbox: Sandbox): Promise<void> {
    const { seedDemo } = await import("../../src/demo/seed.ts")
    const deps = this.deps({ ...flags, "state-dir": flags["state-dir"] ?? join(process.cwd(), ".dr", "by-hand") })
    const { config, workload, objects } = await seedDemo(sandbox, deps)
    workload.close()
    this.tell(`${objects} objects are there; drill them with: dr drill run -e demo --config ${config.path}`)
  }
}
