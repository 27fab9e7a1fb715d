import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Metafile } from "esbuild"

/** The licences of every package in the bundle, each text once: what their authors ask of whoever passes copies on. */
export function thirdPartyText(root: string, { inputs }: Metafile): string {
  const folders = [...new Set(Object.keys(inputs).flatMap((path) => packageFolder(path)))].sort()
  const under = new Map<string, string[]>()
  for (const { title, text } of folders.map((folder) => licenceOf(join(root, folder))))
    under.set(text, [...(under.get(text) ?? []), title])
  const parts = [...under].map(([text, titles]) => `${titles.join("\n")}\n\n${text}\n`)
  return `dr contains these packages, each under the text below its name.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`
}

/** `node_modules/a/node_modules/@b/c/x/y.js` → `node_modules/a/node_modules/@b/c` */
function packageFolder(path: string): string[] {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.slice(1, 2) ?? []
}

function licenceOf(folder: string): { title: string; text: string } {
  const text = readFileSync(join(folder, "package.json"), "utf8")
  const { name, version, license } = JSON.parse(text) as { name: string; version: string; license?: string }
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim())
  const licence = license ?? "see below"
  return {
    title: `${name} ${version} (${licence})`,
    text: texts.length > 0 ? texts.join("\n\n") : `licence: ${licence}`,
  }
}
