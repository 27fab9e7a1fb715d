import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ACCOUNTS, demoConfig } from "../../../src/demo/world.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { rolesOfEstate } from "../../../src/keys/estate-roles.ts"
import { startSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/index.ts"
import { optionsFromEstate } from "../../../src/sandbox/options-from-estate.ts"
import { profilesFile } from "../../../src/sandbox/render-environment.ts"

/** An empty sandbox with the accounts and roles of a dr.yaml, as `dr sandbox up --estate` makes it, and its people's profiles. */
export interface DemoEstate {
  readonly sandbox: Sandbox
  readonly folder: string
  /** Text of dr.yaml. */
  readonly config: string
  /** Environment variables under which the spawned `dr` finds the profiles. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

export async function emptyDemoEstate(
  change: (config: string) => string = (config) => config,
  options: Partial<SandboxOptions> = {},
): Promise<DemoEstate> {
  const estate = loadEstate({ path: "dr.yaml", text: change(demoConfig("http://127.0.0.1:4599")) })
  const sandbox = await startSandbox({
    ...optionsFromEstate(estate, rolesOfEstate(estate).roles),
    replicaDelayMs: 0,
    ...options,
  })
  const folder = mkdtempSync(join(tmpdir(), "dr-plan-"))
  const config = change(demoConfig(sandbox.endpoint))
  writeFileSync(join(folder, "dr.yaml"), config)
  writeFileSync(join(folder, "credentials"), profilesFile(sandbox))
  return {
    sandbox,
    folder,
    config,
    env: {
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
      AWS_CONFIG_FILE: join(folder, "none"),
      HOME: folder,
      NODE_NO_WARNINGS: "1",
    },
    async close() {
      await sandbox.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A person who may become break-glass in both accounts, each with a second factor. */
export const PERSON = [
  "--profile",
  "workload",
  "--in",
  "recovery=recovery",
  "--mfa",
  `workload=arn:aws:iam::${ACCOUNTS.workload.id}:mfa/ann`,
  "--mfa",
  `recovery=arn:aws:iam::${ACCOUNTS.recovery.id}:mfa/ann`,
]
export const CODES = "123456\n123456\n"
