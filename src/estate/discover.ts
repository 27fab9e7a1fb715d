import { dirname, join, resolve } from "node:path"
import { sha256Hex } from "../kernel/digest.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { ConfigSource } from "./load.ts"

/** The file system as discovery needs it; undefined = there is no such file. Other errors are thrown. */
export interface ConfigFiles {
  read(path: string): Promise<string | undefined>
  exists(path: string): Promise<boolean>
}

export interface FoundConfig extends ConfigSource {
  readonly sha256: string
}

/**
 * The first dr.yaml found wins, nothing is merged: `--config` (or DR_CONFIG), upward from the working folder to the git
 * root, the user's configuration folder, /etc/dr.
 * @throws DrError E_CONFIG_MISSING (78) that lists where it looked
 */
export async function discoverConfig(
  files: ConfigFiles,
  from: { config?: string; cwd: string; xdgConfigHome?: string; home?: string },
): Promise<FoundConfig> {
  const places = from.config === undefined ? await candidates(files, from) : [resolve(from.cwd, from.config)]
  for (const path of places) {
    const text = await files.read(path)
    if (text !== undefined) return { path, text, sha256: sha256Hex(text) }
  }
  throw new DrError({
    code: "E_CONFIG_MISSING",
    exit: EXIT.config,
    message:
      from.config === undefined
        ? `no dr.yaml found; looked at ${places.join(", ")}`
        : `there is no file ${places[0] ?? ""}`,
    hints: ["dr config init", "dr sandbox demo shows everything without a configuration"],
  })
}

async function candidates(
  files: ConfigFiles,
  from: { cwd: string; xdgConfigHome?: string; home?: string },
): Promise<string[]> {
  const places: string[] = []
  for (let folder = resolve(from.cwd); ; folder = dirname(folder)) {
    places.push(join(folder, "dr.yaml"))
    if ((await files.exists(join(folder, ".git"))) || dirname(folder) === folder) break
  }
  const userConfig = from.xdgConfigHome ?? (from.home === undefined ? undefined : join(from.home, ".config"))
  if (userConfig !== undefined) places.push(join(userConfig, "dr", "dr.yaml"))
  return [...places, "/etc/dr/dr.yaml"]
}
