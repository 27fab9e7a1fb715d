import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Config } from "@oclif/core"

/** Part of the build: with the manifest oclif loads the one command that was asked for, not all of them. */
const root = fileURLToPath(new URL("../..", import.meta.url))
const config = await Config.load({ root, ignoreManifest: true })
const plugin = config.plugins.get(config.name) as { manifest?: { commands: object } } | undefined
const manifest = plugin?.manifest
if (manifest === undefined || Object.keys(manifest.commands).length === 0)
  throw new Error("no command was found in dist")
writeFileSync(`${root}/oclif.manifest.json`, JSON.stringify(manifest))
