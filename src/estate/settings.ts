import { LineCounter, isCollection, isMap, isNode, isScalar, parseDocument, type Node } from "yaml"
import { DEFAULT_OBJECTIVES, type Estate } from "./model.ts"
import type { ConfigSource } from "./load.ts"

/** One effective setting and where it comes from. */
export interface Setting {
  readonly path: string
  readonly value: string
  readonly origin: string
}

const SECRET = /(^|\.)externalId$/

/** Every setting in force, in the order of the schema. What stands in the file names its line; the rest is a default. */
export function settingsOf(source: ConfigSource, estate: Estate): Setting[] {
  const lines = new LineCounter()
  const document = parseDocument(source.text, { schema: "core", lineCounter: lines })
  const originOf = (path: ReadonlyArray<string | number>): string => {
    const node = document.getIn(path, true)
    return isNode(node) && node.range ? `${source.path}:${lines.linePos(node.range[0]).line}` : "default"
  }
  const written = leaves(document.contents as Node | null, [])
  const inFile = new Set(written.map((path) => path.join(".")))
  const defaults = flatten(withDefaults(estate), []).filter(
    ([path]) => !inFile.has(path.join(".")) && originOf(path) === "default",
  )
  return [
    ...written.map((path) => setting(path, String(document.getIn(path)), originOf(path))),
    ...defaults.map(([path, value]) => setting(path, value, "default")),
  ]
}

function setting(path: ReadonlyArray<string | number>, value: string, origin: string): Setting {
  const name = path.join(".")
  return { path: name, value: SECRET.test(name) ? "<redacted>" : value, origin }
}

function withDefaults(estate: Estate): object {
  const objectives = Object.fromEntries(
    Object.entries(DEFAULT_OBJECTIVES).map(([name, ms]) => [name, `${ms / 3_600_000}h`]),
  )
  return { objectives, environments: estate.environments }
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
  return value === undefined ? [] : [[path, String(value)]]
}
