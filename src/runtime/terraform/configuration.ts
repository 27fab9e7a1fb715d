import type { TfResource } from "./document.ts"
import { list, record, withoutIndexes, type Values } from "./json.ts"

/** How a plan's resources hang together where the values are not known yet: by what their expressions refer to. */
export interface Configuration {
  /** Whether the configuration sets the attribute at all. */
  sets(resource: TfResource, attribute: string): boolean
  /** Resources that the attribute refers to, as `module.x` + type + name, through variables and outputs. */
  targets(resource: TfResource, attribute: string): readonly Target[]
  provider(resource: TfResource): Provider | undefined
}

interface Target {
  readonly module: string
  readonly type: string
  readonly name: string
  readonly index?: string | number
}

interface Provider {
  /** The same for all providers that have the same credentials: they work in the same account. */
  readonly identity: string
  readonly region?: string
  readonly account?: string
}

export function configurationOf(plan: Values): Configuration {
  const root = record(record(plan["configuration"])["root_module"])
  const providers = record(record(plan["configuration"])["provider_config"])
  const variables = record(plan["variables"])
  const resourceIn = (resource: TfResource): Values | undefined =>
    list(moduleAt(root, resource.module)?.["resources"]).find(
      (each) => each["mode"] === resource.mode && each["type"] === resource.type && each["name"] === resource.name,
    )
  const expression = (resource: TfResource, attribute: string): unknown =>
    record(resourceIn(resource)?.["expressions"])[attribute]
  return {
    sets: (resource, attribute) => resourceIn(resource) === undefined || expression(resource, attribute) !== undefined,
    targets: (resource, attribute) =>
      referencesOf(expression(resource, attribute)).flatMap((each) => resolve(root, resource.module, each, 0)),
    provider(resource) {
      const key = resourceIn(resource)?.["provider_config_key"]
      if (typeof key !== "string") return undefined
      // Below a module the key names the module as well; the provider itself stands at the root.
      const provider = record(providers[key] ?? providers[key.slice(key.lastIndexOf(":") + 1)])
      const settings = record(provider["expressions"])
      const region = constantOf(settings["region"], variables)
      const account = accountOf(settings, variables)
      return {
        identity: JSON.stringify(CREDENTIALS.map((setting) => settings[setting] ?? null)),
        ...(region === undefined ? {} : { region }),
        ...(account === undefined ? {} : { account }),
      }
    },
  }
}

const CREDENTIALS = [
  "assume_role",
  "assume_role_with_web_identity",
  "profile",
  "access_key",
  "shared_credentials_files",
  "allowed_account_ids",
]

/** A provider that may work in one account only, or as a role of one. */
function accountOf(settings: Values, variables: Values): string | undefined {
  const [assumed] = list(settings["assume_role"])
  const role = constantOf(assumed?.["role_arn"], variables)
  const allowed = record(settings["allowed_account_ids"])["constant_value"]
  return role?.split(":")[4] ?? (Array.isArray(allowed) && allowed.length === 1 ? String(allowed[0]) : undefined)
}

function constantOf(expression: unknown, variables: Values): string | undefined {
  const { constant_value: constant } = record(expression)
  if (typeof constant === "string") return constant
  const [only, ...more] = referencesOf(expression)
  const value = only?.startsWith("var.") && more.length === 0 ? record(variables[only.slice(4)])["value"] : undefined
  return typeof value === "string" ? value : undefined
}

/** Of an expression, or of all that stand in a block. */
function referencesOf(expression: unknown): readonly string[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesOf)
  const { references, ...inside } = record(expression)
  if (Array.isArray(references)) return references.filter((each) => typeof each === "string")
  return "constant_value" in inside ? [] : Object.values(inside).flatMap(referencesOf)
}

/** Modules nest by design, references do not loop in a valid configuration; a forged one ends here. */
const DEPTH = 16

function resolve(root: Values, module: string, reference: string, depth: number): Target[] {
  if (depth > DEPTH) return []
  const [first = "", second = "", third = ""] = withoutIndexes(reference).split(".")
  if (first === "var" && module !== "") {
    const parent = module.slice(0, Math.max(0, module.lastIndexOf("module.") - 1))
    const name = module.slice(module.lastIndexOf("module.") + "module.".length)
    const call = record(record(moduleAt(root, parent)?.["module_calls"])[name])
    const given = record(call["expressions"])[second]
    return referencesOf(given).flatMap((each) => resolve(root, parent, each, depth + 1))
  }
  if (first === "module") {
    const inner = [module, `module.${second}`].filter((part) => part !== "").join(".")
    const output = record(record(moduleAt(root, inner)?.["outputs"])[third])["expression"]
    return referencesOf(output).flatMap((each) => resolve(root, inner, each, depth + 1))
  }
  if (!first.startsWith("aws_")) return []
  const index = /^[^[]*\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\]/.exec(reference)
  const at = index?.[1] ?? (index?.[2] === undefined ? undefined : Number(index[2]))
  return [{ module, type: first, name: second, ...(at === undefined ? {} : { index: at }) }]
}

/** `module.a.module.b` below the root. */
function moduleAt(root: Values, module: string): Values | undefined {
  let found: Values = root
  for (const name of module.split(/\.?module\./).filter((part) => part !== "")) {
    const call = record(found["module_calls"])[name]
    if (call === undefined) return undefined
    found = record(record(call)["module"])
  }
  return found
}
