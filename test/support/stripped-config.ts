import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Config } from "@oclif/core"

export const ROOT = fileURLToPath(new URL("../..", import.meta.url))

/** oclif's configuration without commands, plug-ins and hooks: nothing is loaded but the class under test. */
export function strippedConfig(): Promise<Config> {
  const pjson = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { oclif: Record<string, unknown> }
  const { commands: _commands, plugins: _plugins, hooks: _hooks, ...oclif } = pjson.oclif
  return Config.load({ root: ROOT, pjson: { ...pjson, oclif } as never, ignoreManifest: true })
}
