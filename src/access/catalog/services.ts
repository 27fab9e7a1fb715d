import * as tables from "./data/tables.ts"
import type { AccessLevel, ActionFacts, KeyFacts, KeyType, ResourceUse, ServiceFacts } from "./facts.ts"
import { OTHER_PREFIXES, OVERLAY } from "./overlay.ts"

const TABLES: ReadonlyMap<string, string> = new Map([
  ["backup", tables.BACKUP],
  ["kms", tables.KMS],
  ["organizations", tables.ORGANIZATIONS],
  ["s3", tables.S3],
  ["sts", tables.STS],
])

export const DETAILED_SERVICES: readonly string[] = [...TABLES.keys()]

/** All lower case. */
export const SERVICE_PREFIXES: ReadonlySet<string> = new Set(
  words(tables.SERVICE_PREFIXES).concat(words(OTHER_PREFIXES)),
)

const RCP: ReadonlySet<string> = new Set(words(tables.RCP_SERVICES))

/** Whether resource control policies reach the service's resources. */
export function isRcpService(prefix: string): boolean {
  return RCP.has(prefix.toLowerCase())
}

/** Tables are read when first asked for: most runs need one or two, and start-up none. */
const known = new Map<string, ServiceFacts>()

/** Undefined for a service whose actions the catalogue does not list. */
export function detailsOf(service: string): ServiceFacts | undefined {
  const facts = known.get(service)
  const table = TABLES.get(service)
  if (facts !== undefined || table === undefined) return facts
  const read = merge(readTable(service, table), readTable(service, OVERLAY[service] ?? ""))
  known.set(service, read)
  return read
}

/** Ours wins: a line of the overlay also corrects what the data says. */
function merge(data: ServiceFacts, ours: ServiceFacts): ServiceFacts {
  const replaced = new Set(ours.keys.map((key) => key.name.toLowerCase()))
  return {
    actions: new Map([...data.actions, ...ours.actions]),
    keys: [...data.keys.filter((key) => !replaced.has(key.name.toLowerCase())), ...ours.keys],
  }
}

/**
 * Reads a table of data/ or of the overlay. Three sections of lines:
 *   [keys]       name type
 *   [resources]  type arn key…
 *   [actions]    name|level|resource! resource(key,key)|key… or =action with the same keys|needed actions
 * A name that begins with a colon belongs to the service itself; `!` marks a required resource.
 */
function readTable(service: string, text: string): ServiceFacts {
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

/** Words and lines alike. */
export function words(text: string): string[] {
  return text.trim() === "" ? [] : text.trim().split(/\s+/)
}

/** `aws:TagKeys ArrayOfString` */
export function readKey(line: string, full: Full = (name) => name): KeyFacts {
  const [short = "", type = ""] = line.split(" ")
  const name = full(short)
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
