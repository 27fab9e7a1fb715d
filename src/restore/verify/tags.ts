import { display } from "../../kernel/display.ts"
import { asMap, differingNames } from "./compare-heads.ts"
import type { Pair, ReadBack } from "./read-back.ts"

/** The tags of both sides, name by name; what was found before stands where they agree. */
export async function tagDifferences(pair: Pair, found: Extract<ReadBack, { kind: "same" }>): Promise<ReadBack> {
  const [source, copy] = await Promise.all([pair.from.tags(pair.source), pair.to.tags(pair.copy)])
  if (source.kind === "error") return { kind: "unreadable", side: "source", error: source.error }
  if (copy.kind === "error") return { kind: "unreadable", side: "copy", error: copy.error }
  const names = differingNames(asMap(copy.value), asMap(source.value))
  if (names.length === 0) return found
  return { kind: "different", what: names.map((name) => `tag ${display(name)} differs`), copy: found.copy }
}
