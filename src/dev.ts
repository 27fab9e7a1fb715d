import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Config, run, settings, handle } from "@oclif/core"
import { guardProcess, hoistGlobalFlags } from "./runtime/process-guard.ts"

/** The development entry: the same commands from their sources, through tsx. oclif's own development mode would fall back to dist without a word. */
guardProcess()
settings.enableAutoTranspile = false
const root = fileURLToPath(new URL("..", import.meta.url))
const text = readFileSync(`${root}/package.json`, "utf8").replaceAll("./dist/commands", "./commands").replaceAll("./dist/src/", "./src/")
try {
  const config = await Config.load({ root, pjson: JSON.parse(text) as never, ignoreManifest: true })
  await run(hoistGlobalFlags(process.argv.slice(2)), config)
} catch (error) {
  await handle(error as Error)
}
