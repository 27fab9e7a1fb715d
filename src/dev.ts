import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Config } from "@oclif/core"
import { hoistGlobalFlags } from "./runtime/argv.ts"
import { guardProcess } from "./runtime/process-guard.ts"
import { runCli } from "./runtime/run-cli.ts"

/**
 * The development entry (`npm run dev --`): the same commands from their sources, through tsx. oclif's own development mode
 * would fall back to dist without a word, and a left-over manifest would win over the code.
 */
guardProcess()
const root = fileURLToPath(new URL("..", import.meta.url))
const text = readFileSync(`${root}/package.json`, "utf8")
  .replaceAll("./dist/commands", "./commands")
  .replaceAll("./dist/src/", "./src/")
const config = await Config.load({ root, pjson: JSON.parse(text) as never, ignoreManifest: true })
await runCli(hoistGlobalFlags(process.argv.slice(2)), config)
