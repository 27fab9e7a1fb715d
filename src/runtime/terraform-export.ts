import type { FoundConfig } from "../estate/discover.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { KeyInventory } from "../keys/status/key-inventory.ts"
import { markerOf, type Obstacle, type TerraformExport } from "../keys/terraform/export.ts"
import { Prompt } from "./ask.ts"
import type { Deps } from "./deps.ts"
import type { ActorFlags } from "./key-actors.ts"
import { openPlanningTable } from "./key-planning.ts"
import { writeFiles } from "./rendered-files.ts"

/** The environment's keys as AWS has them now. @throws DrError E_CREDENTIALS (77) */
export async function readKeys(
  deps: Deps,
  config: FoundConfig,
  flags: ActorFlags & { readonly env?: string | undefined },
): Promise<KeyInventory> {
  const prompt = new Prompt({ silent: true, signal: deps.signal })
  const table = await openPlanningTable(deps, { config, env: flags.env, flags, prompt, plan: "" })
  try {
    return await table.readInventory()
  } finally {
    table.close()
  }
}

/**
 * Nothing is written when anybody could not say which keys exist: Terraform would make them again. Returns the paths.
 * @throws DrError E_EXPORT_UNREAD (75, refused 77), E_EXPORT_MISFIT (1), E_WOULD_OVERWRITE, E_NO_FOLDER (64), E_WRITE
 */
export function writeTerraform(
  env: string,
  { files, obstacles }: TerraformExport,
  folder: string,
  force: boolean,
): Promise<string[]> {
  if (obstacles.length > 0) throw obstructed(env, obstacles)
  return writeFiles(files, folder, force, (content) => content.startsWith(`${markerOf(env)}\n`))
}

function obstructed(env: string, obstacles: readonly Obstacle[]): DrError {
  const unread = obstacles.every((each) => each.unread !== undefined)
  const silent = obstacles.every((each) => each.unread === "silent")
  const lines = obstacles.map(({ key, message }) => `${key}: ${message}`)
  return new DrError({
    code: unread ? "E_EXPORT_UNREAD" : "E_EXPORT_MISFIT",
    exit: silent ? EXIT.tryLater : unread ? EXIT.noPermission : EXIT.failed,
    message: `nothing was exported: Terraform would make keys that exist\n${lines.join("\n")}`,
    hints: [
      `dr keys plan -e ${env}`,
      "--no-imports writes the configuration alone; applied where keys exist, it makes others",
    ],
    details: obstacles,
  })
}
