import { readdir, readFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { readDefinitions, type DefinitionFile } from "../drill/definitions.ts"
import type { DrillDefinition } from "../drill/schema.ts"
import { packageRoot } from "./package-root.ts"

/** The built-in drills and those in the drills/ folder beside dr.yaml. */
export async function loadDefinitions(configPath: string | undefined): Promise<ReadonlyMap<string, DrillDefinition>> {
  const builtIn = join(packageRoot(), "drills")
  const own = configPath === undefined ? undefined : join(dirname(configPath), "drills")
  const folders = own === undefined || own === builtIn ? [builtIn] : [builtIn, own]
  return readDefinitions((await Promise.all(folders.map(filesIn))).flat())
}

async function filesIn(folder: string): Promise<DefinitionFile[]> {
  const names = await readdir(folder).catch(() => [] as string[])
  const paths = names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name))
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })))
}
