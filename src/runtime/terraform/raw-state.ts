import { display } from "../../kernel/display.ts"
import { badInput } from "../input-text.ts"
import type { TfDocument, TfResource } from "./document.ts"
import { list, record, withoutIndexes, type Values } from "./json.ts"

export const isRawState = (json: unknown): boolean => "serial" in record(json) && "lineage" in record(json)

/**
 * A `terraform.tfstate` as Terraform keeps it. Its format is no promise of Terraform's, which is why only version 4 is
 * read; `terraform show -json` is. @throws DrError E_INPUT (78)
 */
export function readRawState(path: string, json: unknown): TfDocument {
  const root = record(json)
  const hint = ["terraform show -json > state.json"]
  if (root["version"] !== 4)
    throw badInput(
      path,
      `version ${display(JSON.stringify(root["version"]))} of a state file is not read, only 4`,
      hint,
    )
  const resources = list(root["resources"]).flatMap(instancesOf)
  if (resources.length === 0) throw badInput(path, "it holds no resources", hint)
  return { kind: "state", resources }
}

function instancesOf(resource: Values): TfResource[] {
  const { module = "", mode, type, name } = resource
  if (typeof type !== "string" || typeof name !== "string" || typeof module !== "string") return []
  return list(resource["instances"]).map((instance) => {
    const index = instance["index_key"]
    const numbered = typeof index === "string" || typeof index === "number"
    const own = `${mode === "data" ? "data." : ""}${type}.${name}${numbered ? `[${JSON.stringify(index)}]` : ""}`
    return {
      address: module === "" ? own : `${module}.${own}`,
      module: withoutIndexes(module),
      mode: String(mode),
      type,
      name,
      ...(numbered ? { index } : {}),
      values: record(instance["attributes"]),
      unknown: {},
      sensitive: sensitiveOf(instance["sensitive_attributes"]),
    }
  })
}

/** `[[{ type: "get_attr", value: "policy" }, …], …]`: the attributes that a path begins with. */
const sensitiveOf = (paths: unknown): Values =>
  Object.fromEntries(
    (Array.isArray(paths) ? paths : []).flatMap((path) => {
      const [first] = list(path)
      return typeof first?.["value"] === "string" ? [[first["value"], true]] : []
    }),
  )
