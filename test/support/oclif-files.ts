import { mkdirSync, writeFileSync } from "node:fs"
import { format, stripVTControlCharacters } from "node:util"
import { Config, type Help } from "@oclif/core"
import { pageName, PAGE_WIDTH, VERSION_MARK } from "../../src/runtime/help-page.ts"

type HelpClass = new (config: Config, options: { maxWidth: number }) => Help

/** @throws Error when no command is found: everything would be "not a dr command" */
export async function writeManifest(root: string): Promise<void> {
  const config = await Config.load({ root, ignoreManifest: true })
  const plugin = config.plugins.get(config.name) as { manifest?: { commands: object } } | undefined
  const manifest = plugin?.manifest
  if (manifest === undefined || Object.keys(manifest.commands).length === 0)
    throw new Error("no command was found in dist")
  writeFileSync(`${root}/oclif.manifest.json`, JSON.stringify(manifest))
}

/** One text file per command and topic, as the built help class prints it into a pipe. */
export async function writeHelpPages(root: string): Promise<void> {
  const { default: DrHelp } = (await import(`${root}/dist/src/runtime/help.js`)) as { default: HelpClass }
  mkdirSync(`${root}/dist/help`)
  for (const words of subjects(await Config.load({ root })))
    writeFileSync(`${root}/dist/help/${pageName(words)}`, await renderedHelp(DrHelp, root, words))
}

/** What `dr WORDS --help` prints where stdout is no terminal. */
export async function renderedHelp(DrHelp: HelpClass, root: string, words: readonly string[]): Promise<string> {
  const config = await Config.load({ root }) // afresh: help rewrites the ids of commands that it has shown
  let text = ""
  class Kept extends DrHelp {
    protected override log(...args: string[]): void {
      text += `${format(...args)}\n`
    }
  }
  await new Kept(config, { maxWidth: PAGE_WIDTH }).showHelp([...words, "--help"])
  return stripVTControlCharacters(text).replace(config.userAgent, VERSION_MARK)
}

/** The root, every topic and command; not those whose flags have defaults that are worked out when they run. */
function subjects({ topics, commands }: Config): string[][] {
  const late = commands.filter(({ hasDynamicHelp }) => hasDynamicHelp).map(({ id }) => id)
  const shown = [...topics.map(({ name }) => name), ...commands.map(({ id }) => id)]
  return [[], ...[...new Set(shown)].filter((id) => !late.includes(id)).map((id) => id.split(":"))]
}
