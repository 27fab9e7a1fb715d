import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { display } from "../../kernel/display.ts"
import type { DrError } from "../../kernel/errors.ts"
import { badInput, readInput } from "../input-text.ts"
import { parseInput } from "../json-input.ts"
import { readDocument, type TfDocument } from "./document.ts"
import { readHclFolder } from "./hcl-folder.ts"
import { isRawState, readRawState } from "./raw-state.ts"
import { record } from "./json.ts"

/** What Terraform says, wherever it stands. */
export interface TerraformSource {
  readonly document: TfDocument
  /** For people: which file was read. */
  readonly from: string
  /** What could not be worked out, each with its place. */
  readonly unresolved: readonly string[]
  /** Read from `.tf` files, which hold no values of their own. */
  readonly isCode: boolean
}

/**
 * A file: `terraform show -json` of a plan or a state, or a raw state. A folder: the one state or such JSON in it, which
 * says more than `.tf` files do, else those.
 * @throws DrError E_READ (1), E_INPUT (78)
 */
export async function readTerraformSource(path: string, signal?: AbortSignal): Promise<TerraformSource> {
  const found = path === "-" ? undefined : await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true)
    return { document: await documentIn(path, signal), from: path, unresolved: [], isCode: false }
  const names = (await readdir(path)).toSorted()
  const states = await statesIn(path, names, signal)
  if (states.length > 1)
    throw badInput(path, `it holds several states: ${states.map(({ name }) => display(name)).join(", ")}`, [
      `dr config init --from-terraform ${display(join(path, states[0]?.name ?? ""))}`,
    ])
  const [state] = states
  if (state !== undefined)
    return {
      document: readAny(join(path, state.name), state.json),
      from: join(path, state.name),
      unresolved: [],
      isCode: false,
    }
  if (!names.some((name) => name.endsWith(".tf")))
    throw badInput(path, "it holds no state, no `terraform show -json` and no .tf file")
  const { plan, unresolved, isEmpty } = await readHclFolder(path, signal)
  if (isEmpty) throw noKeys(path, unresolved)
  return { document: readDocument(path, plan), from: path, unresolved, isCode: true }
}

/** @param notes what was not read: it may hold the keys */
export const noKeys = (path: string, notes: readonly string[]): DrError =>
  badInput(path, ["no key is described there", ...notes.map((note) => display(note))].join("\n"), [
    "terraform show -json > state.json tells also what modules make",
  ])

async function documentIn(path: string, signal: AbortSignal | undefined): Promise<TfDocument> {
  return readAny(path, parseInput(path, await readInput(path, signal), ["terraform show -json > state.json"]))
}

const readAny = (path: string, json: unknown): TfDocument =>
  isRawState(json) ? readRawState(path, json) : readDocument(path, json)

interface Found {
  readonly name: string
  readonly json: unknown
}

async function statesIn(folder: string, names: readonly string[], signal: AbortSignal | undefined): Promise<Found[]> {
  const candidates = names.filter((name) => name.endsWith(".tfstate") || name.endsWith(".json"))
  const read = await Promise.all(
    candidates.map(async (name): Promise<Found[]> => {
      const path = join(folder, name)
      if (name.endsWith(".tfstate")) return [{ name, json: parseInput(path, await readInput(path, signal)) }]
      // Any other JSON may lie here too: only what Terraform wrote counts.
      const json = await readInput(path, signal)
        .then((text) => JSON.parse(text) as unknown)
        .catch(() => undefined)
      const isTerraform =
        typeof record(json)["format_version"] === "string" && typeof record(json)["terraform_version"] === "string"
      return isTerraform ? [{ name, json }] : []
    }),
  )
  return read.flat()
}
