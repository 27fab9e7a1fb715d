import type { AccessLevel, ActionFacts, KeyFacts, KeyType, ResourceUse, ServiceFacts } from "./facts.ts"

/**
 * Reads the tables of data/ and of the overlay. Three sections of lines:
 *   [keys]       name type
 *   [resources]  type arn key…
 *   [actions]    name|level|resource! resource(key,key)|key… or =action with the same keys|needed actions
 * A name that begins with a colon belongs to the service itself; `!` marks a required resource.
 */
export function readTable(service: string, text: string): ServiceFacts {
  const lines = { keys: [] as string[], resources: [] as string[], actions: [] as string[] }
  let section = lines.keys
  for (const line of text.split("\n")) {
    if (line === "[keys]") section = lines.keys
    else if (line === "[resources]") section = lines.resources
    else if (line === "[actions]") section = lines.actions
    else if (line !== "") section.push(line)
  }
  const full = (name: string): string => (name.startsWith(":") ? service + name : name)
  const types = new Map(lines.resources.map((line) => readResource(line, full)))
  const actions = new Map<string, ActionFacts>()
  for (const line of lines.actions) {
    const [action = "", level = "", resources = "", keys = "", needs = ""] = line.split("|")
    actions.set(action.toLowerCase(), {
      name: `${service}:${action}`,
      service,
      action,
      level: levelOf(level),
      resources: words(resources).map((use) => readUse(use, types, full)),
      keys: keys.startsWith("=")
        ? (actions.get(keys.slice(1).toLowerCase())?.keys ?? [])
        : words(keys).map((key) => full(key)),
      needs: words(needs),
    })
  }
  return { actions, keys: lines.keys.map((line) => readKey(line, full)) }
}

type Full = (name: string) => string
type Resource = Pick<ResourceUse, "pattern" | "keys">

const words = (text: string): string[] => (text === "" ? [] : text.split(" "))

function readKey(line: string, full: Full): KeyFacts {
  const [name = "", type = ""] = line.split(" ")
  return keyFacts(full(name), type)
}

/** `type` as AWS writes it: `ArrayOfString`, `ARN`, `Bool`. */
export function keyFacts(name: string, type: string): KeyFacts {
  const multi = type.startsWith("ArrayOf")
  const single = multi ? type.slice("ArrayOf".length) : type
  return { name, type: single === "ARN" ? "Arn" : (single as KeyType), multi }
}

function readResource(line: string, full: Full): [string, Resource] {
  const [type = "", pattern = "", ...keys] = line.split(" ")
  return [type, { pattern, keys: keys.map((key) => full(key)) }]
}

function readUse(use: string, types: ReadonlyMap<string, Resource>, full: Full): ResourceUse {
  const [, type = "", required, extra] = /^([^!(]+)(!?)(?:\((.*)\))?$/.exec(use) ?? []
  const own = types.get(type) ?? { pattern: "*", keys: [] }
  const more = extra === undefined ? [] : extra.split(",").map((key) => full(key))
  return { type, pattern: own.pattern, required: required === "!", keys: [...own.keys, ...more] }
}

function levelOf(letter: string): AccessLevel {
  switch (letter) {
    case "P":
      return "Permissions"
    case "T":
      return "Tagging"
    case "W":
      return "Write"
    case "R":
      return "Read"
    default:
      return "List"
  }
}
