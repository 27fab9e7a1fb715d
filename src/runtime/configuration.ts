import { access, lstat } from "node:fs/promises"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { discoverConfig, type ConfigFiles, type FoundConfig } from "../estate/discover.ts"
import { readIfThere } from "./state-folder.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

const files: ConfigFiles = {
  read: async (path) => {
    const isFolder = await lstat(path).then(
      (stat) => stat.isDirectory(),
      () => false,
    )
    if (isFolder)
      throw new DrError({
        code: "E_CONFIG",
        exit: EXIT.config,
        message: `${path} is a folder, expected a dr.yaml`,
        hints: [`--config ${join(path, "dr.yaml")}`],
      })
    return readIfThere(path)
  },
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
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
