import { access, stat } from "node:fs/promises"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { discoverConfig, type ConfigFiles, type FoundConfig } from "../estate/discover.ts"
import { readIfThere } from "./state-folder.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

const files: ConfigFiles = {
  read: async (path) => {
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory())
      throw refused(`${path} is a folder, expected a dr.yaml`, `--config ${join(path, "dr.yaml")}`)
    // A pipe would be waited for, deaf to Ctrl-C; a device has no end.
    if (found !== undefined && !found.isFile()) throw refused(`${path} is not a regular file`, "--config dr.yaml")
    return readIfThere(path)
  },
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
}

function refused(message: string, hint: string): DrError {
  return new DrError({ code: "E_CONFIG", exit: EXIT.config, message, hints: [hint] })
}

/** The dr.yaml that counts for this process. @throws DrError E_CONFIG_MISSING (78) */
export function findConfig(config: string | undefined): Promise<FoundConfig> {
  const { XDG_CONFIG_HOME: xdgConfigHome, HOME: home } = process.env
  return discoverConfig(files, {
    cwd: process.cwd(),
    ...(config === undefined ? {} : { config }),
    ...(xdgConfigHome === undefined ? {} : { xdgConfigHome }),
    ...(home === undefined ? {} : { home }),
  })
}

/** `--state-dir`, else `.dr` beside dr.yaml, else `dr` in the folder that the system keeps for states. */
export function stateDirFor(flag: string | undefined, config: { path: string } | undefined): string {
  if (flag !== undefined) return flag
  if (config !== undefined) return join(dirname(config.path), ".dr")
  return join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "dr")
}
