import { LineCounter, isCollection, isMap, isNode, isScalar, parseDocument, type Node } from "yaml"
import { HOUR, SECOND } from "../kernel/units.ts"
import { DEFAULT_OBJECTIVES, type Estate } from "./model.ts"
import type { ConfigSource } from "./load.ts"

/** One effective setting and where it comes from. */
export interface Setting {
  readonly path: string
  readonly value: string
  readonly origin: string
}

const SECRET = /(^|\.)externalId$/

/**
 * Every setting in force. `given` are those from flags and variables; what stands in the file names its line; the rest is a
 * default. External ids are never shown.
 */
export function settingsOf(source: ConfigSource, estate: Estate, given: readonly Setting[] = []): Setting[] {
  const lines = new LineCounter()
  const document = parseDocument(source.text, { schema: "core", lineCounter: lines })
  const originOf = (path: ReadonlyArray<string | number>): string => {
    const node = document.getIn(path, true)
    return isNode(node) && node.range ? `${source.path}:${lines.linePos(node.range[0]).line}` : "default"
  }
  const written = leaves(document.contents, [])
  const inFile = new Set(written.map((path) => path.join(".")))
  const defaults = flatten(withDefaults(estate), []).filter(
    ([path]) => !inFile.has(path.join(".")) && originOf(path) === "default",
  )
  return [
    ...given,
    ...written.map((path) => setting(path, String(document.getIn(path)), originOf(path))),
    ...defaults.map(([path, value]) => setting(path, value, "default")),
  ]
}

function setting(path: ReadonlyArray<string | number>, value: string, origin: string): Setting {
  const name = path.join(".")
  return { path: name, value: SECRET.test(name) ? "<redacted>" : value, origin }
}

function withDefaults(estate: Estate): object {
  return { objectives: DEFAULT_OBJECTIVES, accounts: estate.accounts, environments: estate.environments }
}

function leaves(node: Node | null, path: ReadonlyArray<string | number>): Array<ReadonlyArray<string | number>> {
  if (!isCollection(node)) return node === null ? [] : [path]
  if (isMap(node))
    return node.items.flatMap((pair) =>
      leaves(pair.value as Node | null, [...path, isScalar(pair.key) ? String(pair.key.value) : "?"]),
    )
  return node.items.flatMap((item, index) => leaves(item as Node, [...path, index]))
}

function flatten(
  value: unknown,
  path: ReadonlyArray<string | number>,
): Array<[ReadonlyArray<string | number>, string]> {
  if (Array.isArray(value)) return value.flatMap((item, index) => flatten(item, [...path, index]))
  if (value !== null && typeof value === "object")
    return Object.entries(value).flatMap(([key, inner]) => flatten(inner, [...path, key]))
  return value === undefined ? [] : [[path, shown(value, path)]]
}

const DURATION = /^(rtoKey|rtoData|rpo|proofMaxAge|grace|newest)$/

/** As one would write it in dr.yaml. */
function shown(value: unknown, path: ReadonlyArray<string | number>): string {
  if (typeof value === "number" && DURATION.test(String(path.at(-1)))) {
    return value % HOUR === 0 ? `${value / HOUR}h` : `${value / SECOND}s`
  }
  return typeof value === "string" ? value : JSON.stringify(value)
}
