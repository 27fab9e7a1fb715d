import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { readInput } from "./input-text.ts"

export interface PolicyFile {
  /** As it was named; `stdin` for `-`. */
  readonly name: string
  readonly text: string
}

/**
 * The texts of policy files; `-` is standard input, a folder stands for its *.json files.
 * @throws DrError E_READ (1), E_INPUT (78), E_USAGE (64) for a folder without policies
 */
export async function readPolicyFiles(paths: readonly string[], signal?: AbortSignal): Promise<readonly PolicyFile[]> {
  const files: PolicyFile[] = []
  for (const path of paths) {
    if (path === "-") files.push({ name: "stdin", text: await readInput(path, signal) })
    else for (const name of await filesOf(path)) files.push({ name, text: await readInput(name, signal) })
  }
  return files.map(({ name, text }) => ({ name, text: text.replace(/^\ufeff/, "") }))
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true) return [path]
  const all = await readdir(path)
  if (all.includes("accounts.json")) throw wholeFolder(path)
  const names = all.filter((name) => name.endsWith(".json") && !name.startsWith(".")).sort()
  if (names.length > 0) return names.map((name) => join(path, name))
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `the folder ${display(path)} has no *.json file`,
    hints: ["name policy files, or a folder with some"],
  })
}

/** Its policies lie in folders of their own, and accounts.json says whose they are: as loose files none would be judged. */
const wholeFolder = (path: string): DrError =>
  new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `${display(path)} is a whole folder of policies, with accounts.json`,
    hints: [`dr policy lint --policies ${display(path)}`],
  })

/** `--var NAME=VALUE` as pairs. @throws DrError E_USAGE (64) */
export function readVariables(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((each) => {
      const at = each.indexOf("=")
      const name = each.slice(0, Math.max(at, 0))
      if (/^[A-Za-z_][\w.-]*$/.test(name)) return [name, each.slice(at + 1)]
      throw new DrError({
        code: "E_USAGE",
        exit: EXIT.usage,
        message: `--var ${display(each)}: expected NAME=VALUE`,
        hints: ["--var account_id=111111111111 renders ${account_id}"],
      })
    }),
  )
}

/** The text with its `${NAME}` replaced, as JSON strings write the value; which variables it had is told. */
export function renderVariables(
  text: string,
  variables: ReadonlyMap<string, string>,
): { readonly text: string; readonly used: readonly string[] } {
  const used: string[] = []
  let rendered = text
  for (const [name, value] of variables) {
    const placeholder = `\${${name}}`
    if (!rendered.includes(placeholder)) continue
    used.push(name)
    rendered = rendered.replaceAll(placeholder, () => JSON.stringify(value).slice(1, -1))
  }
  return { text: rendered, used }
}
