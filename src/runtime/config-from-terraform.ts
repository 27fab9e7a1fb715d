import { draftConfig, type DraftConfig } from "../estate/adopt/draft-config.ts"
import { adoptedFrom } from "./terraform/adopted.ts"
import { noKeys, readTerraformSource } from "./terraform/source.ts"

export interface ConfigFromTerraform extends DraftConfig {
  readonly from: string
  /** What the source holds and does not tell, each with its place. */
  readonly notes: readonly string[]
}

/** @throws DrError E_READ (1), E_INPUT (78): not Terraform's, or without keys */
export async function configFromTerraform(path: string, signal?: AbortSignal): Promise<ConfigFromTerraform> {
  const { document, from, unresolved, isCode } = await readTerraformSource(path, signal)
  const { source, gaps } = adoptedFrom(document)
  // Of files alone a gap only repeats what could not be worked out, but for what belongs to what.
  const told = gaps.filter(({ what }) => (isCode ? LINKS : [...LINKS, "policy", "tags", "state"]).includes(what))
  const notes = [...new Set([...unresolved, ...told.map(({ text }) => text)])]
  if (source.keys.length === 0) throw noKeys(path, notes)
  return { ...draftConfig(source, from, notes), from, notes }
}

const LINKS = ["primary", "aliases"]
